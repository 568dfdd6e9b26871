"""Turns: long work of the start in short pieces, between which the window can be used."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Iterator
from functools import partial

from PySide6.QtCore import QObject, QTimerEvent

TURN_S = 0.004
"""When pieces have used this much processor time, the next one waits for another turn."""

LATER = (
    "concurrent.futures.thread",
    "socket",
    "ssl",
    "subprocess",
    "asyncio",
    "qasync",
    "decimal",
    "kraken_desk.domain.foreign_use",
    "kraken_desk.domain.audit.facts",
    "kraken_desk.domain.audit.rules",
    "kraken_desk.domain.health",
    "kraken_desk.domain.preferences",
    "kraken_desk.domain.audit.judgement",
    "kraken_desk.domain.journal",
    "kraken_desk.services.ports",
    "kraken_desk.services.fleet",
    "kraken_desk.services.keys",
    "kraken_desk.domain.routes",
    "kraken_desk.services.transfers",
    "kraken_desk.services.roles",
    "kraken_desk.services.audit",
    "kraken_desk.services.policy",
    "kraken_desk.services.rotations",
    "kraken_desk.services.subaccounts",
    "kraken_desk.services.stop",
    "kraken_desk.services.sweeps",
    "kraken_desk.services.desk",
    "kraken_desk.store.store",
    "kraken_desk.store.journal",
    "kraken_desk.keychain.vault",
    "kraken_desk.app.wiring",
    "kraken_desk.app.profile",
    "kraken_desk.sealing.threaded",
    "kraken_desk.services.locking",
    "kraken_desk.ui.more_menu",
    "kraken_desk.ui.dialog_opener",
    "kraken_desk.ui.shell",
    "kraken_desk.ui.views.account_details",
    "kraken_desk.ui.views.key_details",
    "kraken_desk.ui.views.inspector",
    "kraken_desk.ui.models.balances_rows",
    "kraken_desk.ui.models.balances",
    "kraken_desk.ui.views.balances_tree",
    "kraken_desk.ui.views.balances",
    "kraken_desk.app.desktop",
)
"""What the program imports once its window is painted, what others need first; the last brings the rest."""


class Turns(QObject):
    """Takes pieces until none is left, then calls `done`; ends with its parent."""

    def __init__(
        self, pieces: Iterator[Callable[[], object]], done: Callable[[], object], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._pieces, self._done = pieces, done
        self._timer = 0

    def start(self) -> None:
        self._timer = self.startTimer(0)

    def stop(self) -> None:
        """Take no further piece and call nobody."""
        if self._timer:
            self.killTimer(self._timer)
            self._timer = 0

    def timerEvent(self, _event: QTimerEvent) -> None:  # noqa: N802  # Qt's name
        until = time.thread_time() + TURN_S
        for piece in self._pieces:
            piece()
            if not self._timer or time.thread_time() >= until:
                return
        self.stop()
        self._done()


def imports() -> Iterator[Callable[[], object]]:
    """Return the imports of all that comes after the first painting."""
    return (partial(importlib.import_module, name) for name in LATER)
