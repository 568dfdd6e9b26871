"""Qt's event loop as the asyncio loop, with the corrections that qasync 0.28.0 needs."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

os.environ["QT_API"] = "pyside6"  # qasync otherwise looks for PyQt first

import qasync
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from kraken_desk.app.fair_timer import FairTimer

SWITCH_S = 0.001
"""How long a worker that reckons keeps the interpreter when the window wants it; Python's own is 5 ms."""


def make_application(arguments: list[str]) -> QApplication:
    """Return the one application object; closing a dialog must not stop the loop."""
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(arguments)
    app.setApplicationName("Kraken Desk")
    app.setApplicationDisplayName("Kraken Desk")
    app.setDesktopFileName("kraken-desk")
    app.setQuitOnLastWindowClosed(False)
    sys.setswitchinterval(SWITCH_S)
    return app


def loop_factory(app: QApplication) -> Callable[[], qasync.QEventLoop]:
    """Return a factory of loops on `app`, for asyncio.Runner."""

    def make() -> qasync.QEventLoop:
        loop = qasync.QEventLoop(app)
        loop._timer = FairTimer()  # noqa: SLF001  # every callback of 0.28.0 passes through this object
        return loop

    return make


def references_are_counted(calls: int = 200) -> bool:
    """Say whether PySide6 counts references to None rightly; 6.12.0 on Python 3.11 does not and aborts."""
    probe = QObject()
    before = sys.getrefcount(None)
    for _ in range(calls):
        probe.setObjectName("x")
    return sys.getrefcount(None) - before > -calls // 2
