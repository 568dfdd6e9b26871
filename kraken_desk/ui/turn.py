"""How much of Qt's present turn is used up, so that long pieces of work do not meet in one."""

from __future__ import annotations

import time

from PySide6.QtCore import QAbstractEventDispatcher, QObject

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
