"""MatrixModel: keys by rights for Qt, filtered and sorted; new facts cost one reset, not a row each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.audit.matrix import Mark, Matrix, MatrixRow
from kraken_desk.domain.rights import RIGHTS, Right, RightId
from kraken_desk.ui.plain import plain_tip

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
CELL_ROLE = Role.UserRole
KEY, ACCOUNT, ROLE = range(3)
FIRST_RIGHT = 3
TITLES = ("Key", "Account", "Role")
UNKNOWN = "Unknown rights"

SHORT = {
    "query-funds": "Query\nfunds",
    "add-funds": "Deposit",
    "withdraw-funds": "With-\ndraw",
    "earn-funds": "Earn",
    "query-open-trades": "Query\nopen",
    "query-closed-trades": "Query\nclosed",
    "modify-trades": "Create\norders",
    "close-trades": "Cancel\norders",
    "query-ledger": "Query\nledger",
    "export-data": "Export\ndata",
    "create-ws-token": "Web-\nSocket",
    "add-withdraw-address": "Add\naddress",
    "update-withdraw-address": "Update\naddress",
    "general:READ_ONLY": "Futures\nread",
    "general:FULL_ACCESS": "Futures\nfull",
    "transfer:FULL_ACCESS": "Futures\nto Spot",
}
"""Heads in two short lines; the whole label, risk and surprise stand in the tip."""

MARK_WORDS = {
    Mark.HELD: "held",
    Mark.SURPLUS: "held, beyond its role",
    Mark.MISSING: "missing, its role needs it",
    Mark.NONE: "not held",
    Mark.NOT_APPLICABLE: "not on this venue",
    Mark.NOT_KNOWN: "not known, never checked",
}
_ORDER = (Mark.SURPLUS, Mark.MISSING, Mark.HELD, Mark.NOT_KNOWN, Mark.NONE, Mark.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class CellMark:
    """What a right's cell shows; `dangerous` repeats that the right is, where the key holds it."""

    mark: Mark
    dangerous: bool = False


@dataclass(frozen=True, slots=True)
class MatrixFilter:
    """`accounts` None lets every account through; the three switches must all hold where they are on."""

    words: str = ""
    missing: bool = False
    surplus: bool = False
    dangerous: bool = False
    accounts: frozenset[AccountId] | None = None

    def lets(self, row: MatrixRow, account_of: Callable[[str], AccountId | None]) -> bool:
        if self.accounts is not None and account_of(row.ref) not in self.accounts:
            return False
        if self.missing and not row.has(Mark.MISSING):
            return False
        if self.surplus and not (row.has(Mark.SURPLUS) or row.unknown):
            return False
        if self.dangerous and not row.dangerous:
            return False
        if not self.words:
            return True
        text = " ".join((row.name, row.account, row.role, row.process, row.venue, *row.unknown)).casefold()
        return all(word in text for word in self.words.casefold().split())


