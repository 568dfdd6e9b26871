"""FirstPaint: the moment from which the window shows the fleet, and what has to wait for it."""

from __future__ import annotations

import logging
import time
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

_log = logging.getLogger(__name__)

_STATM = Path("/proc/self/statm")
_PAGE_KB = 4


AT_THE_LATEST_MS = 1_500
"""A window on another workspace may not be painted for hours; the work behind it must not wait so long."""


class FirstPaint(QObject):
    """Watches a widget until it has been painted once.

    Signals:
        painted: the widget has been painted, or could have been, and the event loop has had a turn;
            emitted once.
    """

    painted = Signal()

    def __init__(self, widget: QWidget, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._widget = widget
        self._latest = QTimer(self)
        self._latest.setSingleShot(True)
        self._latest.setInterval(AT_THE_LATEST_MS)
        self._latest.timeout.connect(self._on_painted)
        widget.installEventFilter(self)

    def stop(self) -> None:
        """Wait no longer; nothing will be emitted."""
        self._latest.stop()
        self._widget.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Show:
            self._latest.start()
        elif event.type() is QEvent.Type.Paint and watched is self._widget:
            self._widget.removeEventFilter(self)
            self._latest.start(0)
        return False

    def _on_painted(self) -> None:
        self._widget.removeEventFilter(self)
        note_spent("first paint")
        self.painted.emit()


def note_spent(moment: str) -> None:
    """Note what has been spent until a moment of the start, for whoever measures it."""
    if _log.isEnabledFor(logging.INFO):
        _log.info("%s %s", moment, " ".join(f"{name}={value}" for name, value in _spent().items()))


def _spent() -> dict[str, float]:
    """Return the monotonic clock, the CPU time of this process in seconds, and its resident memory in KB."""
    spent = {"monotonic_s": time.monotonic(), "cpu_s": time.process_time()}
    if _STATM.exists():
        spent["memory_kb"] = int(_STATM.read_text(encoding="ascii").split()[1]) * _PAGE_KB
    return spent
