"""AccountTreeModel: the fleet as a tree of rows, changed in place so that the view keeps its state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.balances import BalancesSnapshot
from kraken_desk.domain.fleet import AccountNode, FleetSnapshot, KeyNode
from kraken_desk.domain.keys import SlotId
from kraken_desk.domain.prices import Rates
from kraken_desk.ui.models.fleet_figures import Sheets, TreeWorths, Worths
from kraken_desk.ui.models.fleet_rows import (
    HEADS,
    AccountRow,
    Column,
    KeyRow,
    Row,
    account_row,
    aged,
    key_row,
)
from kraken_desk.ui.plain import plain_tip

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole

ROW_ROLE = Role.UserRole
SEARCH_ROLE = Role.UserRole + 1
SORT_ROLE = Role.UserRole + 2

RIGHT_ALIGNED = (Column.LAST_USED, Column.CHECKED)
_ROOT = 0


@dataclass(slots=True)
class _Node:
    """One row under its integer id; Qt keeps the integer only."""

    number: int
    parent: int
    row: Row | None
    children: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A row as the snapshot wants it, with what belongs below."""

    row: Row
    below: tuple[_Wanted, ...] = ()


@dataclass(frozen=True, slots=True)
class _Made:
    """A key's row with what it was made of."""

    node: KeyNode
    account_label: str
    row: KeyRow


