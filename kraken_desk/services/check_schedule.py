"""Checks keys by itself while a window is open: desk keys often, process keys once a day at most."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Protocol

from kraken_desk.domain.check_times import due_at
from kraken_desk.domain.errors import KrakenDeskError
from kraken_desk.domain.fleet import KeyNode
from kraken_desk.domain.keys import CheckOutcome, KeyCheck, KeyId, SlotId
from kraken_desk.services.fleet import FleetService
from kraken_desk.services.ports import Clock
from kraken_desk.services.topics import Topic

LOOK_EVERY_S = 30.0
"""How often due times are compared with the clock; after sleep the first look finds what is overdue."""

AT_ONCE = 8
"""Keys checked by one look: a large fleet that is all due is spread over minutes."""

STOPPED_FOR = timedelta(minutes=15)
"""After two refusals in a row on different keys; as long as Kraken's lockout, which they announce."""

LEFT_ALONE_FOR = timedelta(minutes=5)
"""A key that was busy, held or out of reach is not tried again at every look, nor any by a wrong clock."""

_REFUSALS_IN_A_ROW = 2
_PROCESSES = "checks.process_keys"
_DAILY, _ASKED = "daily", "asked"

_log = logging.getLogger(__name__)


class Check(Protocol):
    """KeysService.check."""

    async def __call__(self, slot_ids: tuple[SlotId, ...], *, asked: bool) -> tuple[KeyCheck, ...]: ...


class Settings(Protocol):
    """What the operator has set, by name."""

    async def setting(self, name: str) -> str | None: ...

    async def save_setting(self, name: str, value: str) -> None: ...


LockedOut = Callable[[], Awaitable[datetime | None]]
"""Returns the end of a lockout that is running, or None."""


class CheckSchedule:
    """Due times are computed anew from the stored checks at each look, so nothing is kept here to lose.

    `process_keys` says whether the keys of processes are checked without being asked for.
    """

    def __init__(
        self, fleet: FleetService, check: Check, locked_out: LockedOut, settings: Settings, clock: Clock
    ) -> None:
        self._fleet = fleet
        self._check = check
        self._locked_out = locked_out
        self._settings = settings
        self._clock = clock
        self._left_alone: dict[KeyId, datetime] = {}
        self._refused: set[KeyId] = set()
        self._stopped_at: datetime | None = None
        self.process_keys: Topic[bool] = Topic(True)

    async def load(self) -> bool:
        """Read whether process keys are checked by themselves; they are unless it was switched off."""
        self.process_keys.publish(await self._settings.setting(_PROCESSES) != _ASKED)
        return self.process_keys.value

    async def check_process_keys(self, wanted: bool) -> None:
        """Switch the daily checks of process keys on or off, for good."""
        await self._settings.save_setting(_PROCESSES, _DAILY if wanted else _ASKED)
        self.process_keys.publish(wanted)

    async def follow(self) -> None:
        """Look again and again until cancelled; a look that fails costs nothing but itself."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                await self.look()
            except KrakenDeskError as error:
                _log.warning("scheduled checks: %s: %s", error.category, error.title)

    async def look(self) -> tuple[KeyCheck, ...]:
        """Check the keys that are due, the longest due first, a few at a time."""
        await self.load()
        if self._is_stopped() or await self._locked_out() is not None:
            return ()
        due = self.due()
        results: list[KeyCheck] = []
        settling = [node for node in due if node.health.settling]
        sure = tuple(node.slot.slot_id for node in due if not node.health.settling)
        if sure:
            results += self._heed(await self._check(sure, asked=False))
        for node in settling:
            if self._is_stopped():
                break
            await self._fleet.look_at_leases()
            if self._fleet.lease_of(node.slot.slot_id) is None:
                results += self._heed(await self._check((node.slot.slot_id,), asked=True))
        return tuple(results)

    def due(self) -> tuple[KeyNode, ...]:
        """Return the keys that the next look checks."""
        now, processes = self._clock.now(), self.process_keys.value
        found, nodes = [], self._fleet.snapshot.value.keys()
        for node in nodes:
            at = due_at(node, now, processes=processes)
            if at is not None and at <= now and not self._is_left_alone(node.slot.key_id, now):
                found.append((at, node))
        found.sort(key=lambda pair: pair[0])
        return tuple(node for _, node in found[:AT_ONCE])

    def _heed(self, checks: tuple[KeyCheck, ...]) -> tuple[KeyCheck, ...]:
        """Remember what was left alone, and stop after two refusals with no accepted key between."""
        now = self._clock.now()
        for check in checks:
            if check.outcome is CheckOutcome.ACCEPTED:
                self._refused.clear()
            elif check.outcome is CheckOutcome.REJECTED:
                self._refused.add(check.key_id)
            if check.outcome is not CheckOutcome.REJECTED:
                self._left_alone[check.key_id] = now
        if len(self._refused) >= _REFUSALS_IN_A_ROW:
            self._stopped_at = now
            self._refused.clear()
        return checks

    def _is_stopped(self) -> bool:
        at = self._stopped_at
        return at is not None and timedelta(0) <= self._clock.now() - at < STOPPED_FOR

    def _is_left_alone(self, key_id: KeyId, now: datetime) -> bool:
        at = self._left_alone.get(key_id)
        if at is None or timedelta(0) <= now - at < LEFT_ALONE_FOR:
            return at is not None
        del self._left_alone[key_id]
        return False
