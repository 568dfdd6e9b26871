"""BesideLayout: details at the right of a table; below it where the width is enough for one of them only."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QBoxLayout, QWidget

from kraken_desk.ui.theme import Theme, metrics

WIDTH = 340
"""Width of details, in the usual font."""
LEAST_TABLE = 280
"""Width that a table needs beside its details, in the usual font."""
LEAST_HEIGHT = 340
"""Height from which both have room below each other."""
UNBOUND = 16_777_215
"""Qt's own word for no limit."""


class BesideLayout(QBoxLayout):
    """Lays out two widgets; the details have their width beside the table, and all of it below."""

    def __init__(self, table: QWidget, details: QWidget, theme: Theme) -> None:
        super().__init__(QBoxLayout.Direction.LeftToRight)
        self._details, self._theme = details, theme
        self._placed: tuple[bool, int] | None = None
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(0)
        self.addWidget(table, 1)
        self.addWidget(details)
        self._place(below=False)
        theme.changed.connect(self.invalidate)

    @property
    def below(self) -> bool:
        """Say whether the details stand below the table."""
        return self.direction() is QBoxLayout.Direction.TopToBottom

    def setGeometry(self, rect: QRect) -> None:
        table = metrics.for_font(LEAST_TABLE, self._theme.fonts.body_px)
        self._place(below=rect.width() < table + self._wished() and rect.height() >= LEAST_HEIGHT)
        super().setGeometry(rect)

    def _wished(self) -> int:
        return min(metrics.for_font(WIDTH, self._theme.fonts.body_px), metrics.DETAILS_MOST)

    def _place(self, *, below: bool) -> None:
        placed = (below, self._wished())
        if placed == self._placed:
            return
        self._placed = placed
        directions = QBoxLayout.Direction
        self.setDirection(directions.TopToBottom if below else directions.LeftToRight)
        self.setStretch(0, 3 if below else 1)
        self.setStretch(1, 2 if below else 0)
        self._details.setMinimumWidth(0 if below else self._wished())
        self._details.setMaximumWidth(UNBOUND if below else self._wished())
