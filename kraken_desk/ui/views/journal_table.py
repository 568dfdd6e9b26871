"""JournalTable: transfers in dense rows; states as badges, ids in monospace, Settle as a link."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from kraken_desk.ui.delegates.badge_painter import BadgeLook, BadgePainter
from kraken_desk.ui.models.journal import JournalColumn, JournalRole
from kraken_desk.ui.theme import Theme, Tone, metrics
from kraken_desk.ui.widgets.heads import keep_height
from kraken_desk.ui.widgets.row_focus import RowFocus

Index = QModelIndex | QPersistentModelIndex
PAD = 8

WIDTHS: dict[JournalColumn, int] = {
    JournalColumn.TIME: 104,
    JournalColumn.ROUTE: 210,
    JournalColumn.AMOUNT: 140,
    JournalColumn.STATE: 116,
    JournalColumn.OUTCOME: 180,
    JournalColumn.KEY: 110,
    JournalColumn.ACTION: 74,
}
"""The usual width of each column; route and outcome share what is left."""

LEAST_ROUTE = 110
GIVING_WAY = (JournalColumn.KEY, JournalColumn.OUTCOME)
"""Columns that a narrow window leaves to the tooltips, the first one first; the act always stays."""

_GROWING = {JournalColumn.ROUTE: 2, JournalColumn.OUTCOME: 3}


def fit_columns(room: int, amount: int) -> dict[JournalColumn, int]:
    """Share `room` among the columns; one missing in the answer has given way.

    Amounts get what they need: a figure is never cut.
    """
    widths = {**WIDTHS, JournalColumn.AMOUNT: max(WIDTHS[JournalColumn.AMOUNT], amount)}
    for column in GIVING_WAY:
        if sum(widths.values()) > room:
            del widths[column]
    spare = room - sum(widths.values())
    if spare < 0:
        widths[JournalColumn.ROUTE] = max(LEAST_ROUTE, widths[JournalColumn.ROUTE] + spare)
        return widths
    growing = {column: share for column, share in _GROWING.items() if column in widths}
    shares = sum(growing.values())
    return {column: width + spare * growing.get(column, 0) // shares for column, width in widths.items()}


class JournalTable(QTableView):
    """A table without grid but hairlines.

    Signals:
        act_requested: the row's act is wanted, by its link, a double click or Enter.
    """

    act_requested = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._amount = 0
        self.setObjectName("journal-table")
        self.setAccessibleName("Transfers, newest first")
        self.setProperty("role", "list")
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setItemDelegate(JournalCell(theme, self))
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._fit_rows()
        theme.changed.connect(self._fit_rows)
        header = self.horizontalHeader()
        header.setAccessibleName("Columns")
        header.setHighlightSections(False)
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(40)
        keep_height(header, self._theme)
        self.doubleClicked.connect(lambda index: self.act_requested.emit(index.row()))
        self._focus = RowFocus(self, theme)
        theme.changed.connect(self.viewport().update)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.act_requested.emit(self.currentIndex().row())
            return
        super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if self._is_link(index) and event.button() is Qt.MouseButton.LeftButton:
            self.act_requested.emit(index.row())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        over = self._is_link(self.indexAt(event.position().toPoint()))
        shape = Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(shape)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        self._focus.draw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Fit the columns to the viewport."""
        if self.model() is None:
            return
        widths = fit_columns(self.viewport().width(), self._amount)
        for column in JournalColumn:
            self.setColumnHidden(column, column not in widths)
            if column in widths:
                self.setColumnWidth(column, widths[column])

    def measure(self) -> None:
        """Take over how wide the amounts are."""
        model, font = self.model(), QFontMetrics(self._theme.fonts.strong)
        amounts = (str(model.index(row, JournalColumn.AMOUNT).data()) for row in range(model.rowCount()))
        self._amount = max((font.horizontalAdvance(text) for text in amounts), default=0) + 2 * PAD + 1
        self.fit()

    def _fit_rows(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self._theme.row(metrics.ROW_COMPACT + 2))

    def _is_link(self, index: QModelIndex) -> bool:
        return index.isValid() and index.column() == JournalColumn.ACTION and bool(index.data())


class JournalCell(QStyledItemDelegate):
    """Draws one cell of a transfer."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
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
        tokens = self._theme.tokens
        painter.save()
        outer = option.rect
        painter.fillRect(QRect(outer.left(), outer.bottom(), outer.width(), 1), tokens.border)
        selected = bool(option.state & style.StateFlag.State_Selected)
        if selected and index.column() == 0:
            edge = QRect(outer.left(), outer.top(), metrics.SELECTION_EDGE, outer.height())
            painter.fillRect(edge, tokens.accent)
        self._draw(painter, outer.adjusted(PAD, 0, -PAD, 0), index)
        painter.restore()

    def _draw(self, painter: QPainter, rect: QRect, index: Index) -> None:
        column = JournalColumn(index.column())
        text = str(index.data())
        if column is JournalColumn.STATE:
            tone = Tone(index.data(JournalRole.TONE))
            look = BadgeLook(text, tone, border=tone in (Tone.DANGER, Tone.MUTED))
            self._badges.draw_row(painter, rect, (look,))
            return
        painter.setFont(self._font(index, column))
        painter.setPen(self._theme.tokens.tone(_tone(column)))
        right = column is JournalColumn.AMOUNT
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        middle = bool(index.data(JournalRole.MONOSPACE))
        mode = Qt.TextElideMode.ElideMiddle if middle else Qt.TextElideMode.ElideRight
        shown = painter.fontMetrics().elidedText(text, mode, rect.width())
        painter.drawText(rect, side | Qt.AlignmentFlag.AlignVCenter, shown)

    def _font(self, index: Index, column: JournalColumn) -> QFont:
        fonts = self._theme.fonts
        if index.data(JournalRole.MONOSPACE):
            return fonts.mono
        return fonts.strong if column is JournalColumn.AMOUNT else fonts.body


def _tone(column: JournalColumn) -> Tone:
    if column in (JournalColumn.ROUTE, JournalColumn.AMOUNT):
        return Tone.PLAIN
    return Tone.ACCENT if column is JournalColumn.ACTION else Tone.MUTED
