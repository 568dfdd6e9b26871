"""Notifying: looks at what is known, claims what is new in the store, and hands it to whoever shows it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from kraken_desk.domain.notices import Notice, Seen, notices
from kraken_desk.services.desk import Desk
from kraken_desk.services.preferences import PreferencesService


class NotifyingService:
    """`look` may be called as often as one likes; every notice is handed over once in the profile."""

    def __init__(self, desk: Desk, preferences: PreferencesService, show: Callable[[Notice], None]) -> None:
        self._desk, self._preferences, self._show = desk, preferences, show
        self._lockout: datetime | None = None

    async def look(self) -> tuple[Notice, ...]:
        """Tell of what is new; kinds that are switched off are not even noted as told."""
        desk, now = self._desk, self._desk.clock.now()
        ended = self._ended(desk.status.status.value.locked_out_until, now)
        seen = Seen(
            desk.fleet.snapshot.value,
            desk.transfers.journal.value,
            desk.balances.snapshot.value,
            await desk.audit.drift(),
            desk.horizon.reminders.value,
            ended,
        )
        found = notices(seen, self._preferences.preferences.value, now)
        new = await desk.horizon.claim([notice.ident for notice in found])
        told = tuple(notice for notice in found if notice.ident in new)
        for notice in told:
            self._show(notice)
        return told

    def _ended(self, until: datetime | None, now: datetime) -> datetime | None:
        """Return the end of a lockout that was running at an earlier look and is over now."""
        if until is not None and until > now:
            self._lockout = until
            return None
        ended = self._lockout
        if ended is not None and ended <= now:
            self._lockout = None
            return ended
        return None
