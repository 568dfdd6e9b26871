"""ElidedLabel: one line that shows what fits, with the whole text as its tooltip.

Of a text in parts (“a · b · c”) the last parts give way whole: half a figure says nothing.
"""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from kraken_desk.ui.plain import plain_tip

PART = " · "
LEAST = 40
"""Width in pixels below which an elided text says nothing."""


class ElidedLabel(QLabel):
    """Takes whatever width it is given; `text()` is always the whole text."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.set_full_text(text)

    def set_full_text(self, text: str) -> None:
        if text == self.text() and self.toolTip():
            return
        self.setText(text)
        self.setToolTip(plain_tip(text))

    def minimumSizeHint(self) -> QSize:
        return QSize(min(LEAST, self.sizeHint().width()), super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        side = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect(), side, self.shown_text(self.width()))
        painter.end()

    def shown_text(self, width: int) -> str:
        """Return what is drawn in so many pixels: as many whole parts as fit, or the start of the first."""
        metrics = self.fontMetrics()
        parts = self.text().split(PART)
        while metrics.horizontalAdvance(PART.join(parts)) > width:
            if len(parts) == 1:
                return metrics.elidedText(parts[0], Qt.TextElideMode.ElideRight, width)
            parts.pop()
        return PART.join(parts)
