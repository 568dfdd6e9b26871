"""ElidedTexts: texts cut to the room they have, remembered: to measure one takes as long as to draw it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics

from kraken_desk.ui.theme import Theme
from kraken_desk.ui.theme.typography import Fonts

MOST = 2_000
"""More texts than that are cut anew from time to time."""


class ElidedTexts:
    """Cuts texts in the fonts of the theme; other fonts begin anew."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._fonts: Fonts | None = None
        self._cut: dict[tuple[str, int, int], str] = {}

    def text(self, text: str, font: QFont, width: int) -> str:
        """Return a text cut at its end to a width in pixels; `font` is one of the theme's own."""
        if self._fonts is not self._theme.fonts or len(self._cut) > MOST:
            self._fonts, self._cut = self._theme.fonts, {}
        place = (text, id(font), width)
        shown = self._cut.get(place)
        if shown is None:
            shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, width)
            self._cut[place] = shown
        return shown
