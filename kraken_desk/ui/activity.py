"""ActivityWatch: tells when nobody has touched the program for a while, and when the machine has slept."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

LOOK_EVERY_MS = 5_000
SLEPT_S = 15.0
"""So much more wall time than running time between two looks means that the machine stood still."""

_TOUCHES = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TabletPress,
    }
)


class ActivityWatch(QObject):
    """Stamps the time of every touch; everything else is done by a slow timer.

    Idleness counts on the wall clock, so that time asleep counts too, and on the running clock, so
    that a clock that is set back does not keep the window open.

    Signals:
        idle: nobody was here for the given time; emitted once until the next touch.
        slept: the machine was suspended meanwhile.
    """

    idle = Signal()
    slept = Signal()

    def __init__(
        self,
        app: QApplication,
        parent: QObject | None = None,
        *,
        later: bool = False,
        wall: Callable[[], float] = time.time,
        running: Callable[[], float] = time.monotonic,
    ) -> None:
        """Watch from now on, or from `start` on: a window that is being built sends ten thousand events."""
        super().__init__(parent)
        self._app = app
        self._wall, self._running = wall, running
        self._limit_s: float | None = None
        self._told = False
        self._touched = self._now()
        self._looked = self._now()
        self._timer = QTimer(self, interval=LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()
        if not later:
            self.start()

    def start(self) -> None:
        self._app.installEventFilter(self)

    def set_limit(self, seconds: float | None) -> None:
        """Call it idle after so many seconds without a touch; None never."""
        self._limit_s = seconds

    def look(self) -> None:
        """Compare the clocks; called by the timer."""
        before, now = self._looked, self._now()
        self._looked = now
        if (now[0] - before[0]) - (now[1] - before[1]) > SLEPT_S:
            self.slept.emit()
        quiet = max(now[0] - self._touched[0], now[1] - self._touched[1])
        if self._limit_s is not None and quiet >= self._limit_s and not self._told:
            self._told = True
            self.idle.emit()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() in _TOUCHES:
            self._touched = self._now()
            self._told = False
        return False

    def _now(self) -> tuple[float, float]:
        return self._wall(), self._running()
