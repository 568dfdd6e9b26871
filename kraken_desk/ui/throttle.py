"""Throttle: passes the first value on at once and, while more follow, only the newest a few times a second.

A check of a whole fleet publishes a snapshot per key; drawing each would keep the window from its
other work.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import QElapsedTimer, QObject, QTimer

from kraken_desk.ui.turn import Turn

T = TypeVar("T")

PAUSE_MS = 50
BURST_CALLS, BURST_MS = 3, 5_000
"""So many values within this time are a burst."""

STEP_MS = 10
"""How long a pane lets others go first."""

MOST_TRIES = 8
"""A turn that others have used is left alone, but not for ever."""

SHARE = 4
"""Of the time in a burst, drawing takes at most one part and leaves this many to everything else."""


class _Burst:
    """Knows whether values have followed closely of late."""

    def __init__(self) -> None:
        self._clock = QElapsedTimer()
        self._clock.start()
        self._passed: deque[int] = deque(maxlen=BURST_CALLS)

    def note(self) -> None:
        self._passed.append(self._clock.elapsed())

    def goes_on(self) -> bool:
        full = len(self._passed) == BURST_CALLS
        return full and self._clock.elapsed() - self._passed[0] < BURST_MS


class Later(QObject):
    """Calls `receive` once for all that was asked for meanwhile, when Qt has had a turn in between.

    Of several panes that follow one value, not all draw it in one go. Outside of a burst a call is
    passed on at once.
    """

    def __init__(self, receive: Callable[[], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._receive = receive
        self._burst = _Burst()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_timeout)
        self._turn, self._tries = Turn(self), 0

    def ask(self, _value: object = None) -> None:
        if self._timer.isActive():
            return
        if self._burst.goes_on():
            self._timer.start(STEP_MS)
        else:
            self.now()

    def _on_timeout(self) -> None:
        self._tries += 1
        if self._turn.is_full() and self._tries < MOST_TRIES:
            self._timer.start(1)
        else:
            self.now()

    def now(self) -> None:
        self._tries = 0
        self._timer.stop()
        self._receive()
        self._burst.note()

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
        self._turn, self._tries = Turn(self), 0
        self._burst = _Burst()

    def put(self, value: T) -> None:
        if self._timer.isActive():
            self._waiting = [value]
        elif self._burst.goes_on() and self._turn.is_full():
            self._waiting = [value]
            self._timer.start(1)
        else:
            self._pass_on(value)

    def rest(self) -> None:
        """Let the next value through at once."""
        self._timer.stop()

    def stop(self) -> None:
        """Forget what waits."""
        self._timer.stop()
        self._waiting = []

    def _on_timeout(self) -> None:
        self._tries += 1
        if self._waiting and self._turn.is_full() and self._tries < MOST_TRIES:
            self._timer.start(1)
        elif self._waiting:
            self._pass_on(self._waiting.pop())

    def _pass_on(self, value: T) -> None:
        """Hand a value over, then pause: longer after a value that took long to draw."""
        self._tries = 0
        self._burst.note()
        self._timer.start(PAUSE_MS)
        taken = QElapsedTimer()
        taken.start()
        self._receive(value)
        self._timer.start(max(PAUSE_MS, SHARE * taken.elapsed()))
