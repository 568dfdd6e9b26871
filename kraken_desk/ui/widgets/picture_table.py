"""PictureTable: a table of many rows, each drawn once as a whole and shown as a picture from then on.

Qt's own way of painting asks for every cell several times, and a tree of it lays out every row. Here a row
costs what drawing it costs, once; a paint that takes too long leaves the rest to the next turn, and the
rows that scrolling would bring are drawn while there is nothing else to do.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Hashable
from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from kraken_desk.ui.steps import Steps
from kraken_desk.ui.theme import Theme, metrics
from kraken_desk.ui.throttle import Later
from kraken_desk.ui.widgets.row_focus import RowFocus
from kraken_desk.ui.widgets.row_pixmaps import Draw, RowPixmaps

PREPARE_MS = 40
"""How soon after a paint the rows beyond its edges are drawn, if nothing was painted meanwhile."""

Place = tuple[int, int, int]
"""A column in view: its number, left edge and width."""


@dataclass(frozen=True)
class RowPicture:
    """What the picture of a row depends on, and how it is drawn."""

    identity: Hashable
    frame: object
    draw: Draw
    ground: QColor


class PictureTable(QTableView):
    """Rows of one height, chosen as a whole; subclasses say what a row's picture is.

    Signals:
        opened: a row is wanted, by double click or Enter: its number.
    """

    opened = Signal(int)

    def __init__(self, theme: Theme, row_height: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._pictures = theme, RowPixmaps()
        self.setProperty("role", "list")
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._row_height = row_height
        self._fit_rows()
        self._focus = RowFocus(self, theme)
        self._ahead = Later(self._prepare_steps, self)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(PREPARE_MS)
        self._soon.timeout.connect(self._ahead.ask)
        self.doubleClicked.connect(lambda index: self.opened.emit(index.row()))
        theme.changed.connect(self._fit_rows)
        theme.changed.connect(self.viewport().update)

    def _fit_rows(self) -> None:
        """Give rows more height than usual where the font is larger than usual."""
        large = self._theme.fonts.body_px > metrics.USUAL_FONT
        height = (
            max(self._row_height, self._theme.fonts.body_px + metrics.ROW_AIR) if large else self._row_height
        )
        self.verticalHeader().setDefaultSectionSize(height)

    @abstractmethod
    def row_picture(self, number: int, columns: tuple[Place, ...]) -> RowPicture:
        """Return how a row looks with these columns in view."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened.emit(self.currentIndex().row())
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows that the event concerns, from their pictures."""
        painter, area = QPainter(self.viewport()), event.rect()
        self._pictures.begin()
        columns = self.columns_in_view()
        first, last = self._rows_between(area.top(), area.bottom())
        for number in range(first, last + 1):
            look = self.row_picture(number, columns)
            rect = QRect(0, self.rowViewportPosition(number), self.viewport().width(), self.rowHeight(number))
            self._pictures.show(painter, rect, look.identity, None, look.frame, look.draw, look.ground)
        self._fill_below(painter, area, last)
        painter.end()
        self._pictures.finish(self)
        self._focus.draw()
        self._ahead.stop()
        self._soon.start()

    def columns_in_view(self) -> tuple[Place, ...]:
        """Return the columns in view with their places and widths."""
        width = self.viewport().width()
        places = (
            (column, self.columnViewportPosition(column), self.columnWidth(column))
            for column in range(self.horizontalHeader().count())
            if not self.isColumnHidden(column)
        )
        return tuple(place for place in places if place[1] < width and place[1] + place[2] > 0)

    def _rows_between(self, top: int, bottom: int) -> tuple[int, int]:
        """Return the first and the last row between two edges; the last is less where there is none."""
        first, last = self.rowAt(top), self.rowAt(bottom)
        if first < 0:
            return 0, -1
        return first, self.verticalHeader().count() - 1 if last < 0 else last

    def _fill_below(self, painter: QPainter, area: QRect, last: int) -> None:
        end = self.rowViewportPosition(last) + self.rowHeight(last) if last >= 0 else area.top()
        if end <= area.bottom():
            rest = QRect(area.left(), end, area.width(), area.bottom() - end + 1)
            painter.fillRect(rest, self._theme.tokens.surface)

    def _prepare_steps(self) -> Steps[None]:
        """Draw a page of rows below those in view, then one above."""
        if not self.isVisible():
            return
        first, last = self._rows_between(0, self.viewport().height() - 1)
        page, columns = last - first + 1, self.columns_in_view()
        size = QSize(self.viewport().width(), self.verticalHeader().defaultSectionSize())
        ratio = self.devicePixelRatioF()
        below, above = range(last + 1, last + 1 + page), range(first - 1, first - 1 - page, -1)
        for number in (*below, *above):
            if 0 <= number < self.verticalHeader().count():  # asked each time: others may come in between
                look = self.row_picture(number, columns)
                self._pictures.prepare(size, ratio, look.identity, None, look.frame, look.draw)
            yield
