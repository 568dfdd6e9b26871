"""How much of Qt's present turn is used up, so that long pieces of work do not meet in one."""

from __future__ import annotations

import time

from PySide6.QtCore import QAbstractEventDispatcher, QCoreApplication, QObject
from shiboken6 import isValid

MOST_S = 0.004
"""Whoever can wait leaves a turn alone in which this much processor time was used."""


class Turn(QObject):
    """Follows the turns of Qt's event loop on the window's thread: input, paint, sockets, timers."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._begun = time.thread_time()
        dispatcher = QAbstractEventDispatcher.instance()
        if dispatcher is not None:
            dispatcher.awake.connect(self._on_awake)

    def used_s(self) -> float:
        """Return the processor time that the present turn has taken so far."""
        return time.thread_time() - self._begun

    def is_full(self) -> bool:
        return self.used_s() > MOST_S

    def _on_awake(self) -> None:
        self._begun = time.thread_time()


_present: Turn | None = None


def present_turn() -> Turn:
    """Return the turn of the window's thread; one for everybody, since Qt tells of each of them."""
    global _present  # noqa: PLW0603  # there is one event loop
    if _present is None or not isValid(_present):
        _present = Turn(QCoreApplication.instance())
    return _present
