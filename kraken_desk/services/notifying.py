"""Notifying: looks at what is known, claims what is new in the store, and hands it to whoever shows it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from kraken_desk.domain.notices import Notice, Seen, notices
from kraken_desk.domain.preferences import WhileLocked
from kraken_desk.services.desk import Desk
from kraken_desk.services.preferences import PreferencesService


class NoticeBoard(Protocol):
    """Whatever shows notifications on this desktop."""

    async def is_there(self) -> bool:
        """Say whether something shown now would be seen; nothing is claimed otherwise."""
        ...

    async def show(self, notice: Notice) -> None: ...


class NotifyingService:
    """`look` may be called as often as one likes; every notice is handed over once in the profile."""

    def __init__(
        self,
        desk: Desk,
        preferences: PreferencesService,
        board: NoticeBoard,
        locked: Callable[[], bool] = lambda: False,
    ) -> None:
        """Take what to look at and where to tell; `locked` says whether the window is, at any time."""
        self._desk, self._preferences, self._board, self._locked = desk, preferences, board, locked
        self._lockout: datetime | None = None
        self._given: set[str] = set()

    @property
    def speaks(self) -> bool:
        """Say whether anything may be told now: of a locked program, as the operator has chosen."""
        return not self._locked() or self._while_locked is not WhileLocked.NOTHING

    async def look(self) -> tuple[Notice, ...]:
        """Tell of what is new; kinds that are switched off are not even noted as told."""
        ended = self._ended()
        found = [n for n in await self._found(ended) if n.ident not in self._given]
        if not self.speaks or (found and not await self._board.is_there()):
            return ()
        idents = [notice.ident for notice in found]
        new = await self._desk.horizon.claim(idents)
        self._given.update(idents)
        if self._lockout == ended:
            self._lockout = None
        told = tuple(notice for notice in found if notice.ident in new)
        for notice in told:
            hidden = self._locked() and self._while_locked is not WhileLocked.NAMES
            await self._board.show(notice.nameless() if hidden else notice)
        return told

    @property
    def _while_locked(self) -> WhileLocked:
        return self._preferences.preferences.value.while_locked

    async def _found(self, ended: datetime | None) -> tuple[Notice, ...]:
        desk = self._desk
        seen = Seen(
            desk.fleet.snapshot.value,
            desk.transfers.journal.value,
            desk.balances.snapshot.value,
            await desk.audit.drift(),
            desk.horizon.reminders.value,
            ended,
        )
        return notices(seen, self._preferences.preferences.value, desk.clock.now())

    def _ended(self) -> datetime | None:
        """Return the end of a lockout that was running at an earlier look, is over now, and was not told."""
        now, until = self._desk.clock.now(), self._desk.status.status.value.locked_out_until
        if until is not None and until > now:
            self._lockout = until
            return None
        return self._lockout if self._lockout is not None and self._lockout <= now else None
