"""Sign: one of the meaningful shapes as a small widget, in the colour of a tone."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from kraken_desk.ui.delegates.shapes import Shape, draw_shape
from kraken_desk.ui.theme import Theme, Tone
from kraken_desk.ui.theme.metrics import shape_for

SIDE = 9


class Sign(QWidget):
    """Stands beside a word that says the same; `say` changes shape and tone."""

    def __init__(
        self, theme: Theme, shape: Shape, tone: Tone, side: int = SIDE, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme, self._shape, self._tone, self._side = theme, shape, tone, side
        self._fit()
        theme.changed.connect(self._fit)

    def _fit(self) -> None:
        """Grow with the words beside it."""
        self._shown = shape_for(self._side, self._theme.fonts.body_px)
        self.setFixedSize(self._shown + 4, self._shown + 4)
        self.update()

    def say(self, shape: Shape, tone: Tone) -> None:
        if (shape, tone) != (self._shape, self._tone):
            self._shape, self._tone = shape, tone
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        box = QRectF(2, 2, self._shown, self._shown)
        draw_shape(painter, self._shape, box, self._theme.tokens.tone(self._tone))
        painter.end()
