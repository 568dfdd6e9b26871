"""Throttle: passes the first value on at once and, while more follow, only the newest a few times a second.

A check of a whole fleet publishes a snapshot per key; drawing each would keep the window from its
other work.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import QElapsedTimer, QObject, QTimer

from kraken_desk.ui.pieces import MOST_TRIES, Job, pieces
from kraken_desk.ui.steps import Steps, finish
from kraken_desk.ui.turn import present_turn

T = TypeVar("T")

PAUSE_MS = 50
BURST_CALLS, BURST_MS = 3, 5_000
"""So many values within this time are a burst."""

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
    """Redraws once for all that was asked for meanwhile, in pieces between Qt's own turns.

    Of several panes that follow one value, not all draw it in one go. Where no event loop of asyncio
    runs, there is nothing to wait for and a call draws at once.
    """

    def __init__(self, redraw: Callable[[], Steps[None]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._redraw = redraw
        self._asked = False
        self._job: Job | None = None
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.timeout.connect(self._on_rested)

    @property
    def waits(self) -> bool:
        """Whether something that was asked for has not been drawn yet."""
        return self._asked or self._job is not None

    def ask(self, _value: object = None) -> None:
        """Redraw soon: with what there is to show when the redraw begins."""
        if not _a_loop_runs():
            self.now()
        elif self._job is not None or self._rest.isActive():
            self._asked = True
        else:
            self._begin()

    def now(self, _value: object = None) -> None:
        """Redraw at once; what was on its way is dropped."""
        self.stop()
        finish(self._redraw())

    def stop(self) -> None:
        """Forget what was asked for."""
        self._asked = False
        self._rest.stop()
        if self._job is not None:
            pieces().drop(self._job)
            self._job = None

    def _begin(self) -> None:
        self._asked = False
        self._job = Job(self._redraw(), self._on_done, self)
        pieces().add(self._job)

    def _on_done(self, taken_s: float) -> None:
        self._job = None
        self._rest.start(max(PAUSE_MS, round(SHARE * taken_s * 1000)))

    def _on_rested(self) -> None:
        if self._asked:
            self._begin()


class Throttle(QObject, Generic[T]):
    """Calls `receive` with the first and the last value of a burst; the last one always arrives."""

    def __init__(self, receive: Callable[[T], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._receive = receive
        self._waiting: list[T] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_timeout)
        self._turn, self._tries = present_turn(), 0
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


def _a_loop_runs() -> bool:
    """Say whether asyncio's loop runs; before anybody has imported asyncio, none does."""
    asyncio = sys.modules.get("asyncio")
    return asyncio is not None and asyncio._get_running_loop() is not None  # noqa: SLF001  # raises nothing
