"""VisitStrip: says that this window is a visit to the demo, and leads back."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from kraken_desk.ui.theme import Tone, metrics, set_role
from kraken_desk.ui.widgets.action_button import ActionButton

TEXT = (
    "This is the demo: a made-up exchange on this machine. Nothing here reaches Kraken, and nothing is kept."
)


class VisitStrip(QWidget):
    """One line below the top bar, as long as the visit lasts."""

    def __init__(self, leave: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("visit-strip")
        set_role(self, "panel")
        card = QFrame()
        set_role(card, "card")
        card.setProperty("tone", Tone.ACCENT.value)
        text = QLabel(TEXT)
        text.setTextFormat(Qt.TextFormat.PlainText)
        text.setWordWrap(True)
        around = QVBoxLayout(self)
        around.setContentsMargins(12, metrics.GAP, 12, metrics.GAP)
        around.addWidget(card)
        line = QHBoxLayout(card)
        line.setContentsMargins(12, metrics.GAP - 2, metrics.GAP, metrics.GAP - 2)
        line.addWidget(text, 1)
        line.addWidget(ActionButton(leave, "small", icon=False))
