"""GroupedTable: rows below the heads of their groups, for panes that list and lead to something.

Rows are plain values; the table rebuilds only when they change and keeps what is selected by its key.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from kraken_desk.ui.delegates.badge_painter import BadgeLook, BadgePainter
from kraken_desk.ui.plain import plain_tip
from kraken_desk.ui.theme import Theme, Tone, metrics
from kraken_desk.ui.widgets.heads import keep_height
from kraken_desk.ui.widgets.row_focus import RowFocus

Index = QModelIndex | QPersistentModelIndex
PAD = 8
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
ROW_ROLE = Qt.ItemDataRole.UserRole + 1
KEY_ROLE = Qt.ItemDataRole.UserRole + 2


@dataclass(frozen=True, slots=True)
class Column:
    """`grow` shares the room that is left; `optional` columns give way in a narrow window, last first.

    `right` is for figures.
    """

    title: str
    width: int
    grow: int = 0
    optional: bool = False
    right: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell in words; `badge` draws them as a sign, `mono` is for ids."""

    text: str = ""
    tone: Tone = Tone.PLAIN
    tip: str = ""
    badge: bool = False
    mono: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """`key` tells the row from all others and is what the table announces; `data` is for a painter."""

    key: str
    cells: tuple[Cell, ...]
    data: object = None


@dataclass(frozen=True, slots=True)
class Group:
    """Rows below a head; `note` stands beside its title."""

    title: str
    note: str
    rows: tuple[Row, ...]


DrawCell = Callable[[QPainter, QRect, Row | None, int], bool]
"""Draws a cell itself and says so; the row is None for the head of a group."""


