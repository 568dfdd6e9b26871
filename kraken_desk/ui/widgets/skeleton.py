"""SkeletonRows: quiet bars where rows will be, shown only when loading takes long enough to be noticed."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from kraken_desk.ui.theme import Theme, metrics

_BAR = 10
_WIDTHS = ((0.02, 0.10), (0.16, 0.20), (0.52, 0.12), (0.70, 0.12), (0.87, 0.10))
"""Left edge and width of each bar, as parts of the row."""


class SkeletonRows(QWidget):
    """Paints still rows of bars; nothing moves, so nothing distracts."""

    def __init__(self, theme: Theme, rows: int = 6, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows = rows
        self._noticed = False
        self.setAccessibleName("Loading")
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(metrics.SPINNER_DELAY_MS)
        self._delay.timeout.connect(self._on_noticed)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._delay.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._delay.stop()
        self._noticed = False

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._noticed:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.tokens.hover)
        for row in range(self._rows):
            top = row * metrics.ROW + (metrics.ROW - _BAR) / 2
            for left, width in _WIDTHS:
                bar = QRectF(left * self.width(), top, width * self.width(), _BAR)
                painter.drawRoundedRect(bar, _BAR / 2, _BAR / 2)
        painter.end()

    def _on_noticed(self) -> None:
        self._noticed = True
        self.update()
