"""The ports of what was rehearsed."""

from __future__ import annotations

from typing import Protocol

from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.keys import SlotId
from kraken_desk.domain.leases import Lease
from kraken_desk.domain.rehearsal import Rehearsal


class RehearsalStore(Protocol):
    """Evidence is written with each accepted check by the store itself, and outlives its slot."""

    async def all(self, environment: EnvironmentName) -> tuple[Rehearsal, ...]:
        """Return what has worked in an environment, in the order in which it was first seen."""
        ...


class LeaseHistory(Protocol):
    """Who has held a slot."""

    async def of_slot(self, slot_id: SlotId) -> tuple[Lease, ...]: ...
