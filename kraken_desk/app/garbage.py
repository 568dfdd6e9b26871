"""Collects garbage on the window's thread only.

Python collects cycles on whichever thread happens to allocate, also on the workers of store and
keychain. A Qt object destroyed there cannot stop its timers, and the next one to fire crashes the
program. So automatic collection is off while the window lives, and a timer collects instead.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

EVERY_MS = 1000


class MainThreadCollector(QObject):
    """Collects by Python's own thresholds, once a second, where it is safe."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self._on_timeout)

    def start(self) -> None:
        gc.disable()
        self._timer.start()

    def stop(self) -> None:
        """Collect what is left and hand collection back to Python."""
        self._timer.stop()
        gc.collect()
        gc.enable()

    def _on_timeout(self) -> None:
        due = [count > limit for count, limit in zip(gc.get_count(), gc.get_threshold(), strict=True)]
        if due[0]:
            gc.collect(2 if due[1] and due[2] else 1 if due[1] else 0)
