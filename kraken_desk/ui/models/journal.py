"""JournalModel: the transfers of an environment, newest first, with what each state means in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, tzinfo
from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from kraken_desk.domain.money import Amount
from kraken_desk.domain.transfers import JournalId, JournalSnapshot, TransferRecord
from kraken_desk.ui.models.clock_text import exact_time
from kraken_desk.ui.models.journal_rows import JournalRow, row_of
from kraken_desk.ui.models.row_diff import row_edits
from kraken_desk.ui.plain import plain_tip

Index = QModelIndex | QPersistentModelIndex


class JournalColumn(IntEnum):
    """The columns, left to right."""

    TIME = 0
    ROUTE = 1
    AMOUNT = 2
    STATE = 3
    OUTCOME = 4
    KEY = 5
    ACTION = 6


HEADERS = ("Time", "Transfer", "Amount", "State", "Kraken's id or reason", "Signed by", "")


class JournalRole(IntEnum):
    """What the delegate and the pane ask beyond the text."""

    RECORD = Qt.ItemDataRole.UserRole + 1
    TONE = Qt.ItemDataRole.UserRole + 2
    MONOSPACE = Qt.ItemDataRole.UserRole + 3


class JournalModel(QAbstractTableModel):
    """A flat table of JournalRows, applied by difference."""

    def __init__(
        self, now: Callable[[], datetime], *, zone: tzinfo | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._now = now
        self._zone = zone
        self._rows: list[JournalRow] = []

    def apply(self, snapshot: JournalSnapshot) -> None:
        """Show the records, announcing only what differs from what is shown."""
        now = self._now()
        rows = [row_of(record, now, self._zone) for record in snapshot.records]
        edits = row_edits([row.journal_id for row in self._rows], [row.journal_id for row in rows])
        for edit in edits:
            if edit.removed:
                self.beginRemoveRows(QModelIndex(), edit.at, edit.at + edit.removed - 1)
                del self._rows[edit.at : edit.at + edit.removed]
                self.endRemoveRows()
            if edit.stop > edit.start:
                self.beginInsertRows(QModelIndex(), edit.at, edit.at + edit.stop - edit.start - 1)
                self._rows[edit.at : edit.at] = rows[edit.start : edit.stop]
                self.endInsertRows()
        for number, row in enumerate(rows):
            if self._rows[number] != row:
                self._rows[number] = row
                self.dataChanged.emit(self.index(number, 0), self.index(number, len(HEADERS) - 1))

    def record(self, index: Index) -> TransferRecord | None:
        return self._rows[index.row()].record if index.isValid() else None

    def row_with(self, journal_id: JournalId) -> int | None:
        return next((n for n, row in enumerate(self._rows) if row.journal_id == journal_id), None)

    def text_of_rows(self, numbers: list[int]) -> str:
        """Write rows as tab-separated text with a head, times in UTC."""
        lines = ["\t".join(HEADERS[: JournalColumn.ACTION])]
        for number in numbers:
            row = self._rows[number]
            lines.append("\t".join((exact_time(row.record.planned_at), *row.texts[1 : JournalColumn.ACTION])))
        return "\n".join(lines)

    # Qt's side

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(HEADERS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return HEADERS[section]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return HEADERS[section] or "Act"  # the eye needs no head above a link
        if role == Qt.ItemDataRole.TextAlignmentRole:
            right = section == JournalColumn.AMOUNT
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], JournalColumn(index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return row.texts[column]
        answer = _ANSWERS.get(role)
        return answer(row, column) if answer else None


def _tooltip(row: JournalRow, column: JournalColumn) -> str:
    record = row.record
    if column is JournalColumn.TIME:
        sent = f"Sent {exact_time(record.sent_at)}" if record.sent_at else "Never sent"
        return f"Planned {exact_time(record.planned_at)}\n{sent}\nChanged {exact_time(record.changed_at)}"
    if column is JournalColumn.STATE:
        return f"{row.meaning}\n{row.explanation}\nSigned by {record.key_name}"
    if column is JournalColumn.AMOUNT:
        return str(Amount(record.request.quantity, record.request.asset))
    if column is JournalColumn.KEY:
        return f"{record.key_name}\n{record.endpoint}"
    return row.texts[column] if column is not JournalColumn.OUTCOME else row.explanation


def _alignment(_row: JournalRow, column: JournalColumn) -> object:
    right = column is JournalColumn.AMOUNT
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


_ANSWERS: dict[int, Callable[[JournalRow, JournalColumn], object]] = {
    Qt.ItemDataRole.ToolTipRole: lambda row, column: plain_tip(_tooltip(row, column)),
    Qt.ItemDataRole.TextAlignmentRole: _alignment,
    Qt.ItemDataRole.AccessibleTextRole: lambda row, column: f"{HEADERS[column]} {row.texts[column]}".strip(),
    JournalRole.RECORD: lambda row, _column: row.record,
    JournalRole.TONE: lambda row, _column: row.tone,
    JournalRole.MONOSPACE: lambda row, column: column is JournalColumn.OUTCOME and row.outcome_is_id,
}
