"""BadgePainter: a badge is a small rounded box with a word, and where it matters a shape before it.

Each badge is drawn once per scheme, scale and font into Qt's pixmap cache.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen, QPixmap, QPixmapCache

from kraken_desk.domain.allowlist import AllowlistStatus
from kraken_desk.domain.badges import Badge, BadgeKind
from kraken_desk.domain.values import dataclass, replace
from kraken_desk.ui.delegates.shapes import ALLOWLIST_SHAPES, Shape, draw_shape
from kraken_desk.ui.models.fleet_rows import allowlist_tone
from kraken_desk.ui.theme import Theme, Tone
from kraken_desk.ui.theme.metrics import BADGE_HEIGHT, RADIUS_BADGE, shape_for
from kraken_desk.ui.theme.typography import Fonts

_SIDE = 7
_SHAPE = 8
_SHAPE_GAP = 5
GAP = 4
LEAST_ELIDED = 60
"""Width in pixels below which an elided badge says nothing."""

MOST_MEASURED = 2_000
"""More badges than that are measured anew from time to time."""

GRAVE = 2
"""The weight from which a badge that is left out still shows its tone."""


@dataclass(frozen=True, slots=True)
class BadgeLook:
    """How a badge is drawn: the tone of text and ground, its border, and a shape before the text.

    Where room is short, badges of the least `weight` give way first.
    """

    text: str
    tone: Tone
    filled: bool = True
    border: bool = False
    dashed: bool = False
    shape: Shape | None = None
    weight: int = 0


_KINDS: dict[BadgeKind, BadgeLook] = {
    BadgeKind.READ: BadgeLook("", Tone.MUTED, filled=False, border=True, weight=1),
    BadgeKind.TRADE: BadgeLook("", Tone.INFO, weight=2),
    BadgeKind.FUNDS_IN: BadgeLook("", Tone.WARN, weight=2),
    BadgeKind.WITHDRAW: BadgeLook("", Tone.DANGER, border=True, shape=Shape.HEXAGON, weight=3),
    BadgeKind.WEBSOCKET: BadgeLook("", Tone.MUTED, filled=False, border=True, dashed=True),
    BadgeKind.NEUTRAL: BadgeLook("", Tone.MUTED, filled=False, border=True),
    BadgeKind.UNKNOWN: BadgeLook("", Tone.WARN, filled=False, border=True, dashed=True, weight=3),
}


def permission_look(badge: Badge) -> BadgeLook:
    """Return how a permission badge looks; what can move money differs by border and shape."""
    kind = _KINDS[badge.kind]
    return replace(kind, text=badge.text)


def allowlist_look(status: AllowlistStatus, text: str) -> BadgeLook:
    if status is AllowlistStatus.NOT_REPORTED:
        return not_reported_look(text)
    return BadgeLook(text, allowlist_tone(status), shape=ALLOWLIST_SHAPES[status])


def not_reported_look(text: str) -> BadgeLook:
    return BadgeLook(text, Tone.MUTED, filled=False, border=True, dashed=True)


def more_look(left_out: Sequence[BadgeLook]) -> BadgeLook:
    """Return the badge that stands for those that do not fit; it looks as grave as the gravest of them."""
    gravest = max(left_out, key=lambda look: look.weight)
    if gravest.weight < GRAVE:
        return BadgeLook(f"+{len(left_out)}", Tone.MUTED, filled=False, border=True)
    return replace(gravest, text=f"+{len(left_out)}")


_AIR = 6
"""The least room above and below the letters of a badge together."""


class BadgePainter:
    """Measures and draws badges in the theme's current colours; what it has measured it remembers."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._fonts: Fonts | None = None
        self._scheme = ""
        self._widths: dict[BadgeLook, int] = {}
        self._names: dict[tuple[BadgeLook, float], str] = {}

    def width(self, look: BadgeLook) -> int:
        self._forget()
        width = self._widths.get(look)
        if width is None:
            text = QFontMetrics(self._theme.fonts.small).horizontalAdvance(look.text)
            shape = self._shape + _SHAPE_GAP if look.shape else 0
            width = self._widths[look] = text + shape + 2 * _SIDE
        return width

    def size(self, look: BadgeLook) -> QSize:
        return QSize(self.width(look), self.height)

    @property
    def height(self) -> int:
        """Return the height of all badges in the font of now."""
        return max(BADGE_HEIGHT, self._theme.fonts.small.pixelSize() + _AIR)

    @property
    def _shape(self) -> int:
        return shape_for(_SHAPE, self._theme.fonts.body_px)

    def draw(self, painter: QPainter, at: QPointF, look: BadgeLook) -> None:
        painter.drawPixmap(at, self.pixmap(look, painter.device().devicePixelRatio()))

    def draw_row(self, painter: QPainter, rect: QRect, looks: tuple[BadgeLook, ...]) -> None:
        """Draw as many badges as fit from the left; the rest becomes “+N”."""
        x, y = float(rect.left()), rect.center().y() - self.height / 2 + 0.5
        for look in self.fitting(looks, rect.width()):
            self.draw(painter, QPointF(x, y), look)
            x += self.width(look) + GAP

    def fitting(self, looks: tuple[BadgeLook, ...], width: int) -> tuple[BadgeLook, ...]:
        """Return the badges that fit into `width`, in their order; “+N” stands for those left out.

        What can move money is left out last.
        """
        if self._total(looks) <= width:
            return looks
        if len(looks) == 1:
            return (self._elided(looks[0], width),)
        kept, left_out = list(looks), []
        while len(kept) > 1:
            weights = [look.weight for look in kept]
            left_out.append(kept.pop(len(kept) - 1 - weights[::-1].index(min(weights))))
            candidate = (*kept, more_look(left_out))
            if self._total(candidate) <= width:
                return candidate
        return self._gravest_of(looks, width) if looks else ()

    def _gravest_of(self, looks: Sequence[BadgeLook], width: int) -> tuple[BadgeLook, ...]:
        """Return the gravest badge elided and the number of the others, or only their number."""
        gravest = max(looks, key=lambda look: look.weight)
        others = more_look([look for look in looks if look is not gravest])
        room = width - self.width(others) - GAP
        if room < LEAST_ELIDED:
            return (more_look(looks),)
        return (self._elided(gravest, room), others)

    def _elided(self, look: BadgeLook, width: int) -> BadgeLook:
        metrics = QFontMetrics(self._theme.fonts.small)
        room = width - (self.width(look) - metrics.horizontalAdvance(look.text))
        return replace(look, text=metrics.elidedText(look.text, Qt.TextElideMode.ElideRight, room))

    def pixmap(self, look: BadgeLook, ratio: float) -> QPixmap:
        """Return the badge from the cache, drawing it the first time."""
        self._forget()
        name = self._names.get((look, ratio))
        if name is None:
            name = f"badge|{look}|{self._theme.scheme}|{ratio}|{self._theme.fonts.small.key()}"
            self._names[look, ratio] = name
        cached = QPixmap()
        if QPixmapCache.find(name, cached):
            return cached
        drawn = self._drawn(look, ratio)
        QPixmapCache.insert(name, drawn)
        return drawn

    def _forget(self) -> None:
        """Begin anew in other fonts or colours."""
        others = self._fonts is not self._theme.fonts or self._scheme != self._theme.scheme
        if others or len(self._widths) > MOST_MEASURED or len(self._names) > MOST_MEASURED:
            self._fonts, self._scheme, self._widths, self._names = (
                self._theme.fonts,
                self._theme.scheme,
                {},
                {},
            )

    def _total(self, looks: tuple[BadgeLook, ...]) -> int:
        return sum(self.width(look) for look in looks) + GAP * max(0, len(looks) - 1)

    def _drawn(self, look: BadgeLook, ratio: float) -> QPixmap:
        size = self.size(look)
        pixmap = QPixmap(size * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_box(painter, QRectF(0, 0, size.width(), size.height()), look)
        ink = self._theme.tokens.tone(look.tone)
        x = float(_SIDE)
        if look.shape:
            box = QRectF(x, (size.height() - self._shape) / 2, self._shape, self._shape)
            draw_shape(painter, look.shape, box, ink)
            x += self._shape + _SHAPE_GAP
        painter.setFont(self._theme.fonts.small)
        painter.setPen(ink)
        text_box = QRectF(x, 0, size.width() - x, size.height())
        painter.drawText(text_box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, look.text)
        painter.end()
        return pixmap

    def _draw_box(self, painter: QPainter, box: QRectF, look: BadgeLook) -> None:
        tokens = self._theme.tokens
        painter.setPen(Qt.PenStyle.NoPen)
        if look.border:
            painter.setPen(self._border_pen(look))
        painter.setBrush(tokens.tone_bg(look.tone) if look.filled else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_BADGE, RADIUS_BADGE)

    def _border_pen(self, look: BadgeLook) -> QPen:
        tokens = self._theme.tokens
        strong = look.tone is not Tone.MUTED
        colour: QColor = tokens.tone(look.tone) if strong else tokens.handle
        pen = QPen(colour, 1)
        if look.dashed:
            pen.setDashPattern([3, 2.5])
        return pen
