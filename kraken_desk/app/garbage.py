"""Collects garbage on the window's thread only.

Python collects cycles on whichever thread happens to allocate, also on the workers of store and
keychain. A Qt object destroyed there cannot stop its timers, and the next one to fire crashes the
program. So automatic collection is off while the window lives, and a timer collects instead.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QElapsedTimer, QObject, QTimer

from kraken_desk.app.collection import collect_due

THRESHOLDS = (700, 3, 30)
"""Python's own, but for the middle generation: looked at three times as often, a pass is a third as long."""

EVERY_MS = 1000
"""While asyncio has work, FairTimer collects what is young after each turn."""

FULL_EVERY_MS = 60_000
"""A full pass looks at everything that has been made since the start, so it comes seldom."""


class MainThreadCollector(QObject):
    """Collects by Python's own thresholds, once a second, where it is safe."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._was_enabled, self._thresholds = True, gc.get_threshold()
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self._on_timeout)
        self._full = QElapsedTimer()

    def start(self) -> None:
        self._was_enabled, self._thresholds = gc.isenabled(), gc.get_threshold()
        gc.disable()
        gc.set_threshold(*THRESHOLDS)
        self._timer.start()
        self._full.start()

    def stop(self) -> None:
        """Collect what is left and hand collection back to Python, if it had it before."""
        self._timer.stop()
        gc.collect()
        gc.set_threshold(*self._thresholds)
        if self._was_enabled:
            gc.enable()

    def _on_timeout(self) -> None:
        if collect_due(2 if self._full.elapsed() >= FULL_EVERY_MS else 1) == 2:
            self._full.start()
