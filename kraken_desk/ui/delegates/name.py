"""NameDelegate: the state's shape and the key's name."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QFontMetrics, QPainter

from kraken_desk.domain.levels import Level
from kraken_desk.ui.delegates.cell import CellDelegate
from kraken_desk.ui.delegates.shapes import STATE_SHAPES, draw_shape
from kraken_desk.ui.models.fleet_rows import KeyRow, State, level_tone, score_tone
from kraken_desk.ui.theme import Tokens, Tone
from kraken_desk.ui.theme.metrics import shape_for

SHAPE = 9
SHAPE_ROOM = 20
PERFECT = 100
SCORE_GAP = 6


def state_colour(tokens: Tokens, state: State, level: Level) -> QColor:
    """Return the colour that repeats what the shape says."""
    if state is State.CHECKING:
        return tokens.accent
    if state in (State.UNCHECKED, State.UNJUDGED):
        return tokens.faint
    if state is State.STALE:
        return tokens.warn
    if state is State.LOCKED_OUT:
        return tokens.danger
    return tokens.info if level is Level.LOW else tokens.tone(level_tone(level))


def state_box(rect: QRect, font_px: int) -> QRectF:
    """Return the square for a state's shape at the left of a row's rectangle."""
    side = shape_for(SHAPE, font_px)
    return QRectF(rect.left(), rect.center().y() - side / 2 + 0.5, side, side)


class NameDelegate(CellDelegate):
    """Draws the first column of a key's row; the tree has already taken off the indentation."""

    def draw(self, painter: QPainter, rect: QRect, row: KeyRow, column: int) -> None:
        colour = state_colour(self._theme.tokens, row.state, row.level)
        left = rect.adjusted(-4, 0, 0, 0)
        draw_shape(painter, STATE_SHAPES[row.state], state_box(left, self._theme.fonts.body_px), colour)
        taken = self._draw_score(painter, rect, row)
        room = left.adjusted(SHAPE_ROOM, 0, -taken, 0)
        self.draw_text(painter, room, row.cells[column].text, Tone.PLAIN)

    def _draw_score(self, painter: QPainter, rect: QRect, row: KeyRow) -> int:
        """Draw a health score below 100 small at the right, and return the room it took."""
        if row.score is None or row.score >= PERFECT:
            return 0
        font = self._theme.fonts.small
        self.draw_text(painter, rect, str(row.score), score_tone(row.score), right=True, font=font)
        return QFontMetrics(font).horizontalAdvance(str(row.score)) + SCORE_GAP
