"""Presence: the desktop hears of the desk as long as the program runs, by its tray and by notifications."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from PySide6.QtCore import QObject

from kraken_desk.app.desktop_notices import DesktopNotices
from kraken_desk.app.keeper import WindowKeeper
from kraken_desk.domain.errors import KrakenDeskError
from kraken_desk.domain.levels import worst
from kraken_desk.domain.locking import LockReason, LockState
from kraken_desk.domain.notices import Notice
from kraken_desk.domain.preferences import WhileLocked
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


class Boards:
    """The NoticeBoard that there is: the desktop's own, which can be clicked and taken back, or the tray."""

    def __init__(self, desktop: DesktopNotices, tray: Tray | None) -> None:
        self._desktop, self._tray = desktop, tray
        self._by_desktop = False

    async def is_there(self) -> bool:
        self._by_desktop = await self._desktop.is_there()
        return self._by_desktop or self._tray is not None

    async def show(self, notice: Notice) -> None:
        if self._by_desktop:
            await self._desktop.show(notice)
        elif self._tray is not None:
            self._tray.tell(notice)


class PresenceKeeper(QObject):
    """Owns tray and notifications; `open` when the window is painted, `close` before the desk ends.

    `refresh` reads again what other programs may have changed on this machine; a window that is open
    does that by itself, a locked one does not.
    """

    def __init__(
        self,
        keeper: WindowKeeper,
        desk: Desk,
        lock: LockService,
        preferences: PreferencesService,
        tray: Tray | None,
        refresh: Callable[[], Awaitable[object]],
    ) -> None:
        super().__init__()
        self._desk, self._lock, self._tray, self._refresh = desk, lock, tray, refresh
        self._preferences = preferences
        self._desktop = DesktopNotices(keeper.visit)
        boards = Boards(self._desktop, tray)
        self._notifying = NotifyingService(desk, preferences, boards, lambda: lock.state.value.locked)
        self._scope = TaskScope("presence")
        if tray is not None:
            tray.open_requested.connect(keeper.come_to_front)
            tray.notice_clicked.connect(keeper.visit)
            tray.lock_requested.connect(lambda: lock.lock(LockReason.REQUEST))
            tray.check_requested.connect(self._on_check)
            tray.quit_requested.connect(keeper.leave)
        self._unsubscribe = lock.state.subscribe(self._on_lock)

    def open(self) -> None:
        if self._tray is not None:
            self._tray.appear()
        self._scope.start("look", self._follow())

    async def close(self) -> None:
        self._unsubscribe()
        await self._scope.close()
        await self._desktop.close()
        if self._tray is not None:
            self._tray.close()

    def _on_lock(self, state: LockState) -> None:
        self._show_state()
        if state.locked and self._preferences.preferences.value.while_locked is not WhileLocked.NAMES:
            self._scope.start("withdraw", self._desktop.withdraw())

    def _on_check(self) -> None:
        """Check all keys; a locked program starts nothing, whoever asks."""
        if self._lock.state.value.locked:
            return
        nodes = self._desk.fleet.snapshot.value.keys()
        slots = tuple(node.slot.slot_id for node in nodes)
        self._desk.scope.start(CHECK_GROUP, self._desk.keys.check(slots, asked=False))

    async def _follow(self) -> None:
        while True:
            self._show_state()
            await self._look()
            await asyncio.sleep(LOOK_EVERY_S)

    async def _look(self) -> None:
        """Tell of what is new, as far as the lock allows it."""
        if not self._notifying.speaks:
            return
        try:
            if self._lock.state.value.locked:
                await self._refresh()
            await self._notifying.look()
        except KrakenDeskError as error:
            _log.warning("%s: %s", error.category, error.title)

    def _show_state(self) -> None:
        if self._tray is not None:
            self._tray.show_state(self._state())

    def _state(self) -> Presence:
        desk = self._desk
        records = desk.transfers.journal.value.records
        return presence_of(
            locked=self._lock.state.value.locked,
            unknown=any(record.state is TransferState.UNKNOWN for record in records),
            offline=desk.status.status.value.connection is not None,
            worst=worst([master.worst for master in desk.fleet.snapshot.value.masters]),
        )
