"""An act's words on its button: whole where they fit, elided where a name is very long."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from kraken_desk.ui.plain import plain_button, plain_tip
from kraken_desk.ui.theme import metrics

LONGEST_ACT = 360
"""Width of the text on a button in pixels; the buttons beside it still fit."""


def name_button(button: QPushButton, text: str, room: int = LONGEST_ACT) -> None:
    """Write an act on its button; never read as a mnemonic, whole for screen readers and as tooltip."""
    room = metrics.for_font(room, button.fontInfo().pixelSize())
    shown = button.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room)
    button.setText(plain_button(shown))
    button.setAccessibleName(text)
    button.setToolTip(plain_tip(text) if shown != text else "")
