"""The ports that leases stand on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from kraken_desk.domain.keys import SlotId
from kraken_desk.domain.leases import Lease, LeaseId, ProcessMark


class LeaseStore(Protocol):
    """Leases as they are shown."""

    async def begin(self, lease: Lease) -> None:
        """Write a lease; an open one of the same slot ends."""
        ...

    async def child_started(self, lease_id: LeaseId, child: ProcessMark) -> None: ...

    async def end(self, lease_id: LeaseId, at: datetime) -> None: ...

    async def open_leases(self) -> tuple[Lease, ...]: ...

    async def of_slot(self, slot_id: SlotId) -> tuple[Lease, ...]:
        """Return the leases of a slot, newest first."""
        ...


class SlotLocks(Protocol):
    """What makes a lease true."""

    async def take(self, slot_id: SlotId) -> int | None:
        """Return a descriptor that holds the slot until it is closed everywhere; None when it is held."""
        ...

    def is_held(self, slot_id: SlotId) -> bool: ...


MarkOf = Callable[[int], ProcessMark]
"""Returns the mark of a running process by its number."""
