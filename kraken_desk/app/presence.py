"""Presence: the tray follows the desk, and tells of what is new, as long as the program runs."""

from __future__ import annotations

import asyncio
import logging

from PySide6.QtCore import QObject

from kraken_desk.app.keeper import WindowKeeper
from kraken_desk.domain.errors import KrakenDeskError
from kraken_desk.domain.levels import worst
from kraken_desk.domain.locking import LockReason, LockState
from kraken_desk.domain.presence import Presence, presence_of
from kraken_desk.domain.transfers import TransferState
from kraken_desk.services.desk import Desk
from kraken_desk.services.locking import LockService
from kraken_desk.services.notifying import NotifyingService
from kraken_desk.services.preferences import PreferencesService
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.tray import Tray

LOOK_EVERY_S = 5.0
CHECK_GROUP = "keys:check"

_log = logging.getLogger(__name__)


class PresenceKeeper(QObject):
    """Owns the tray; `open` when the window is painted, `close` before the desk ends."""

    def __init__(
        self, keeper: WindowKeeper, desk: Desk, lock: LockService, preferences: PreferencesService, tray: Tray
    ) -> None:
        super().__init__()
        self._desk, self._lock, self._tray = desk, lock, tray
        self._notifying = NotifyingService(desk, preferences, tray.tell)
        self._scope = TaskScope("presence")
        tray.open_requested.connect(keeper.come_to_front)
        tray.lock_requested.connect(lambda: lock.lock(LockReason.REQUEST))
        tray.check_requested.connect(self._on_check)
        tray.quit_requested.connect(keeper.leave)
        self._unsubscribe = lock.state.subscribe(self._on_lock)

    def open(self) -> None:
        self._tray.appear()
        self._scope.start("look", self._follow())

    async def close(self) -> None:
        self._unsubscribe()
        await self._scope.close()
        self._tray.close()

    def _on_lock(self, _state: LockState) -> None:
        self._tray.show_state(self._state())

    def _on_check(self) -> None:
        nodes = self._desk.fleet.snapshot.value.keys()
        slots = tuple(node.slot.slot_id for node in nodes)
        self._desk.scope.start(CHECK_GROUP, self._desk.keys.check(slots, asked=False))

    async def _follow(self) -> None:
        while True:
            self._tray.show_state(self._state())
            if not self._lock.state.value.locked:  # names are hidden then; what is new is told afterwards
                await self._look()
            await asyncio.sleep(LOOK_EVERY_S)

    async def _look(self) -> None:
        try:
            await self._notifying.look()
        except KrakenDeskError as error:
            _log.warning("%s: %s", error.category, error.title)

    def _state(self) -> Presence:
        desk = self._desk
        records = desk.transfers.journal.value.records
        return presence_of(
            locked=self._lock.state.value.locked,
            unknown=any(record.state is TransferState.UNKNOWN for record in records),
            offline=desk.status.status.value.connection is not None,
            worst=worst([master.worst for master in desk.fleet.snapshot.value.masters]),
        )
