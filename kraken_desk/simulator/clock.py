"""The exchange's clock: real time plus an offset that tests and the control API move.

Imports the standard library only. Every rule of the simulator asks this clock, so a test can let a key
expire, a rate counter decay or a lockout end without waiting.
"""

import time
from collections.abc import Callable


class MovableClock:
    """Unix time in seconds: runs like `source`, shifted by `advance` and `set`, or stands still."""

    def __init__(self, source: Callable[[], float] = time.time) -> None:
        self._source = source
        self._offset_s = 0.0
        self._frozen_at: float | None = None

    def now(self) -> float:
        if self._frozen_at is not None:
            return self._frozen_at
        return self._source() + self._offset_s

    def advance(self, seconds: float) -> None:
        """Move by `seconds`; a negative value moves back, as an operator's clock may."""
        if self._frozen_at is not None:
            self._frozen_at += seconds
        else:
            self._offset_s += seconds

    def set(self, unix_s: float) -> None:
        self.advance(unix_s - self.now())

    def freeze(self) -> None:
        self._frozen_at = self.now()

    def thaw(self) -> None:
        """Run again from where the clock was stopped."""
        if self._frozen_at is not None:
            self._offset_s = self._frozen_at - self._source()
            self._frozen_at = None

    @property
    def frozen(self) -> bool:
        return self._frozen_at is not None
