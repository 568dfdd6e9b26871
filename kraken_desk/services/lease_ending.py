"""Ending a leased process: asked first, made to after a grace, and only the process that the lease names."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from kraken_desk.domain.leases import Lease, ProcessMark, Signalled
from kraken_desk.services.leases import LeasesService, this_host
from kraken_desk.services.stop_ports import Processes

GRACE_S = 5.0
"""How long a process may take to end after SIGTERM: bots cancel their orders then."""

_KILL_S = 2.0
_POLL_S = 0.05

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Ending:
    """How an attempt ended, in words."""

    ended: bool
    text: str


class LeaseEnder:
    """Ends the child that got the credentials, then the `run` that started it, if it still waits."""

    def __init__(
        self,
        leases: LeasesService,
        processes: Processes,
        *,
        grace_s: float = GRACE_S,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._leases = leases
        self._processes = processes
        self._grace_s = grace_s
        self._sleep = sleep

    async def end(self, lease: Lease) -> Ending:
        """End what holds a lease; a lease that is over already counts as ended."""
        if lease.host != this_host():
            return Ending(False, f"It runs on {lease.host}; end it there.")
        if await self._leases.has_ended(lease):
            return Ending(True, "It had ended already.")
        first = lease.child or lease.holder
        outcome = await self._end_one(first)
        if outcome is None:
            text = "It ended when asked."
        elif outcome == _KILLED:
            text = f"It ignored the request for {self._grace_s:g} s and was killed."
        elif outcome == _GONE:
            text = "It was gone."
        else:
            return Ending(False, outcome)
        if lease.child is not None and lease.holder.pid != os.getpid():
            await self._see_off(lease.holder)
        if await self._freed(lease):
            return Ending(True, f"{text} The key is free.")
        return Ending(
            False,
            f"{text} But the key is still held: a process that it started has inherited the lease, and which "
            "one is not known here. Look for children of it and end them.",
        )

    async def _end_one(self, mark: ProcessMark) -> str | None:
        """End one process; None when asking sufficed, _KILLED, _GONE, or why it could not be done."""
        asked = self._processes.end(mark, force=False)
        if asked is Signalled.GONE:
            return _GONE
        if asked is not Signalled.SENT:
            return _WHY_NOT[asked].format(pid=mark.pid)
        if await self._gone(mark, self._grace_s):
            return None
        forced = self._processes.end(mark, force=True)
        if forced in (Signalled.SENT, Signalled.GONE) and await self._gone(mark, _KILL_S):
            return _KILLED
        return f"Process {mark.pid} is still there after it was killed; the system has not let it go yet."

    async def _see_off(self, holder: ProcessMark) -> None:
        """Let the waiting `run` end by itself; one that hangs is ended as well."""
        if not await self._gone(holder, _KILL_S):
            await self._end_one(holder)

    async def _gone(self, mark: ProcessMark, within_s: float) -> bool:
        for _ in range(max(1, round(within_s / _POLL_S))):
            if not self._processes.is_running(mark):
                return True
            await self._sleep(_POLL_S)
        return not self._processes.is_running(mark)

    async def _freed(self, lease: Lease) -> bool:
        for _ in range(20):
            if await self._leases.has_ended(lease):
                return True
            await self._sleep(_POLL_S)
        return False


_KILLED, _GONE = "killed", "gone"
_WHY_NOT = {
    Signalled.FORBIDDEN: "Process {pid} belongs to another user of this machine; end it as that user.",
    Signalled.UNCERTAIN: (
        "Process {pid} was not touched: its start is not known, or it is Kraken Desk itself, so it cannot "
        "be told from another one of its number."
    ),
}
