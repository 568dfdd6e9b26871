"""Qt's event loop as the asyncio loop, with the corrections that qasync 0.28.0 needs."""

from __future__ import annotations

import os
from collections.abc import Callable

os.environ["QT_API"] = "pyside6"  # qasync otherwise looks for PyQt first

import qasync
from PySide6.QtWidgets import QApplication

from kraken_desk.app.fair_timer import FairTimer


def loop_factory(app: QApplication) -> Callable[[], qasync.QEventLoop]:
    """Return a factory of loops on `app`, for asyncio.Runner."""

    def make() -> qasync.QEventLoop:
        loop = qasync.QEventLoop(app)
        loop._timer = FairTimer()  # noqa: SLF001  # every callback of 0.28.0 passes through this object
        return loop

    return make
