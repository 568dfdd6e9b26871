"""How large a window may become: what its screen leaves, whatever the size of the font."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from kraken_desk.ui.theme.metrics import BAR

UNLIMITED = QSize(16_777_215, 16_777_215)
"""Qt's own word for “no limit”; PySide does not name it."""


def room_of(window: QWidget) -> QSize:
    """Return the greatest size of a window on its screen, with room for a title bar."""
    if QGuiApplication.platformName() == "offscreen":
        return UNLIMITED  # nobody looks at that screen
    room = window.screen().availableSize()
    return QSize(room.width(), room.height() - BAR)