class AccountTreeModel(QAbstractItemModel):
    """Master → subaccounts → keys; an account's own keys come before its subaccounts.

    Snapshots are applied by comparison: rows that stay keep their index, so expansion, selection
    and scroll position survive.

    Signals:
        aged: only ages read otherwise than before. Nothing is sorted or found by them, so views draw
            anew and no proxy has to look at every row.
    """

    aged = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._nodes: dict[int, _Node] = {_ROOT: _Node(_ROOT, _ROOT, None)}
        self._next = _ROOT + 1
        self._fleet: FleetSnapshot | None = None
        self._balances: BalancesSnapshot | None = None
        self._rates: Rates | None = None
        self._worths = TreeWorths()
        self._made: dict[SlotId, _Made] = {}

    def apply(self, fleet: FleetSnapshot, now: datetime) -> None:
        self._fleet = fleet
        self._refresh(now)

    def apply_balances(self, balances: BalancesSnapshot, now: datetime) -> None:
        self._balances = balances
        self._refresh(now)

    def apply_rates(self, rates: Rates, now: datetime) -> None:
        self._rates = rates
        self._refresh(now)

    def tick(self, now: datetime) -> None:
        """Let the ages in the rows grow."""
        grown = False
        for node in self._nodes.values():
            made = self._made.get(node.row.slot_id) if isinstance(node.row, KeyRow) else None
            if made is None:
                continue
            row = aged(made.row, made.node, now)
            if row is not made.row:
                node.row = row
                self._made[row.slot_id] = replace(made, row=row)
                grown = True
        if grown:
            self.aged.emit()

    def row_at(self, index: Index) -> Row | None:
        return self._node(index).row if index.isValid() else None

    def index_of(self, account_id: AccountId | None, slot_id: SlotId | None) -> QModelIndex:
        """Find the row of a key, or of an account when `slot_id` is None."""
        for node in self._nodes.values():
            row = node.row
            if isinstance(row, KeyRow) and slot_id is not None and row.slot_id == slot_id:
                return self._index_of(node)
            if isinstance(row, AccountRow) and slot_id is None and row.account_id == account_id:
                return self._index_of(node)
        return QModelIndex()

    def rows(self) -> tuple[Row, ...]:
        return tuple(node.row for node in self._nodes.values() if node.row is not None)

    def index(self, row: int, column: int, parent: Index | None = None) -> QModelIndex:
        """Return the cell; an index outside the tree is invalid."""
        children = self._node(parent).children
        if not (0 <= row < len(children) and 0 <= column < len(Column)):
            return QModelIndex()
        if parent is not None and parent.isValid() and parent.column() != 0:
            return QModelIndex()
        return self.createIndex(row, column, children[row])

    def parent(self, index: Index | None = None) -> QModelIndex:  # type: ignore[override]  # QObject.parent() shares the name
        if index is None or not index.isValid():
            return QModelIndex()
        return self._index_of(self._nodes[self._node(index).parent])

    def rowCount(self, parent: Index | None = None) -> int:
        if parent is not None and parent.isValid() and parent.column() != 0:
            return 0
        return len(self._node(parent).children)

    def columnCount(self, parent: Index | None = None) -> int:
        del parent
        return len(Column)

    def data(self, index: Index, role: int = Role.DisplayRole) -> object:
        row = self.row_at(index)
        if row is None:
            return None
        if role == ROW_ROLE:
            return row
        if isinstance(row, AccountRow):
            return _account_data(row, index.column(), role)
        return _key_data(row, index.column(), role)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> object:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(HEADS):
            return None
        if role == Role.DisplayRole:
            return HEADS[section]
        if role == Role.TextAlignmentRole:
            right = section in RIGHT_ALIGNED
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def _node(self, index: Index | None) -> _Node:
        if index is None or not index.isValid():
            return self._nodes[_ROOT]
        return self._nodes[index.internalId()]

    def _index_of(self, node: _Node, column: int = 0) -> QModelIndex:
        if node.number == _ROOT:
            return QModelIndex()
        row = self._nodes[node.parent].children.index(node.number)
        return self.createIndex(row, column, node.number)

    def _refresh(self, now: datetime) -> None:
        if self._fleet is None:
            return
        held = self._balances.by_account() if self._balances else {}
        worths = self._worths.of(self._fleet, held, self._rates)
        wanted = tuple(self._wanted(master, now, held, worths) for master in self._fleet.masters)
        if len(self._made) > len(keys := self._fleet.keys()):
            self._made = {k.slot.slot_id: self._made[k.slot.slot_id] for k in keys}
        self._match(self._nodes[_ROOT], wanted)

    def _wanted(self, node: AccountNode, now: datetime, held: Sheets, worths: Worths) -> _Wanted:
        keys = (_Wanted(self._key_row(key, node.account.label, now)) for key in node.keys)
        accounts = (self._wanted(account, now, held, worths) for account in node.subaccounts)
        account_id = node.account.account_id
        row = account_row(node, held.get(account_id, ()), worths.get(account_id))
        return _Wanted(row, (*keys, *accounts))

    def _key_row(self, node: KeyNode, account_label: str, now: datetime) -> KeyRow:
        """Make a key's row, or take the last one when nothing has changed; `tick` lets it age."""
        slot_id = node.slot.slot_id
        made = self._made.get(slot_id)
        if made is None or made.node != node or made.account_label != account_label:
            made = _Made(node, account_label, key_row(node, account_label, now))
            self._made[slot_id] = made
        return made.row

    def _match(self, parent: _Node, wanted: tuple[_Wanted, ...]) -> None:
        """Bring the children of a node into the wanted order and content, with the fewest signals."""
        identities = {_identity(want.row) for want in wanted}
        for number in [n for n in parent.children if self._identity(n) not in identities]:
            self._remove(parent, parent.children.index(number))
        if [self._identity(number) for number in parent.children] != [_identity(w.row) for w in wanted]:
            for position, want in enumerate(wanted):
                self._place(parent, position, want)
        self._update_rows(parent, wanted)
        for number, want in zip(tuple(parent.children), wanted, strict=True):
            self._match(self._nodes[number], want.below)

    def _place(self, parent: _Node, position: int, want: _Wanted) -> None:
        identity = _identity(want.row)
        here = [self._identity(number) for number in parent.children]
        if position < len(here) and here[position] == identity:
            return
        index = self._index_of(parent)
        if identity in here:
            source = here.index(identity)
            self.beginMoveRows(index, source, source, index, position)
            parent.children.insert(position, parent.children.pop(source))
            self.endMoveRows()
            return
        self.beginInsertRows(index, position, position)
        self._insert(parent, position, want)
        self.endInsertRows()

    def _insert(self, parent: _Node, position: int, want: _Wanted) -> None:
        """Add a row with all that belongs below it, so that a proxy sees it whole."""
        node = _Node(self._next, parent.number, want.row)
        self._next += 1
        self._nodes[node.number] = node
        parent.children.insert(position, node.number)
        for number, below in enumerate(want.below):
            self._insert(node, number, below)

    def _remove(self, parent: _Node, position: int) -> None:
        self.beginRemoveRows(self._index_of(parent), position, position)
        number = parent.children.pop(position)
        for gone in tuple(self._walk(number)):
            del self._nodes[gone]
        self.endRemoveRows()

    def _walk(self, number: int) -> Iterator[int]:
        for child in self._nodes[number].children:
            yield from self._walk(child)
        yield number

    def _update_rows(self, parent: _Node, wanted: tuple[_Wanted, ...]) -> None:
        """Store changed rows and announce the span that holds them once."""
        changed = []
        for position, (number, want) in enumerate(zip(parent.children, wanted, strict=True)):
            node = self._nodes[number]
            if node.row != want.row:
                node.row = want.row
                changed.append(position)
        if changed:
            first, last = self._nodes[parent.children[changed[0]]], self._nodes[parent.children[changed[-1]]]
            self.dataChanged.emit(self._index_of(first), self._index_of(last, len(Column) - 1))

    def _identity(self, number: int) -> tuple[str, str]:
        row = self._nodes[number].row
        assert row is not None
        return _identity(row)


def _identity(row: Row) -> tuple[str, str]:
    return ("key", row.slot_id) if isinstance(row, KeyRow) else ("account", row.account_id)


def _key_data(row: KeyRow, column: int, role: int) -> object:
    cell = row.cells[column]
    if role == Role.DisplayRole:
        return cell.text
    if role == SEARCH_ROLE:
        return row.search
    if role == SORT_ROLE:
        return cell.sort
    if role == Role.ToolTipRole:
        return plain_tip(cell.tip or cell.text)
    if role == Role.AccessibleTextRole:
        if column == Column.NAME:
            return f"{cell.text}, {row.state.value}"
        return cell.text if cell.reported else cell.tip
    return None


def _account_data(row: AccountRow, column: int, role: int) -> object:
    if role == SEARCH_ROLE:
        return row.search
    if role == SORT_ROLE:
        return row.label.casefold()
    if role == Role.ToolTipRole:
        return plain_tip(row.tip)
    if column != Column.NAME:
        return None
    if role == Role.DisplayRole:
        return row.label
    if role == Role.AccessibleTextRole:
        return ", ".join(part for part in (row.label, row.subtitle, row.state.value, row.tally) if part)
    return None
