"""Notices that the machine slept, or that its clock was set: the two clocks then part.

A steady clock stands still or runs on while a laptop sleeps, as the system likes; the wall clock
always jumps. A connection that outlived a sleep looks alive until somebody writes to it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from kraken_desk.services.ports import Clock

JUMP_S = 5.0
"""A larger difference between the clocks than this is a jump; a busy loop makes none at all."""

LONG_PAUSE_S = 8.0
"""Where the steady clock runs on in sleep, nothing else can keep a look away for so long."""


class SleepWatch:
    """Compares the clocks at every look; to be asked every second or two."""

    def __init__(self, clock: Clock, steady: Callable[[], float]) -> None:
        self._clock = clock
        self._steady = steady
        self._wall_at: datetime | None = None
        self._steady_at = 0.0

    def jumped_s(self) -> float | None:
        """Return by how many seconds the time jumped since the last look; None when it did not."""
        wall, steady = self._clock.now(), self._steady()
        before, self._wall_at = self._wall_at, wall
        passed, self._steady_at = steady - self._steady_at, steady
        if before is None:
            return None
        gap = (wall - before).total_seconds()
        if abs(gap - passed) > JUMP_S or passed > LONG_PAUSE_S:
            return gap
        return None
