"""MatrixCell: a right's sign in the matrix: shape says held, surplus or missing, colour repeats it.

Each sign is drawn once per scheme and scale into Qt's pixmap cache; scrolling only copies pixels.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QPixmapCache

from kraken_desk.domain.audit.matrix import Mark, MatrixRow
from kraken_desk.domain.rights import Right
from kraken_desk.ui.delegates.shapes import Shape, draw_shape
from kraken_desk.ui.models.matrix import FIRST_RIGHT, KEY, CellMark, unknown_of, words_of
from kraken_desk.ui.theme import Theme, Tone, metrics

SIGN = 16
PAD = 8

Place = tuple[int, int, int]
"""A column in view: its number, left edge and width."""


class MatrixCell:
    """Draws words in the first columns and signs in the others."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme

    def ground(self, *, selected: bool) -> QColor:
        """Return a row's ground: selected rows stand out by it."""
        return self._theme.tokens.sel if selected else self._theme.tokens.surface

    def draw_row(
        self,
        painter: QPainter,
        rect: QRect,
        row: MatrixRow,
        rights: tuple[Right, ...],
        columns: tuple[Place, ...],
        *,
        selected: bool,
    ) -> None:
        """Draw a row with all its columns, each by number, left edge and width."""
        tokens, end = self._theme.tokens, FIRST_RIGHT + len(rights)
        painter.fillRect(rect, self.ground(selected=selected))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), tokens.border)
        for column, left, width in columns:
            cell = QRect(left, rect.top(), width, rect.height())
            if column == KEY:
                self._draw_edges(painter, cell, selected=selected)
            if FIRST_RIGHT <= column < end:
                right = rights[column - FIRST_RIGHT]
                mark = CellMark(row.marks[column - FIRST_RIGHT], right.right_id in row.dangerous)
                self._draw_sign(painter, cell, mark)
            else:
                text = words_of(row)[column] if column < FIRST_RIGHT else unknown_of(row)
                tone = tokens.text if column == KEY else tokens.muted
                self._draw_words(painter, cell.adjusted(PAD, 0, -PAD, 0), text, tone)

    def _draw_edges(self, painter: QPainter, cell: QRect, *, selected: bool) -> None:
        tokens = self._theme.tokens
        painter.fillRect(QRect(cell.right(), cell.top(), 1, cell.height()), tokens.border)
        if selected:
            edge = QRect(cell.left(), cell.top(), metrics.SELECTION_EDGE, cell.height())
            painter.fillRect(edge, tokens.accent)

    def sign(self, cell: CellMark, ratio: float) -> QPixmap:
        """Return the sign of a cell from the cache, drawing it the first time."""
        name = f"matrix|{cell.mark.name}|{cell.dangerous}|{self._theme.scheme}|{ratio}"
        cached = QPixmap()
        if QPixmapCache.find(name, cached):
            return cached
        drawn = self._drawn(cell, ratio)
        QPixmapCache.insert(name, drawn)
        return drawn

    def _draw_sign(self, painter: QPainter, rect: QRect, cell: CellMark) -> None:
        if cell.mark is Mark.NOT_APPLICABLE:
            return
        at = QPointF(rect.center().x() - SIGN / 2 + 0.5, rect.center().y() - SIGN / 2 + 0.5)
        painter.drawPixmap(at, self.sign(cell, painter.device().devicePixelRatio()))

    def _draw_words(self, painter: QPainter, rect: QRect, words: str, colour: QColor) -> None:
        if not words:
            return
        painter.setFont(self._theme.fonts.body)
        painter.setPen(colour)
        text = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, text)

    def _drawn(self, cell: CellMark, ratio: float) -> QPixmap:
        pixmap = QPixmap(QSize(SIGN, SIGN) * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_mark(painter, cell)
        painter.end()
        return pixmap

    def _draw_mark(self, painter: QPainter, cell: CellMark) -> None:
        tokens = self._theme.tokens
        box = QRectF(3, 3, SIGN - 6, SIGN - 6)
        if cell.mark is Mark.HELD:
            tone = Tone.WARN if cell.dangerous else Tone.OK
            draw_shape(painter, Shape.HEXAGON if cell.dangerous else Shape.CIRCLE, box, tokens.tone(tone))
        elif cell.mark is Mark.SURPLUS:
            self._draw_surplus(painter, cell)
        elif cell.mark is Mark.MISSING:
            draw_shape(painter, Shape.HOLLOW_CIRCLE, box.adjusted(-1, -1, 1, 1), tokens.info)
            self._stroke(painter, Tone.INFO, ((5.5, 8, 10.5, 8),))
        elif cell.mark is Mark.NOT_KNOWN:
            painter.setFont(self._theme.fonts.small)
            painter.setPen(tokens.faint)
            painter.drawText(QRectF(0, 0, SIGN, SIGN), Qt.AlignmentFlag.AlignCenter, "?")
        else:
            draw_shape(painter, Shape.CIRCLE, QRectF(6.5, 6.5, 3, 3), tokens.handle)

    def _draw_surplus(self, painter: QPainter, cell: CellMark) -> None:
        """Draw a plus in a diamond; a dangerous right too many is filled in the colour of danger."""
        tone = Tone.DANGER if cell.dangerous else Tone.WARN
        tokens = self._theme.tokens
        shape = Shape.DIAMOND if cell.dangerous else Shape.HOLLOW_DIAMOND
        draw_shape(painter, shape, QRectF(1, 1, SIGN - 2, SIGN - 2), tokens.tone(tone))
        lines = ((5.5, 8, 10.5, 8), (8, 5.5, 8, 10.5))
        if cell.dangerous:
            painter.setPen(QPen(tokens.bg, 1.6))
            for x1, y1, x2, y2 in lines:
                painter.drawLine(QPointF(x1, y1), QPointF(x2, y2))
        else:
            self._stroke(painter, tone, lines)

    def _stroke(
        self, painter: QPainter, tone: Tone, lines: tuple[tuple[float, float, float, float], ...]
    ) -> None:
        painter.setPen(QPen(self._theme.tokens.tone(tone), 1.6))
        for x1, y1, x2, y2 in lines:
            painter.drawLine(QPointF(x1, y1), QPointF(x2, y2))
