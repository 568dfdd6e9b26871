"""FairTimer: runs what asyncio has to do in short turns, so that Qt's own work never waits for long.

qasync gives every callback a Qt timer of its own, and Qt runs all timers that are due before it looks
at input or paints: two hundred feeds that have something to tell at once hold a window up for as long
as all of them take. Here callbacks wait in one queue, run in order, and Qt has its turn in between.
"""

from __future__ import annotations

import asyncio
import gc
import heapq
import itertools
import logging
import math
import time
from collections import deque

from PySide6.QtCore import QObject, Qt, QTimerEvent

from kraken_desk.app.collection import collect_young
from kraken_desk.ui.turn import present_turn

TURN_S = 0.002
"""When a turn of Qt's has used this much processor time, callbacks wait for the next one.

At least one runs in each turn, and none is interrupted.
"""

_log = logging.getLogger(__name__)


class FairTimer(QObject):
    """Takes the place of qasync's timer object: `add_callback`, `stop` and `set_debug` are its interface.

    Callbacks run in the order in which they became due; those added during a turn run in a later one.
    A callback may start a Qt loop of its own: the others then go on in it.
    """

    def __init__(self) -> None:
        super().__init__()
        self._ready: deque[asyncio.Handle] = deque()
        self._later: list[tuple[float, int, asyncio.Handle]] = []
        self._order = itertools.count()
        self._pulse = 0  # Qt's number of the timer that runs what is ready; 0 without
        self._alarm = 0  # the same for the timer that wakes the first of those that wait
        self._alarm_at = math.inf
        self._turn = present_turn()
        self._debug = False
        self._stopped = False

    def add_callback(self, handle: asyncio.Handle, delay: float = 0) -> asyncio.Handle:
        """Run a handle after `delay` seconds, never earlier."""
        if delay > 0:
            due = time.monotonic() + delay
            heapq.heappush(self._later, (due, next(self._order), handle))
            if due < self._alarm_at:
                self._set_alarm()
        else:
            self._ready.append(handle)
            if not self._pulse and not self._stopped:
                self._pulse = self.startTimer(0)
        return handle

    def stop(self) -> None:
        """Run nothing more."""
        self._stopped = True
        self._ready.clear()
        self._later.clear()
        self._end_pulse()
        self._set_alarm()

    def set_debug(self, enabled: bool) -> None:
        self._debug = enabled

    def timerEvent(self, event: QTimerEvent) -> None:  # noqa: N802  # Qt's name
        if event.timerId() == self._alarm:
            self._end_alarm()
        self._take_due()
        # Qt does not repeat a timer inside its own event: a new one goes on in a loop that a callback starts
        self._end_pulse()
        if self._ready:
            self._pulse = self.startTimer(0)
            self._run_ready()
        if not self._ready:
            self._end_pulse()
        if not gc.isenabled():
            collect_young()

    def _run_ready(self) -> None:
        until = time.thread_time() + max(0.0, TURN_S - self._turn.used_s())
        for _ in range(len(self._ready)):
            if not self._ready:
                return  # a loop that a callback started has run the others
            handle = self._ready.popleft()
            if not handle.cancelled():
                self._run(handle)
            if time.thread_time() >= until:
                return

    def _run(self, handle: asyncio.Handle) -> None:
        started = time.perf_counter()
        handle._run()  # noqa: SLF001  # as every event loop does
        passed = time.perf_counter() - started
        if self._debug and passed >= asyncio.get_running_loop().slow_callback_duration:
            _log.warning("Executing %r took %.3f seconds", handle, passed)

    def _take_due(self) -> None:
        now = time.monotonic()
        while self._later and self._later[0][0] <= now:
            self._ready.append(heapq.heappop(self._later)[2])
        if not self._alarm:
            self._set_alarm()

    def _set_alarm(self) -> None:
        """Let Qt wake us for the first handle that waits; cancelled ones are dropped on the way."""
        self._end_alarm()
        while self._later and self._later[0][2].cancelled():
            heapq.heappop(self._later)
        if self._later:
            self._alarm_at = self._later[0][0]
            wait_ms = math.ceil(max(0.0, self._alarm_at - time.monotonic()) * 1000)
            self._alarm = self.startTimer(wait_ms, Qt.TimerType.PreciseTimer)

    def _end_alarm(self) -> None:
        if self._alarm:
            self.killTimer(self._alarm)
            self._alarm, self._alarm_at = 0, math.inf

    def _end_pulse(self) -> None:
        if self._pulse:
            self.killTimer(self._pulse)
            self._pulse = 0
