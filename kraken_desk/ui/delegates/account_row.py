"""AccountRowPainter: an account's row across all columns: state, name and id; figure and tally right."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QFont, QPainter

from kraken_desk.ui.delegates.badge_painter import BadgeLook, BadgePainter
from kraken_desk.ui.delegates.name import SHAPE_ROOM, state_box, state_colour
from kraken_desk.ui.delegates.shapes import STATE_SHAPES, Shape, draw_shape
from kraken_desk.ui.models.fleet_rows import AccountRow, level_tone
from kraken_desk.ui.theme import Theme, Tone
from kraken_desk.ui.theme.metrics import for_font

_GAP = 12
_TAG_GAP = 4
_LEAST_NAME = 72
"""Room for the beginning of a name, before a figure stands beside it."""
_PART = " · "
"""Parts the figure from what stands before it: how much of the account it leaves out."""
WIDEST_TALLY = BadgeLook("99 medium", Tone.WARN, shape=Shape.DIAMOND)
"""Room kept for the tally in every row, so that the figures of all accounts end at one line."""
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class AccountRowPainter:
    """Draws right to left what must be seen, then name and id in the room that is left."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._badges = BadgePainter(theme)

    def draw(self, painter: QPainter, rect: QRect, row: AccountRow) -> None:
        tokens = self._theme.tokens
        font_px = self._theme.fonts.body_px
        least = rect.left() + SHAPE_ROOM + for_font(_LEAST_NAME, font_px)
        right = self._draw_tally(painter, rect, row)
        right = self._draw_figure(painter, rect.adjusted(least - rect.left(), 0, 0, 0), right, row)
        colour = state_colour(tokens, row.state, row.level)
        draw_shape(painter, STATE_SHAPES[row.state], state_box(rect, font_px), colour)
        room = QRect(rect.left() + SHAPE_ROOM, rect.top(), right - rect.left() - SHAPE_ROOM, rect.height())
        taken = self._text(painter, room, row.label, Tone.PLAIN, self._theme.fonts.strong)
        room.setLeft(room.left() + taken + _GAP)
        room.setLeft(self._draw_tags(painter, room, row.tags))
        self._text(painter, room, row.subtitle, Tone.MUTED, self._theme.fonts.body)

    def _draw_tags(self, painter: QPainter, room: QRect, tags: tuple[str, ...]) -> int:
        """Draw the tags that fit into the room, "+2" for the rest; return where they end."""
        left, top = room.left(), room.center().y() - self._badges.height / 2 + 0.5
        for number, tag in enumerate(tags):
            look, rest = BadgeLook(tag, Tone.ACCENT), BadgeLook(f"+{len(tags) - number}", Tone.ACCENT)
            last = number + 1 == len(tags)
            needed = self._badges.width(look) + (0 if last else _TAG_GAP + self._badges.width(rest))
            if left + needed > room.right():
                if left + self._badges.width(rest) <= room.right():
                    self._badges.draw(painter, QPointF(left, top), rest)
                    left += int(self._badges.width(rest)) + _GAP
                return left
            self._badges.draw(painter, QPointF(left, top), look)
            left += int(self._badges.width(look)) + (_GAP if last else _TAG_GAP)
        return left

    def _draw_tally(self, painter: QPainter, rect: QRect, row: AccountRow) -> int:
        room = self._badges.width(WIDEST_TALLY)
        if not row.tally:
            return rect.right() - room - _GAP
        look = BadgeLook(row.tally, level_tone(row.level), shape=Shape.DIAMOND)
        left = rect.right() - self._badges.width(look)
        self._badges.draw(painter, QPointF(left, rect.center().y() - self._badges.height / 2 + 0.5), look)
        return rect.right() - room - _GAP

    def _draw_figure(self, painter: QPainter, rect: QRect, right: int, row: AccountRow) -> int:
        """Draw the figure from `right` leftwards, where it keeps inside `rect`: half of one is another."""
        if not row.figure:
            return right
        painter.setFont(self._theme.fonts.strong if row.figure != "empty" else self._theme.fonts.body)
        tone = Tone.MUTED if row.figure_stale or row.figure == "empty" else Tone.PLAIN
        tokens = self._theme.tokens
        painter.setPen(tokens.tone(tone))
        gaps, _, figure = row.figure.rpartition(_PART)
        width = painter.fontMetrics().horizontalAdvance(figure)
        if right - width < rect.left():
            return right
        painter.drawText(QRect(right - width, rect.top(), width, rect.height()), _RIGHT, figure)
        left = right - width
        if gaps and left - painter.fontMetrics().horizontalAdvance(gaps) > rect.left():
            painter.setFont(self._theme.fonts.body)
            painter.setPen(tokens.muted)
            width = painter.fontMetrics().horizontalAdvance(gaps) + _GAP
            painter.drawText(QRect(left - width, rect.top(), width - _GAP, rect.height()), _RIGHT, gaps)
            left -= width
        if row.figure_stale:
            left -= SHAPE_ROOM
            box = state_box(QRect(left, rect.top(), SHAPE_ROOM, rect.height()), self._theme.fonts.body_px)
            draw_shape(painter, Shape.CLOCK, box, tokens.warn)
        return left - _GAP

    def _text(self, painter: QPainter, room: QRect, text: str, tone: Tone, font: QFont) -> int:
        """Draw text elided into its room and return the width it took."""
        if room.width() <= 0:
            return 0
        painter.setFont(font)
        painter.setPen(self._theme.tokens.tone(tone))
        metrics = painter.fontMetrics()
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, _LEFT, shown)
        return metrics.horizontalAdvance(shown)
