"""FindingsTable: findings under the heads of their groups, many at once selectable."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from kraken_desk.ui.delegates.badge_painter import BadgeLook, BadgePainter
from kraken_desk.ui.delegates.shapes import Shape
from kraken_desk.ui.models.finding_rows import TONES, FindingLine, HeadLine, Line
from kraken_desk.ui.models.findings import LINE_ROLE
from kraken_desk.ui.theme import Theme, Tone, metrics
from kraken_desk.ui.widgets.row_focus import RowFocus
from kraken_desk.ui.widgets.row_pixmaps import RowPixmaps

Index = QModelIndex | QPersistentModelIndex
PAD = 8

Place = tuple[int, int, int]
"""A column in view: its number, left edge and width."""

WIDTHS = (96, 240, 160, 140, 120, 96)
_GROWING = {1: 3, 2: 1, 3: 1}
_GIVING_WAY = (4, 3)
"""Columns that a narrow window leaves to the details, the first one first."""

_SHAPES = {Tone.DANGER: Shape.HEXAGON, Tone.WARN: Shape.DIAMOND, Tone.INFO: Shape.HOLLOW_DIAMOND}


class FindingsTable(QTreeView):
    """A list without grid but hairlines.

    Signals:
        opened: a finding's place is wanted, by double click or Enter: its row.
    """

    opened = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._until_shown = False
        self.setObjectName("findings-table")
        self.setAccessibleName("Findings, worst first")
        self.setProperty("role", "list")
        self.setRootIsDecorated(False)
        self.setItemsExpandable(False)
        self.setExpandsOnDoubleClick(False)
        self.setIndentation(0)
        self.setUniformRowHeights(True)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._theme, self._cells, self._pictures = theme, _Cells(theme, self), RowPixmaps()
        self.setItemDelegate(self._cells)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        header = self.header()
        header.setAccessibleName("Columns")
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setStretchLastSection(False)
        header.setSectionsMovable(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setMinimumSectionSize(24)
        header.setFixedHeight(30)
        self._focus = RowFocus(self, theme)
        self.doubleClicked.connect(lambda index: self.opened.emit(index.row()))
        theme.changed.connect(self.viewport().update)

    def show_until(self, shown: bool) -> None:
        """Show the column of what muted findings need."""
        self._until_shown = shown
        self.fit()

    def chosen_rows(self) -> tuple[int, ...]:
        return tuple(sorted(index.row() for index in self.selectionModel().selectedRows()))

    def fit(self) -> None:
        """Share the width among the columns."""
        if self.model() is None:
            return
        room = self.viewport().width()
        shown = [column for column in range(len(WIDTHS)) if column != len(WIDTHS) - 1 or self._until_shown]
        for column in _GIVING_WAY:
            if sum(WIDTHS[n] for n in shown) > room:
                shown.remove(column)
        spare = max(0, room - sum(WIDTHS[n] for n in shown))
        shares = sum(_GROWING.get(n, 0) for n in shown)
        for column, width in enumerate(WIDTHS):
            self.setColumnHidden(column, column not in shown)
            self.setColumnWidth(column, width + spare * _GROWING.get(column, 0) // shares)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened.emit(self.currentIndex().row())
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill what no row covers; the viewport paints all of itself, so that scrolling can shift it."""
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self._theme.tokens.surface)
        painter.end()
        super().paintEvent(event)
        self._focus.draw()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Shift what is painted; Qt takes a step of more pixels than there are rows in view for a jump."""
        if dx or abs(dy) >= self.viewport().height():
            super().scrollContentsBy(dx, dy)
        else:
            self.viewport().scroll(0, dy)

    def drawRow(self, painter: QPainter, options: QStyleOptionViewItem, index: Index) -> None:
        """Draw a whole row, from its picture while nothing has changed."""
        line = index.data(LINE_ROLE)
        rect = QRect(0, options.rect.top(), self.viewport().width(), options.rect.height())
        selected = self.selectionModel().isRowSelected(index.row())
        columns = tuple(
            (column, self.columnViewportPosition(column), self.columnWidth(column))
            for column in range(len(WIDTHS))
            if not self.isColumnHidden(column)
        )

        def draw(on: QPainter, where: QRect) -> None:
            self._cells.draw_row(on, where, line, columns, selected=selected)

        frame = (line, selected, columns, self._theme.scheme, self._theme.fonts.body.key())
        identity = line.finding.identity if isinstance(line, FindingLine) else (line.title, "head")
        self._pictures.show(painter, rect, identity, None, frame, draw)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()


class _Cells(QStyledItemDelegate):
    """Draws one cell; heads of groups run across all columns."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._badges = BadgePainter(theme)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        del option, index
        return QSize(2 * PAD, metrics.ROW_COMPACT + 2)

    def draw_row(
        self, painter: QPainter, rect: QRect, line: Line, columns: tuple[Place, ...], *, selected: bool
    ) -> None:
        """Draw a line with all its columns, each by number, left edge and width."""
        tokens = self._theme.tokens
        head = isinstance(line, HeadLine)
        painter.fillRect(rect, tokens.bg if head else tokens.sel if selected else tokens.surface)
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), tokens.border)
        if isinstance(line, HeadLine):
            self._draw_head(painter, rect, line)
            return
        if selected:
            edge = QRect(rect.left(), rect.top(), metrics.SELECTION_EDGE, rect.height())
            painter.fillRect(edge, tokens.accent)
        for column, left, width in columns:
            cell = QRect(left + PAD, rect.top(), width - 2 * PAD, rect.height())
            self._draw_cell(painter, cell, line, column)

    def _draw_head(self, painter: QPainter, rect: QRect, head: HeadLine) -> None:
        fonts, tokens = self._theme.fonts, self._theme.tokens
        room = rect.adjusted(PAD, 0, 0, 0)
        painter.setFont(fonts.strong)
        painter.setPen(tokens.tone(head.tone) if head.tone is not Tone.MUTED else tokens.text)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, head.title)
        after = painter.fontMetrics().horizontalAdvance(head.title) + 2 * PAD
        painter.setFont(fonts.body)
        painter.setPen(tokens.muted)
        painter.drawText(room.adjusted(after, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, head.note)

    def _draw_cell(self, painter: QPainter, rect: QRect, line: FindingLine, column: int) -> None:
        text = line.cells[column]
        if column == 0:
            self._badges.draw_row(painter, rect, (severity_look(line),))
            return
        painter.setFont(self._theme.fonts.body)
        tone = Tone.PLAIN if column in (1, 2) else Tone.MUTED
        painter.setPen(self._theme.tokens.tone(tone))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, shown)


def severity_look(line: FindingLine) -> BadgeLook:
    """Return the badge of a finding's severity; shape and border repeat what the tone says."""
    tone = TONES[line.finding.severity]
    critical = line.cells[0] == "Critical"
    return BadgeLook(line.cells[0], tone, border=critical or tone is Tone.MUTED, shape=_SHAPES.get(tone))
