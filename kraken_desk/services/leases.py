"""Leases: one key, one process. Taken before credentials are handed over, released at any kind of death."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from kraken_desk.domain.errors import LeaseHeldError, StoreError
from kraken_desk.domain.keys import KeySlot, SlotId
from kraken_desk.domain.leases import Lease, LeaseId

if TYPE_CHECKING:  # a run is to start quickly, and ports are for the type checker
    from collections.abc import Callable

    from kraken_desk.services.lease_ports import LeaseStore, MarkOf, SlotLocks
    from kraken_desk.services.ports import Clock


def this_host() -> str:
    """Return the name under which this machine's leases are written."""
    if hasattr(os, "uname"):
        return os.uname().nodename
    import socket  # where it is the only way

    return socket.gethostname()


class HeldLease:
    """A lease in our hands; it ends at `release`, or when everybody who has `descriptor` open is gone."""

    def __init__(self, lease: Lease, descriptor: int, service: LeasesService) -> None:
        self.lease = lease
        self.descriptor = descriptor
        self._service = service

    async def child_started(self, pid: int) -> None:
        """Show which process got the credentials; failing to note it must not stop that process."""
        with suppress(StoreError):
            await self._service.note_child(self.lease, pid)

    async def release(self) -> None:
        """Give the slot back. A child that still runs keeps it by the descriptor that it inherited."""
        os.close(self.descriptor)
        with suppress(StoreError):
            await self._service.note_end(self.lease)


class LeasesService:
    """Takes leases and tells who holds one; the lock is the truth, the store is for showing.

    `tidy` removes what a dead holder of a slot may have left; it is called while the slot is ours.
    """

    def __init__(
        self,
        store: LeaseStore,
        locks: SlotLocks,
        clock: Clock,
        mark_of: MarkOf,
        tidy: Callable[[SlotId], None] | None = None,
    ) -> None:
        self._store = store
        self._tidy = tidy
        self._locks = locks
        self._clock = clock
        self._mark_of = mark_of
        self._host = this_host()

    async def take(self, slot: KeySlot, command: str) -> HeldLease:
        """Take a slot for this process; raises LeaseHeldError when another has it."""
        descriptor = await self._locks.take(slot.slot_id)
        if descriptor is None:
            raise await self._held(slot)
        try:
            if self._tidy is not None:
                self._tidy(slot.slot_id)
            lease = self._lease(slot, command)
            await self._store.begin(lease)
        except BaseException:
            os.close(descriptor)
            raise
        return HeldLease(lease, descriptor, self)

    def _lease(self, slot: KeySlot, command: str) -> Lease:
        return Lease(
            lease_id=LeaseId(os.urandom(16).hex()),
            slot_id=slot.slot_id,
            environment=slot.environment,
            holder=self._mark_of(os.getpid()),
            host=self._host,
            since=self._clock.now(),
            command=command,
        )

    async def current(self) -> tuple[Lease, ...]:
        """Return the leases that hold; after those whose holders died it is tidied, and they end."""
        found = []
        for lease in await self._store.open_leases():
            if not await self.has_ended(lease):
                found.append(lease)
        return tuple(found)

    async def leased_slots(self) -> frozenset[SlotId]:
        return frozenset(lease.slot_id for lease in await self.current())

    async def note_child(self, lease: Lease, pid: int) -> None:
        await self._store.child_started(lease.lease_id, self._mark_of(pid))

    async def has_ended(self, lease: Lease) -> bool:
        """Say whether nobody holds a lease any more; then it is tidied after its holder and noted as over."""
        return await self._tidied(lease) and await self.note_end(lease)

    async def note_end(self, lease: Lease) -> bool:
        """Note that a lease is over unless its slot is still held; one of another host cannot be seen."""
        if lease.host != self._host or self._locks.is_held(lease.slot_id):
            return False
        await self._store.end(lease.lease_id, self._clock.now())
        return True

    async def _tidied(self, lease: Lease) -> bool:
        """Remove what a dead holder left; False when somebody holds the slot, who does so himself."""
        if self._tidy is None:
            return True
        if lease.host != self._host or self._locks.is_held(lease.slot_id):
            return False
        descriptor = await self._locks.take(lease.slot_id)
        if descriptor is None:
            return False
        try:
            self._tidy(lease.slot_id)
        finally:
            os.close(descriptor)
        return True

    async def _held(self, slot: KeySlot) -> LeaseHeldError:
        """Say who has the slot, as far as that is written down."""
        newest = next(iter(await self._store.of_slot(slot.slot_id)), None)
        who = "Another process of this machine"
        if newest is not None and newest.ended_at is None:
            number = newest.child.pid if newest.child else newest.holder.pid
            who = f"“{newest.command}” (process {number}, since {newest.since:%Y-%m-%d %H:%M:%S} UTC)"
        return LeaseHeldError(
            "The key is in use",
            f"{who} holds “{slot.name}”. Two processes on one key make each other's calls fail.",
            "End that process first, or make a key of its own for this one.",
        )
