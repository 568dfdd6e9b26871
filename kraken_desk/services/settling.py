"""Settling transfers with unknown outcome by the traces they left, as long as it takes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from kraken_desk.domain.errors import KrakenDeskError, RuleError, UnknownNameError
from kraken_desk.domain.settlement import decide, why_open
from kraken_desk.domain.transfers import (
    Evidence,
    JournalId,
    SettledBy,
    TransferRecord,
    TransferState,
)
from kraken_desk.services.ports import Clock, TransferJournal
from kraken_desk.services.transfers import TransfersService

LOOKS = tuple(timedelta(seconds=s) for s in (2, 5, 15, 45, 120, 300, 600))
"""When an unknown transfer is looked at after it was first seen, and then after each look."""

LATER = timedelta(hours=1)
"""How often it is looked at when those were in vain; a person has been told meanwhile."""

TICK_S = 1.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a transfer: the record as it stands now, what was seen, and what follows from it."""

    record: TransferRecord
    evidence: Evidence | None
    reason: str

    @property
    def settled(self) -> bool:
        return self.record.state in (TransferState.EXECUTED, TransferState.NOT_EXECUTED)


class SettlingService:
    """Reads evidence and settles what it proves; it never sends a transfer."""

    def __init__(
        self,
        transfers: TransfersService,
        journal: TransferJournal,
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._transfers = transfers
        self._journal = journal
        self._clock = clock
        self._sleep = sleep
        self._due: dict[JournalId, tuple[int, datetime]] = {}

    def unknown(self) -> tuple[TransferRecord, ...]:
        """Return the transfers that wait for settlement, oldest first."""
        records = self._transfers.journal.value.records
        return tuple(r for r in reversed(records) if r.state is TransferState.UNKNOWN)

    async def settle(self, journal_id: JournalId) -> Look:
        """Look at one transfer and settle it when the traces prove how it ended.

        Raises UnknownNameError, or a StoreError; what cannot be read at Kraken is a gap.
        """
        evidence = await self._transfers.evidence(journal_id)
        environment = self._transfers.journal.value.environment
        journal = await self._journal.records(environment)
        record = _found(journal, journal_id)
        if record.state is not TransferState.UNKNOWN:
            return Look(record, evidence, f"This transfer is {record.state.value}.")
        decision = decide(record, evidence, journal)
        if decision is None:
            return Look(record, evidence, why_open(record, evidence, journal))
        try:
            settled = await self._transfers.settle(
                journal_id,
                executed=decision.executed,
                note=decision.reason,
                evidence=evidence,
                settled_by=SettledBy.TRACES,
            )
        except RuleError as error:  # somebody else was quicker
            return Look(_found(await self._journal.records(environment), journal_id), evidence, error.detail)
        return Look(settled, evidence, decision.reason)

    async def settle_all(self) -> tuple[Look, ...]:
        """Look at every unknown transfer once, oldest first."""
        return tuple([await self.settle(record.journal_id) for record in self.unknown()])

    async def follow(self) -> None:
        """Look at unknown transfers again and again, ever less often, until cancelled."""
        while True:
            await self.look_where_due()
            await self._sleep(TICK_S)

    async def look_where_due(self) -> tuple[Look, ...]:
        """Look at the unknown transfers whose time has come."""
        unknown = self.unknown()
        self._due = {r.journal_id: self._due.get(r.journal_id, self._first()) for r in unknown}
        looks = []
        for record in unknown:
            number, due = self._due[record.journal_id]
            if self._clock.now() < due:
                continue
            wait = LOOKS[number + 1] if number + 1 < len(LOOKS) else LATER
            self._due[record.journal_id] = (number + 1, self._clock.now() + wait)
            try:
                looks.append(await self.settle(record.journal_id))
            except KrakenDeskError as error:
                _log.warning("a transfer could not be looked at: %s", error.category)
        return tuple(looks)

    def _first(self) -> tuple[int, datetime]:
        return 0, self._clock.now() + LOOKS[0]


def _found(journal: tuple[TransferRecord, ...], journal_id: JournalId) -> TransferRecord:
    for record in journal:
        if record.journal_id == journal_id:
            return record
    raise UnknownNameError("No such journal record", f"The journal has no record “{journal_id}”.", "")
