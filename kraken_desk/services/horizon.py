"""The horizon: what lies ahead of an environment's keys, and the reminders of it.

`look` may be called as often as one likes, also after a sleep: every reminder is given once in the
profile, whichever process looks first, and everything missed meanwhile is one reminder.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from kraken_desk.domain.fleet import FleetSnapshot, KeyNode
from kraken_desk.domain.horizon import Milestone, milestones, of_key
from kraken_desk.domain.keys import SlotId
from kraken_desk.domain.leases import Lease
from kraken_desk.domain.reminders import Reminder, due
from kraken_desk.domain.slot_history import SlotEvent
from kraken_desk.services.fleet import FleetService
from kraken_desk.services.ports import Clock
from kraken_desk.services.roles import RolesService
from kraken_desk.services.topics import Topic


class SlotHistory(Protocol):
    """What has happened to slots, and the reminders given; durable."""

    async def note(self, events: Sequence[SlotEvent]) -> None: ...

    async def events(self, slot_id: SlotId) -> tuple[SlotEvent, ...]:
        """Return what has happened to a slot, newest first."""
        ...

    async def claim(self, reminder_ids: Sequence[str], at: datetime) -> frozenset[str]:
        """Note reminders as given; return those that were new, also against other processes."""
        ...


class LeasesOfSlot(Protocol):
    """The past leases of a slot."""

    async def of_slot(self, slot_id: SlotId) -> tuple[Lease, ...]: ...


class HorizonService:
    """Dates ahead and the history behind.

    `reminders` holds the latest reminder; a front end that shows them subscribes, and one that wants
    them as native notifications does the same.
    """

    def __init__(
        self,
        fleet: FleetService,
        history: SlotHistory,
        leases: LeasesOfSlot,
        roles: RolesService,
        clock: Clock,
    ) -> None:
        self._fleet = fleet
        self._history = history
        self._leases = leases
        self._clock = clock
        self._roles = roles
        self.reminders: Topic[Reminder | None] = Topic(None)

    async def load(self) -> tuple[Milestone, ...]:
        """Return what lies ahead, by the roles as they are in the store."""
        await self._roles.load()
        return self.milestones()

    def milestones(self, fleet: FleetSnapshot | None = None) -> tuple[Milestone, ...]:
        """Return what lies ahead of the fleet, by date."""
        return milestones(fleet or self._fleet.snapshot.value, self._clock.now(), self._roles.table.value)

    def of_key(self, node: KeyNode, account: str) -> tuple[Milestone, ...]:
        """Return what lies ahead of one key."""
        return of_key(node, account, self._clock.now(), self._roles.table.value)

    async def look(self) -> Reminder | None:
        """Give the reminders that have become due as one; None when there are none."""
        now = self._clock.now()
        found = due(await self.load(), now)
        new = await self._history.claim([each for item in found for each in item.ids], now)
        told = tuple(item.milestone for item in found if item.ids[-1] in new)
        if not told:
            return None
        reminder = Reminder(now, told)
        self.reminders.publish(reminder)
        return reminder

    async def claim(self, idents: Sequence[str]) -> frozenset[str]:
        """Note notices as given; return those that nobody in the profile has given before."""
        return await self._history.claim(idents, self._clock.now()) if idents else frozenset()

    async def events(self, slot_id: SlotId) -> tuple[SlotEvent, ...]:
        """Return what has happened to a slot, newest first."""
        return await self._history.events(slot_id)

    async def leases(self, slot_id: SlotId) -> tuple[Lease, ...]:
        """Return who has held a slot, newest first."""
        return await self._leases.of_slot(slot_id)
