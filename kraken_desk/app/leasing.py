"""Builds the leases of a profile: its store for showing, its locks for the truth."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from kraken_desk.services.leases import LeasesService
from kraken_desk.store import Store
from kraken_desk.store.lease_locks import LeaseLocks
from kraken_desk.store.processes import mark_of

if TYPE_CHECKING:
    from kraken_desk.domain.keys import SlotId
    from kraken_desk.services.ports import Clock


def leases_of(store: Store, clock: Clock) -> LeasesService:
    return LeasesService(store.leases, LeaseLocks(store.path.parent / "locks"), clock, mark_of, _tidy)


def leases_at_once(store: Store, clock: Clock) -> LeasesService:
    """Build the same without an event loop: what waits there blocks here."""
    return LeasesService(store.leases, LeaseLocks(store.path.parent / "locks", _sleep), clock, mark_of)


def _tidy(slot_id: SlotId) -> None:
    from kraken_desk.app.private_file import remove_everywhere  # the window's start has no use for it

    remove_everywhere(slot_id)


async def _sleep(seconds: float) -> None:
    time.sleep(seconds)  # noqa: ASYNC251  # there is no event loop to keep free
