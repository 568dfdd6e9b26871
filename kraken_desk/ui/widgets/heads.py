"""Heads of columns: as high as their letters need."""

from __future__ import annotations

from PySide6.QtWidgets import QHeaderView

from kraken_desk.ui.theme import Theme

USUAL = 30
_AIR = 16


def keep_height(header: QHeaderView, theme: Theme, usual: int = USUAL) -> None:
    """Give a header its height now and whenever the font is another."""

    def fit() -> None:
        header.setFixedHeight(max(usual, theme.fonts.small.pixelSize() + _AIR))

    fit()
    theme.changed.connect(fit)
