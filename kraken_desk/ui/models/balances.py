"""BalancesModel: assets and, below each, the places where it lies.

Nodes live in a dict under integer ids, because Qt keeps no Python object that is handed to
`createIndex`. A new view is applied by difference, so expansion, selection and scroll survive.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from decimal import Decimal
from enum import IntEnum
from itertools import count
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from kraken_desk.domain.money import Asset, format_quantity, plain_text
from kraken_desk.domain.worth import places_of_currency
from kraken_desk.ui.models.balances_rows import BalanceLine
from kraken_desk.ui.models.clock_text import exact_time, short_time
from kraken_desk.ui.models.row_diff import row_edits
from kraken_desk.ui.plain import plain_tip

Index = QModelIndex | QPersistentModelIndex
UNKNOWN_TEXT = "—"
NOT_REPORTED_TIP = "Kraken reports no such figure here"


class BalanceColumn(IntEnum):
    """The columns, left to right."""

    ASSET = 0
    PLACE = 1
    TOTAL = 2
    AVAILABLE = 3
    HOLD = 4
    VALUE = 5
    AS_OF = 6


HEADERS = ("Asset", "Where", "Total", "Available", "On hold", "Value", "As of")
NOT_VALUED = "not valued"
FIGURES = (BalanceColumn.TOTAL, BalanceColumn.AVAILABLE, BalanceColumn.HOLD, BalanceColumn.VALUE)


@dataclass(slots=True)
class _Node:
    """A line in the tree; `texts` are its display strings once somebody has looked at it."""

    line: BalanceLine
    parent: int
    row: int
    texts: tuple[str, ...] | None = None
    children: list[int] = field(default_factory=list)


class BalancesModel(QAbstractItemModel):
    """Two levels of BalanceLines; top order and ids come from the applied view."""

    def __init__(
        self, now: Callable[[], datetime], *, zone: tzinfo | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._now = now
        self._zone = zone
        self._ids = count(1)
        self._nodes: dict[int, _Node] = {}
        self._top: list[int] = []
        self._day: date | None = None
        self._new_day = False
        self._currency = ""

    def apply(self, lines: tuple[BalanceLine, ...]) -> None:
        """Show `lines`, announcing only what differs from what is shown."""
        today = self._now().astimezone(self._zone).date()
        self._new_day, self._day = today != self._day, today
        currency = lines[0].currency if lines else self._currency
        if currency != self._currency:
            self._currency = currency
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, BalanceColumn.VALUE, BalanceColumn.VALUE)
        before = {node_id: self._nodes[node_id].line for node_id in self._top}
        self._apply_level(0, lines)
        for node_id, line in zip(tuple(self._top), lines, strict=True):
            if before.get(node_id) is not line or self._new_day:
                self._apply_level(node_id, line.places)

    def line(self, index: Index) -> BalanceLine | None:
        node = self._nodes.get(index.internalId()) if index.isValid() else None
        return node.line if node else None

    def texts(self, is_open: Callable[[QModelIndex], bool]) -> dict[BalanceColumn, list[str]]:
        """Return the texts of what can be seen, by column, so that a view can fit it.

        Places below an asset that is not open are left out; the place column takes what is left.
        """
        seen = []
        for row, node_id in enumerate(self._top):
            seen.append(self._texts_of(node_id))
            if self._nodes[node_id].children and is_open(self.createIndex(row, 0, node_id)):
                seen += [self._texts_of(child) for child in self._nodes[node_id].children]
        measured = [column for column in BalanceColumn if column is not BalanceColumn.PLACE]
        return {column: [texts[column] for texts in seen] for column in measured}

    def texts_at(self, index: Index) -> tuple[str, ...]:
        """Return what a line shows, column by column; nothing for an index that is not here."""
        return self._texts_of(index.internalId()) if index.internalId() in self._nodes else ()

    def header(self, column: BalanceColumn) -> str:
        """Return a column's head; values name their currency."""
        return (
            f"{HEADERS[column]} {self._currency}".strip()
            if column is BalanceColumn.VALUE
            else HEADERS[column]
        )

    def text_of_rows(self, indexes: list[QModelIndex]) -> str:
        """Write rows as tab-separated text with a head, amounts as plain digits."""
        rows = ["\t".join(self.header(column) for column in BalanceColumn)]
        for index in indexes:
            line = self.line(index)
            if line is not None:
                rows.append("\t".join(_plain_cells(line)))
        return "\n".join(rows)

    # Qt's side

    def index(self, row: int, column: int, parent: Index | None = None) -> QModelIndex:
        siblings = self._children(parent.internalId() if parent is not None and parent.isValid() else 0)
        if not (0 <= row < len(siblings) and 0 <= column < len(HEADERS)):
            return QModelIndex()
        return self.createIndex(row, column, siblings[row])

    def parent(self, index: Index | None = None) -> Any:  # Any: Qt overloads parent() as the QObject's too
        if index is None:
            return super().parent()
        node = self._nodes.get(index.internalId()) if index.isValid() else None
        return self._index_of(node.parent) if node else QModelIndex()

    def rowCount(self, parent: Index | None = None) -> int:
        if parent is None or not parent.isValid():
            return len(self._top)
        return len(self._children(parent.internalId())) if parent.column() == 0 else 0

    def columnCount(self, parent: Index | None = None) -> int:  # noqa: ARG002  # the same on both levels
        return len(HEADERS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self.header(BalanceColumn(section))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section in FIGURES else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        node = self._nodes.get(index.internalId()) if index.isValid() else None
        if node is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._texts_of(index.internalId())[index.column()]
        answer = _ANSWERS.get(role)
        return answer(node.line, BalanceColumn(index.column())) if answer else None

    # keeping the tree

    def _children(self, node_id: int) -> list[int]:
        return self._nodes[node_id].children if node_id else self._top

    def _index_of(self, node_id: int) -> QModelIndex:
        return self.createIndex(self._nodes[node_id].row, 0, node_id) if node_id else QModelIndex()

    def _apply_level(self, parent_id: int, lines: tuple[BalanceLine, ...]) -> None:
        held = self._children(parent_id)
        shown, wanted = [self._nodes[n].line.line_id for n in held], [line.line_id for line in lines]
        for edit in row_edits(shown, wanted) if shown != wanted else ():
            if edit.removed:
                self._remove(parent_id, edit.at, edit.removed)
            if edit.stop > edit.start:
                self._insert(parent_id, edit.at, lines[edit.start : edit.stop])
        self._update(parent_id, lines)

    def _remove(self, parent_id: int, at: int, number: int) -> None:
        held = self._children(parent_id)
        self.beginRemoveRows(self._index_of(parent_id), at, at + number - 1)
        for node_id in held[at : at + number]:
            for child in self._nodes.pop(node_id).children:
                del self._nodes[child]
        del held[at : at + number]
        self._renumber(parent_id)
        self.endRemoveRows()

    def _insert(self, parent_id: int, at: int, lines: tuple[BalanceLine, ...]) -> None:
        held = self._children(parent_id)
        self.beginInsertRows(self._index_of(parent_id), at, at + len(lines) - 1)
        new_ids = [next(self._ids) for _ in lines]
        for node_id, line in zip(new_ids, lines, strict=True):
            self._nodes[node_id] = _Node(line, parent_id, 0)
        held[at:at] = new_ids
        self._renumber(parent_id)
        self.endInsertRows()

    def _update(self, parent_id: int, lines: tuple[BalanceLine, ...]) -> None:
        """Take over changed lines and announce them once, as one span: each announcement has its price."""
        changed: list[_Node] = []
        for node_id, line in zip(self._children(parent_id), lines, strict=True):
            node = self._nodes[node_id]
            if node.line is line and not self._new_day:
                continue
            if self._new_day or node.line != line:
                node.texts = None
                changed.append(node)
            node.line = line
        if changed:
            held, last = self._children(parent_id), len(HEADERS) - 1
            first_row, last_row = changed[0].row, changed[-1].row
            left = self.createIndex(first_row, 0, held[first_row])
            self.dataChanged.emit(left, self.createIndex(last_row, last, held[last_row]))

    def _renumber(self, parent_id: int) -> None:
        for row, node_id in enumerate(self._children(parent_id)):
            self._nodes[node_id].row = row

    def _texts_of(self, node_id: int) -> tuple[str, ...]:
        node = self._nodes[node_id]
        if node.texts is None:
            node.texts = self._texts(node.line, node.parent)
        return node.texts

    def _texts(self, line: BalanceLine, parent_id: int) -> tuple[str, ...]:
        as_of = short_time(line.as_of, self._now(), self._zone) if line.as_of else UNKNOWN_TEXT
        return (
            "" if parent_id else str(line.asset),
            line.place,
            *(figure_text(_figure(line, column)) for column in FIGURES[:3]),
            value_text(line),
            f"{as_of} · stale" if line.stale else as_of,
        )


def figure_text(figure: Decimal | None) -> str:
    """Write a figure, or the sign for one that Kraken does not report."""
    return UNKNOWN_TEXT if figure is None else format_quantity(figure)


def value_text(line: BalanceLine) -> str:
    """Write a value, that there is no price, or the sign for prices that have not been read."""
    if not line.currency:
        return UNKNOWN_TEXT
    if line.value is None:
        return NOT_VALUED
    return format_quantity(line.value, places=places_of_currency(Asset(line.currency)))


def _figure(line: BalanceLine, column: BalanceColumn) -> Decimal | None:
    if column is BalanceColumn.TOTAL:
        return line.total
    if column is BalanceColumn.AVAILABLE:
        return line.available
    if column is BalanceColumn.HOLD:
        return line.hold
    if column is BalanceColumn.VALUE:
        return line.value
    return Decimal(1)


def is_faint(line: BalanceLine, column: BalanceColumn) -> bool:
    """Say whether a figure is nothing: zero, or not known."""
    return not _figure(line, column)


def _tooltip(line: BalanceLine, column: BalanceColumn) -> str:
    if column is BalanceColumn.VALUE:
        if line.currency and line.value is None:
            return f"No market leads from {line.asset} to {line.currency}; totals leave it out"
        return f"{value_text(line)} {line.currency}" if line.currency else "No prices have been read"
    if column in FIGURES:
        figure = _figure(line, column)
        text = NOT_REPORTED_TIP if figure is None else f"{format_quantity(figure)} {line.asset}"
        held = column is BalanceColumn.AVAILABLE and line.hold
        return f"{text}\n{format_quantity(line.hold)} {line.asset} on hold" if held and line.hold else text
    if column is BalanceColumn.PLACE:
        return "\n".join(place.place for place in line.places) or line.place
    if column is BalanceColumn.AS_OF:
        read = f"As of {exact_time(line.as_of)}" if line.as_of else "Never read"
        return "\n".join(text for text in (read, line.source, line.stale) if text)
    return str(line.asset)


def _plain_cells(line: BalanceLine) -> tuple[str, ...]:
    figures = (_figure(line, column) for column in FIGURES[:3])
    return (
        str(line.asset),
        line.place,
        *("not reported" if figure is None else plain_text(figure) for figure in figures),
        NOT_VALUED if line.value is None else plain_text(line.value),
        (exact_time(line.as_of) if line.as_of else "never") + (" (stale)" if line.stale else ""),
    )


def _alignment(_line: BalanceLine, column: BalanceColumn) -> object:
    side = Qt.AlignmentFlag.AlignRight if column in FIGURES else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


_ANSWERS: dict[int, Callable[[BalanceLine, BalanceColumn], object]] = {
    Qt.ItemDataRole.ToolTipRole: lambda line, column: plain_tip(_tooltip(line, column)),
    Qt.ItemDataRole.TextAlignmentRole: _alignment,
    Qt.ItemDataRole.AccessibleTextRole: lambda line, column: f"{HEADERS[column]} {_tooltip(line, column)}",
}
