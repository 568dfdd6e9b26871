"""Connections: the signals a pane listens to while it is open, ended together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import SignalInstance


class Connections:
    """Opened and closed as often as one likes; closing what was never opened does nothing."""

    def __init__(self) -> None:
        self._pairs: list[tuple[SignalInstance, Callable[..., Any]]] = []

    def listen(self, slot: Callable[..., Any], *signals: SignalInstance) -> None:
        """Connect `slot` to each signal until `close`."""
        for signal in signals:
            signal.connect(slot)
            self._pairs.append((signal, slot))

    def close(self) -> None:
        for signal, slot in self._pairs:
            signal.disconnect(slot)
        self._pairs.clear()