class GroupedTable(QTreeView):
    """A list without grid but hairlines.

    Signals:
        chosen: another row is selected: its key.
        opened: a row is wanted by a double click or Enter: its key.
    """

    chosen = Signal(str)
    opened = Signal(str)

    def __init__(
        self,
        theme: Theme,
        name: str,
        accessible_name: str,
        columns: Sequence[Column],
        draw_cell: DrawCell | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._columns = tuple(columns)
        self._groups: tuple[Group, ...] | None = None
        self._filling = False
        self._rows = QStandardItemModel(0, len(self._columns), self)
        self._rows.setHorizontalHeaderLabels([column.title for column in self._columns])
        for number, column in enumerate(self._columns):
            self._rows.horizontalHeaderItem(number).setToolTip(column.title)
            if column.right:
                self._rows.horizontalHeaderItem(number).setTextAlignment(_RIGHT)
        self.setModel(self._rows)
        self.setObjectName(name)
        self.setAccessibleName(accessible_name)
        self.setProperty("role", "list")
        self.setRootIsDecorated(False)
        self.setItemsExpandable(False)
        self.setExpandsOnDoubleClick(False)
        self.setIndentation(0)
        self.setUniformRowHeights(True)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._theme = theme
        self.setItemDelegate(_CellDelegate(theme, self._columns, draw_cell, self))
        self._dress_header(theme)
        self._focus = RowFocus(self, theme)
        self.selectionModel().selectionChanged.connect(lambda *_: self._on_selection_changed())
        self.doubleClicked.connect(self._on_opened)
        theme.changed.connect(self.fit)
        theme.changed.connect(self.viewport().update)

    @property
    def selected_key(self) -> str:
        """Return the key of the selected row, "" for none."""
        index = self.currentIndex()
        chosen = index.isValid() and self.selectionModel().isSelected(index)
        return str(index.siblingAtColumn(0).data(KEY_ROLE) or "") if chosen else ""

    def show_groups(self, groups: tuple[Group, ...]) -> None:
        """Show these rows; equal ones leave everything as it is."""
        if groups == self._groups:
            return
        kept, place = self.selected_key, self.verticalScrollBar().value()
        self._groups, self._filling = groups, True
        self._rows.removeRows(0, self._rows.rowCount())
        for group in groups:
            head = [_item(Cell(group.title, tip=group.note)), *(_item(Cell()) for _ in self._columns[1:])]
            head[0].setData(group, ROW_ROLE)
            for item in head:
                item.setSelectable(False)
            for row in group.rows:
                head[0].appendRow(_items(row))
            self._rows.appendRow(head)
        self.expandAll()
        self.fit()
        self.select(kept)
        self.verticalScrollBar().setValue(place)
        self._filling = False

    def select(self, key: str) -> None:
        """Select the row with this key; any other key selects nothing."""
        for number in range(self._rows.rowCount()):
            head = self._rows.item(number)
            for place in range(head.rowCount()):
                if key and head.child(place).data(KEY_ROLE) == key:
                    self.setCurrentIndex(head.child(place).index())
                    return
        self.selectionModel().clear()

    def fit(self) -> None:
        """Share the width among the columns; optional ones give way first."""
        room = self.viewport().width()
        widths = [metrics.for_font(column.width, self._theme.fonts.body_px) for column in self._columns]
        shown = list(range(len(self._columns)))
        for number in reversed(range(len(self._columns))):
            if self._columns[number].optional and sum(widths[n] for n in shown) > room:
                shown.remove(number)
        spare = max(0, room - sum(widths[n] for n in shown))
        shares = sum(self._columns[n].grow for n in shown) or 1
        for number, column in enumerate(self._columns):
            self.setColumnHidden(number, number not in shown)
            self.setColumnWidth(number, widths[number] + spare * column.grow // shares)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._on_opened(self.currentIndex())
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        self._focus.draw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def _dress_header(self, theme: Theme) -> None:
        header = self.header()
        header.setAccessibleName("Columns")
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setStretchLastSection(False)
        header.setSectionsMovable(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setMinimumSectionSize(24)
        keep_height(header, theme)

    def _on_selection_changed(self) -> None:
        if not self._filling and self.selected_key:
            self.chosen.emit(self.selected_key)

    def _on_opened(self, index: QModelIndex) -> None:
        key = str(index.siblingAtColumn(0).data(KEY_ROLE) or "") if index.isValid() else ""
        if key:
            self.opened.emit(key)


class _CellDelegate(QStyledItemDelegate):
    """Draws one cell; heads of groups stand on the surface."""

    def __init__(
        self, theme: Theme, columns: Sequence[Column], draw_cell: DrawCell | None, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._theme, self._draw_cell = theme, draw_cell
        self._sides = [_RIGHT if column.right else _LEFT for column in columns]
        self._badges = BadgePainter(theme)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        del option, index
        return QSize(2 * PAD, self._theme.row(metrics.ROW_COMPACT + 2))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        blank = QStyleOptionViewItem(option)
        self.initStyleOption(blank, index)
        blank.text = ""
        style = option.widget.style()
        style.drawControl(style.ControlElement.CE_ItemViewItem, blank, painter, option.widget)
        tokens, outer = self._theme.tokens, option.rect
        row = index.model().index(index.row(), 0, index.parent()).data(ROW_ROLE)
        painter.save()
        if isinstance(row, Group):
            painter.fillRect(outer, tokens.bg)
        painter.fillRect(QRect(outer.left(), outer.bottom(), outer.width(), 1), tokens.border)
        if option.state & style.StateFlag.State_Selected and index.column() == 0:
            edge = QRect(outer.left(), outer.top(), metrics.SELECTION_EDGE, outer.height())
            painter.fillRect(edge, tokens.accent)
        if isinstance(row, Group) and isinstance(option.widget, QTreeView):
            self._draw_head(painter, outer, row, option.widget.columnViewportPosition(0))
        self._draw(painter, outer.adjusted(PAD, 0, -PAD, 0), row, index.column())
        painter.restore()

    def _draw(self, painter: QPainter, rect: QRect, row: object, column: int) -> None:
        own = row if isinstance(row, Row) else None
        if self._draw_cell is not None and self._draw_cell(painter, rect, own, column):
            return
        if own is not None and column < len(own.cells):
            self._draw_words(painter, rect, own.cells[column], self._sides[column])

    def _draw_head(self, painter: QPainter, cell: QRect, group: Group, start: int) -> None:
        """Draw what one cell shows of a head that runs across all columns from `start`."""
        fonts, tokens = self._theme.fonts, self._theme.tokens
        painter.save()
        painter.setClipRect(cell)
        room = QRect(start + PAD, cell.top(), cell.right() - start, cell.height())
        painter.setFont(fonts.strong)
        painter.setPen(tokens.text)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, group.title)
        after = painter.fontMetrics().horizontalAdvance(group.title) + 2 * PAD
        painter.setFont(fonts.body)
        painter.setPen(tokens.muted)
        painter.drawText(room.adjusted(after, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, group.note)
        painter.restore()

    def _draw_words(self, painter: QPainter, rect: QRect, cell: Cell, side: Qt.AlignmentFlag) -> None:
        if cell.badge and cell.text:
            look = BadgeLook(cell.text, cell.tone, border=cell.tone in (Tone.DANGER, Tone.MUTED, Tone.PLAIN))
            self._badges.draw_row(painter, rect, (look,))
            return
        fonts = self._theme.fonts
        painter.setFont(fonts.mono if cell.mono else fonts.body)
        painter.setPen(self._theme.tokens.tone(cell.tone))
        text = painter.fontMetrics().elidedText(cell.text, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, side, text)


def _items(row: Row) -> list[QStandardItem]:
    items = [_item(cell) for cell in row.cells]
    items[0].setData(row, ROW_ROLE)
    items[0].setData(row.key, KEY_ROLE)
    return items


def _item(cell: Cell) -> QStandardItem:
    item = QStandardItem(cell.text)
    item.setToolTip(plain_tip(cell.tip or cell.text))
    item.setEditable(False)
    return item