class MatrixModel(QAbstractTableModel):
    """The first three columns are words, the others one right each."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[MatrixRow, ...] = ()
        self._sorted: tuple[MatrixRow, ...] = ()
        self._by: tuple[int, bool] | None = None
        self.rights: tuple[Right, ...] = RIGHTS

    @property
    def rows(self) -> tuple[MatrixRow, ...]:
        """Return the rows in the order shown."""
        return self._sorted

    def show_rows(self, matrix: Matrix, rows: tuple[MatrixRow, ...]) -> bool:
        """Show these rows of a matrix, sorted as chosen; say whether they are others than before."""
        if rows == self._rows and matrix.rights == self.rights:
            return False
        self.beginResetModel()
        self.rights, self._rows = matrix.rights, rows
        self._sorted = self._in_order()
        self.endResetModel()
        return True

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; a negative one gives the order of the tree back."""
        self._by = (column, order is Qt.SortOrder.DescendingOrder) if column >= 0 else None
        self.beginResetModel()
        self._sorted = self._in_order()
        self.endResetModel()

    def row_of(self, ref: str) -> int | None:
        return next((number for number, row in enumerate(self._sorted) if row.ref == ref), None)

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._sorted)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else FIRST_RIGHT + len(self.rights) + 1

    def data(self, index: Index, role: int = Role.DisplayRole) -> object:
        if not index.isValid():
            return None
        row, column = self._sorted[index.row()], index.column()
        if column < FIRST_RIGHT:
            return _word(row, column, role)
        if column == self.columnCount() - 1:
            return _unknown(row, role)
        right = self.rights[column - FIRST_RIGHT]
        mark = row.marks[column - FIRST_RIGHT]
        if role == CELL_ROLE:
            return CellMark(mark, right.right_id in row.dangerous)
        if role in (Role.ToolTipRole, Role.AccessibleTextRole):
            return plain_tip(f"{row.name}: {right.label} {MARK_WORDS[mark]}")
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if section < FIRST_RIGHT:
            return TITLES[section] if role in (Role.DisplayRole, Role.ToolTipRole) else None
        if section == self.columnCount() - 1:
            return UNKNOWN if role in (Role.DisplayRole, Role.ToolTipRole) else None
        right = self.rights[section - FIRST_RIGHT]
        if role == Role.DisplayRole:
            return SHORT.get(right.right_id, right.label)
        if role in (Role.ToolTipRole, Role.AccessibleTextRole):
            return head_tip(right)
        return None

    def _in_order(self) -> tuple[MatrixRow, ...]:
        if self._by is None:
            return self._rows
        column, backwards = self._by
        return tuple(sorted(self._rows, key=lambda row: _sort_key(row, column), reverse=backwards))


def head_tip(right: Right) -> str:
    """Say everything about a right: Kraken's label, its risk, what surprises about it."""
    lines = [f"{right.venue.label}: {right.label}", f"Risk: {right.risk.word}", right.surprise]
    return "\n".join(line for line in lines if line)


def words_of(row: MatrixRow) -> tuple[str, str, str]:
    """Return what the first columns say."""
    return row.name, row.account, row.role or "none"


def unknown_of(row: MatrixRow) -> str:
    """Return what the last column says: the rights outside the vocabulary as Kraken spells them."""
    return ", ".join(row.unknown)


def row_text(row: MatrixRow, rights: tuple[Right, ...]) -> str:
    """Write a row for the clipboard, tab-separated."""
    marks = (mark.value for mark in row.marks)
    assert len(row.marks) == len(rights)
    return "\t".join((row.name, row.account, row.role, *marks, " ".join(row.unknown)))


def head_text(rights: tuple[Right, ...]) -> str:
    ids: tuple[RightId, ...] = tuple(right.right_id for right in rights)
    return "\t".join((*TITLES, *ids, UNKNOWN))


def _word(row: MatrixRow, column: int, role: int) -> object:
    text = words_of(row)[column]
    if role == Role.DisplayRole:
        return text
    if role == Role.ToolTipRole:
        lines = (
            row.name,
            row.sentence or "Never checked",
            *(f"Unknown right: {name}" for name in row.unknown),
        )
        return plain_tip("\n".join(lines) if column == KEY else text)
    if role == Role.AccessibleTextRole:
        return f"{row.name}. {row.sentence}" if column == KEY else text
    return None


def _unknown(row: MatrixRow, role: int) -> object:
    """Write the rights outside the vocabulary as Kraken spells them."""
    text = unknown_of(row)
    if role in (Role.DisplayRole, Role.AccessibleTextRole):
        return text
    return plain_tip(text) if role == Role.ToolTipRole and text else None


def _sort_key(row: MatrixRow, column: int) -> tuple[int, str, str]:
    if column < FIRST_RIGHT:
        return (0, (row.name, row.account, row.role)[column].casefold(), row.name.casefold())
    if column >= FIRST_RIGHT + len(row.marks):
        return (-len(row.unknown), "", row.name.casefold())
    return (_ORDER.index(row.marks[column - FIRST_RIGHT]), "", row.name.casefold())
