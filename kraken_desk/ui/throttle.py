"""Throttle: passes the first value on at once and, while more follow, only the newest a few times a second.

A check of a whole fleet publishes a snapshot per key; drawing each would keep the window from its
other work.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import QElapsedTimer, QObject, QTimer

T = TypeVar("T")

PAUSE_MS = 50
BURST_CALLS, BURST_MS = 3, 1_000
"""So many values within this time are a burst."""

STEP_MS = 10
"""How long a pane lets others go first."""

SHARE = 4
"""Of the time in a burst, drawing takes at most one part and leaves this many to everything else."""


class Later(QObject):
    """Calls `receive` once for all that was asked for meanwhile, when Qt has had a turn in between.

    Of several panes that follow one value, not all draw it in one go. Outside of a burst a call is
    passed on at once.
    """

    def __init__(self, receive: Callable[[], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._receive = receive
        self._clock = QElapsedTimer()
        self._clock.start()
        self._passed: deque[int] = deque(maxlen=BURST_CALLS)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.now)

    def ask(self, _value: object = None) -> None:
        if self._timer.isActive():
            return
        full = len(self._passed) == BURST_CALLS
        if full and self._clock.elapsed() - self._passed[0] < BURST_MS:
            self._timer.start(STEP_MS)
        else:
            self.now()

    def now(self) -> None:
        self._timer.stop()
        self._receive()
        self._passed.append(self._clock.elapsed())

    def stop(self) -> None:
        """Forget what was asked for."""
        self._timer.stop()


class Throttle(QObject, Generic[T]):
    """Calls `receive` with the first and the last value of a burst; the last one always arrives."""

    def __init__(self, receive: Callable[[T], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._receive = receive
        self._waiting: list[T] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_timeout)

    def put(self, value: T) -> None:
        if self._timer.isActive():
            self._waiting = [value]
            return
        self._pass_on(value)

    def rest(self) -> None:
        """Let the next value through at once."""
        self._timer.stop()

    def stop(self) -> None:
        """Forget what waits."""
        self._timer.stop()
        self._waiting = []

    def _on_timeout(self) -> None:
        if self._waiting:
            self._pass_on(self._waiting.pop())

    def _pass_on(self, value: T) -> None:
        """Hand a value over, then pause: longer after a value that took long to draw."""
        self._timer.start(PAUSE_MS)
        taken = QElapsedTimer()
        taken.start()
        self._receive(value)
        self._timer.start(max(PAUSE_MS, SHARE * taken.elapsed()))
