"""Collects garbage on the window's thread only.

Python collects cycles on whichever thread happens to allocate, also on the workers of store and
keychain. A Qt object destroyed there cannot stop its timers, and the next one to fire crashes the
program. So automatic collection is off while the window lives, and a timer collects instead.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QElapsedTimer, QObject, QTimer

from kraken_desk.ui.turn import present_turn

EVERY_MS = 300
"""FairTimer collects what is young after each turn; how often what has outlived that is looked at."""

FULL_EVERY_MS = 60_000
"""A full pass looks at everything that has been made since the start, so it comes seldom."""

FREE_S = 0.001
"""A pass is left to a turn of Qt's in which no more processor time than this was used before it."""

AGAIN_MS, MOST_TRIES = 3, 300
"""How soon another turn is tried, and how often before any turn will do."""


class MainThreadCollector(QObject):
    """Collects a few times a second, in a turn with nothing else in it."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._was_enabled = True
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_timeout)
        self._tries = 0
        self._full = QElapsedTimer()

    def start(self) -> None:
        self._was_enabled = gc.isenabled()
        gc.disable()
        self._timer.start(EVERY_MS)
        self._full.start()

    def stop(self) -> None:
        """Collect what is left and hand collection back to Python, if it had it before."""
        self._timer.stop()
        gc.collect()
        if self._was_enabled:
            gc.enable()

    def _on_timeout(self) -> None:
        self._tries += 1
        if present_turn().used_s() > FREE_S and self._tries < MOST_TRIES:
            self._timer.start(AGAIN_MS)
            return
        self._tries = 0
        self._collect()
        self._timer.start(EVERY_MS)

    def _collect(self) -> None:
        if self._full.elapsed() < FULL_EVERY_MS:
            gc.collect(1)
        else:
            gc.collect()
            self._full.start()
