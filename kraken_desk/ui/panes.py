"""Pane: what the frame knows of the parts it holds."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget


class Pane(Protocol):
    """One part of the window with its view, models and actions; panes do not know each other."""

    @property
    def title(self) -> str:
        """Return the word on the pane's tab."""
        ...

    def widget(self) -> QWidget: ...

    def actions(self) -> tuple[QAction, ...]:
        """Return what the pane can do, for menus and shortcuts."""
        ...

    def open(self) -> None:
        """Listen to the bridge and show the current values."""
        ...

    def close(self) -> None:
        """Stop listening, stop timers."""
        ...
