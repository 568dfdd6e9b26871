"""What other processes change in the store while the window is open, looked at often and read seldom."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from kraken_desk.services.fleet import FleetService
from kraken_desk.services.transfers import TransfersService

ANYWAY_S = 60.0
"""Everything is read again after this long, whatever the counter says: time alone ages keys as well."""


class Commits(Protocol):
    """Tells whether anybody has written to the store."""

    async def watch(self) -> None:
        """Make `commits` tell something from now on."""
        ...

    def commits(self) -> int | None:
        """Return a number that changes with every commit of any process; None when it cannot be told."""
        ...


class StoreFollower:
    """Reads fleet and journal again when something was committed; leases may end without that."""

    def __init__(
        self,
        commits: Commits,
        fleet: FleetService,
        transfers: TransfersService,
        steady: Callable[[], float],
    ) -> None:
        self._commits = commits
        self._reads: tuple[Callable[[], Awaitable[object]], ...] = (fleet.load, transfers.load)
        self._fleet = fleet
        self._steady = steady
        self._seen: int | None = None
        self._read_at = 0.0

    async def look(self) -> bool:
        """Look once; say whether everything was read. Raises StoreError as the reading does."""
        await self._commits.watch()
        seen, now = self._commits.commits(), self._steady()
        if seen is not None and seen == self._seen and now - self._read_at < ANYWAY_S:
            await self._fleet.renew_leases()
            return False
        self._seen = None  # a reading that fails is made again at the next look
        for read in self._reads:
            await read()
        self._seen, self._read_at = seen, now
        return True
