"""LatePane: the place of a pane that is built when the window has been painted once."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QVBoxLayout, QWidget

from kraken_desk.ui.panes import Pane
from kraken_desk.ui.theme import set_role


class LatePane:
    """Keeps a pane's room, on its ground, until `open` builds it; its acts must be known elsewhere."""

    def __init__(self, title: str, build: Callable[[], Pane], least_width: int) -> None:
        self.title = title
        self._build = build
        self._pane: Pane | None = None
        self._place = QWidget()
        self._place.setObjectName("late-place")
        self._place.setMinimumWidth(least_width)
        set_role(self._place, "panel")
        self._layout = QVBoxLayout(self._place)
        self._layout.setContentsMargins(0, 0, 0, 0)

    def widget(self) -> QWidget:
        return self._place

    def actions(self) -> tuple[QAction, ...]:
        return ()

    def open(self) -> None:
        if self._pane is None:
            self._pane = self._build()
            self._place.setMinimumWidth(0)  # from now on the pane says itself what it needs
            self._layout.addWidget(self._pane.widget())
            self._pane.open()

    def close(self) -> None:
        if self._pane is not None:
            self._pane.close()
