"""Judging: keeps what the audit says true to the fleet while the window is open."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import datetime
from operator import is_
from typing import Any, cast

from kraken_desk.domain.audit.facts import FleetFacts
from kraken_desk.domain.audit.findings import Finding
from kraken_desk.domain.audit.judgement import Exposure, Judgement, expose, judge
from kraken_desk.domain.balances import BalanceSheet
from kraken_desk.domain.errors import KrakenDeskError
from kraken_desk.domain.mutes import Mute
from kraken_desk.domain.prices import Rates
from kraken_desk.services.audit import AuditService
from kraken_desk.services.balances import BalancesService
from kraken_desk.services.fleet import FleetService
from kraken_desk.services.hosts import HostsService
from kraken_desk.services.roles import RolesService
from kraken_desk.services.topics import Topic
from kraken_desk.services.valuation import ValuationService

QUIET_S = 0.3
"""So long nothing changes before it is judged: a check of the fleet tells of many keys in a row."""
SHARE = 4
"""Of the time in a burst of changes, judging takes at most one part and leaves this many."""
MONEY_EVERY_S = 10.0
"""Live balances change several times a second; the worst case follows them at this pace."""
AGES_EVERY_S = 300.0
"""Time alone makes findings: ends come near, checks grow old."""

_log = logging.getLogger(__name__)


class JudgingService:
    """`judgement` is None until the first one: then nothing is known, not nothing wrong."""

    def __init__(
        self,
        audit: AuditService,
        fleet: FleetService,
        balances: BalancesService,
        valuation: ValuationService,
        roles: RolesService,
        hosts: HostsService,
    ) -> None:
        self._audit = audit
        self._fleet = fleet
        self._balances = balances
        self._valuation = valuation
        self._roles, self._hosts = roles, hosts
        self._turn = asyncio.Lock()
        self.judgement: Topic[Judgement | None] = Topic(None)

    async def refresh(self) -> Judgement:
        """Judge everything anew, off the event loop's thread."""
        async with self._turn:
            facts, mutes = await self._audit.basis()
            sheets, rates = self._balances.snapshot.value.sheets, self._valuation.rates.value
            last = self.judgement.value
            found = await asyncio.to_thread(_judge_after, last, facts, mutes, sheets, rates)
            if last is None or not all(map(is_, _parts(last), _parts(found))):
                self._audit.show(found.report)
                self.judgement.announce(found)
            return found

    async def mute(self, findings: Iterable[Finding], reason: str, until: datetime) -> Judgement:
        """Leave findings out of the count until a date, all at once; raises InputError."""
        await self._audit.mute(findings, reason, until)
        return await self.refresh()

    async def unmute(self, findings: Iterable[Finding]) -> Judgement:
        """Count findings again."""
        await self._audit.unmute(findings)
        return await self.refresh()

    async def follow(self) -> None:
        """Judge whenever something has changed, until cancelled."""
        changes = _Changes()
        with ExitStack() as stack:
            for topic in (self._fleet.snapshot, self._roles.table, self._hosts.hosts):
                stack.callback(cast(Topic[Any], topic).subscribe(changes.note_facts))
            for other in (self._balances.snapshot, self._valuation.rates):
                stack.callback(cast(Topic[Any], other).subscribe(changes.note_money))
            while True:
                if changes.facts:
                    await self._judge_when_quiet(changes)
                elif changes.money:
                    changes.money = False
                    await self._reckon()
                known = self.judgement.value is not None and self.judgement.value.exposure.known
                await changes.wait(MONEY_EVERY_S if known else 0)

    async def _judge_when_quiet(self, changes: _Changes) -> None:
        while changes.facts:
            changes.facts = False
            await asyncio.sleep(QUIET_S)
        changes.money = False
        started = time.monotonic()
        try:
            await self.refresh()
        except KrakenDeskError as error:
            _log.warning("%s: %s", error.category, error.title)
        await asyncio.sleep(SHARE * (time.monotonic() - started))

    async def _reckon(self) -> None:
        """Put today's money into the last judgement."""
        last = self.judgement.value
        if last is not None:
            sheets, rates = self._balances.snapshot.value.sheets, self._valuation.rates.value
            exposure = await asyncio.to_thread(_expose_after, last, sheets, rates)
            if self.judgement.value is last and exposure is not last.exposure:
                self.judgement.announce(replace(last, exposure=exposure))


def _judge_after(
    last: Judgement | None,
    facts: FleetFacts,
    mutes: tuple[Mute, ...],
    sheets: tuple[BalanceSheet, ...],
    rates: Rates,
) -> Judgement:
    """Judge facts; what says the same as in the last judgement is the very same object.

    Comparing a thousand keys takes longer than the window may wait, so it is done here, on the worker.
    """
    found = judge(facts, mutes, sheets, rates)
    if last is None:
        return found
    same = {name: old for name, old in vars(last).items() if name != "facts" and getattr(found, name) == old}
    return replace(found, **same)


def _expose_after(last: Judgement, sheets: tuple[BalanceSheet, ...], rates: Rates) -> Exposure:
    found = expose(last.facts, sheets, rates)
    return last.exposure if found == last.exposure else found


def _parts(judgement: Judgement) -> tuple[object, ...]:
    return tuple(part for name, part in vars(judgement).items() if name != "facts")


class _Changes:
    """What has changed since it was last looked at."""

    def __init__(self) -> None:
        self.facts = self.money = False
        self._told = asyncio.Event()

    def note_facts(self, _: object) -> None:
        self.facts = True
        self._told.set()

    def note_money(self, _: object) -> None:
        self.money = True
        self._told.set()

    async def wait(self, money_after_s: float) -> None:
        """Wait for other facts, for other money when that counts again, or until ages count."""
        started = time.monotonic()
        while not self.facts:
            waited = time.monotonic() - started
            if waited >= AGES_EVERY_S:
                self.facts = True
            if self.facts or (self.money and waited >= money_after_s):
                return
            self._told.clear()
            rest = money_after_s - waited if self.money else AGES_EVERY_S - waited
            with suppress(TimeoutError):
                async with asyncio.timeout(rest):
                    await self._told.wait()
