"""Fakes for the dialogs' steps: they answer, fail or wait as told, and remember what they were asked."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import TypeVar

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from kraken_desk.domain.badges import badges
from kraken_desk.domain.balances import Balance
from kraken_desk.domain.keys import KeySlot, SpotPermissions, Venue
from kraken_desk.domain.limits import Consent
from kraken_desk.domain.money import Asset, AssetInfo
from kraken_desk.domain.roles import STARTING_ROLES
from kraken_desk.domain.secrets import ApiSecret
from kraken_desk.domain.transfers import (
    Evidence,
    JournalId,
    Route,
    TransferPlan,
    TransferRecord,
)
from kraken_desk.services.keys import SlotDetails, TriedPair
from kraken_desk.ui.dialogs.key_steps import KeySteps
from kraken_desk.ui.dialogs.transfer_steps import TransferSteps
from tests.ui.money_samples import (
    BASIS,
    BTC,
    MASTER,
    MOMENTUM,
    NOW,
    USD,
    a_plan,
    a_record,
    a_slot,
    an_end,
    dec,
    settled,
)

W = TypeVar("W", bound=QObject)


def child(parent: QWidget, kind: type[W], name: str) -> W:
    """Find a widget by its object name; it must be there."""
    found = parent.findChild(kind, name)
    assert found is not None, name
    return found


async def turns(number: int = 8) -> None:
    """Let pending tasks and callbacks run."""
    for _ in range(number):
        await asyncio.sleep(0)


class Gate:
    """Lets a fake wait in the middle until the test opens it."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self.cancelled = 0

    async def wait(self) -> None:
        try:
            await self._event.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise

    def open(self) -> None:
        self._event.set()


class FakeTransfers:
    """The services' doors for the transfer dialog."""

    def __init__(self) -> None:
        self.available: Decimal | None = dec("103992.10")
        self.plan_error: Exception | None = None
        self.plan_answer: TransferPlan | None = None
        self.plan_gate: Gate | None = None
        self.send_error: Exception | None = None
        self.send_gate: Gate | None = None
        self.record: TransferRecord = a_record(transfer_id="TOH3AS2-LPCWR8-JDQGEU")
        self.planned: list[tuple[Route, Asset, Decimal]] = []
        self.sent: list[TransferPlan] = []
        self.said: list[tuple[Consent, str]] = []
        self.two_factor = False

    def steps(self) -> TransferSteps:
        return TransferSteps(
            ends=lambda venue: (
                an_end(MASTER),
                an_end(MOMENTUM),
                an_end(BASIS, reason="" if venue is Venue.SPOT else "its Futures uid is not known yet"),
            ),
            assets=self._assets,
            places=lambda _venue, _asset: 4,
            available=self._available,
            held=lambda _account, _venue: (USD, BTC),
            plan=self._plan,
            send=self._send,
            two_factor=lambda _key: self.two_factor,
            ability=lambda _key: "Can read balances and withdraw.",
            badges=lambda _key: badges(SpotPermissions.from_strings(("query-funds", "withdraw-funds"))),
        )

    async def _assets(self, _venue: Venue) -> tuple[AssetInfo, ...]:
        return tuple(AssetInfo(Asset(name), name, name, 4) for name in ("BTC", "ETH", "USD"))

    def _available(self, _route: Route, asset: Asset) -> Balance | None:
        if self.available is None:
            return None
        return Balance(asset, "spot", self.available, self.available)

    async def _plan(self, route: Route, asset: Asset, quantity: Decimal) -> TransferPlan:
        self.planned.append((route, asset, quantity))
        if self.plan_gate is not None:
            await self.plan_gate.wait()
        if self.plan_error is not None:
            raise self.plan_error
        return self.plan_answer or a_plan(str(quantity), route=route)

    async def _send(self, plan: TransferPlan, consent: Consent, otp: str) -> TransferRecord:
        self.sent.append(plan)
        self.said.append((consent, otp))
        if self.send_gate is not None:
            await self.send_gate.wait()
        if self.send_error is not None:
            raise self.send_error
        return self.record


class FakeKeys:
    """The services' doors for the add-key dialog."""

    def __init__(self, answer: TriedPair) -> None:
        self.answer = answer
        self.try_error: Exception | None = None
        self.try_gate: Gate | None = None
        self.add_error: Exception | None = None
        self.add_gate: Gate | None = None
        self.tried: list[tuple[Venue, str, str, str]] = []
        self.codes: list[str] = []
        self.added: list[tuple[TriedPair, str, SlotDetails]] = []
        self.roles = STARTING_ROLES

    def steps(self) -> KeySteps:
        return KeySteps(self._try_pair, self._add, lambda: NOW, lambda: self.roles)

    async def _try_pair(
        self, venue: Venue, api_key: str, secret: ApiSecret, *, client: str = "", otp: str = ""
    ) -> TriedPair:
        self.codes.append(otp)
        self.tried.append((venue, api_key, secret.reveal(), client))
        if self.try_gate is not None:
            await self.try_gate.wait()
        if self.try_error is not None:
            raise self.try_error
        return self.answer

    async def _add(self, tried: TriedPair, secret: ApiSecret, details: SlotDetails) -> KeySlot:
        self.added.append((tried, secret.reveal(), details))
        if self.add_gate is not None:
            await self.add_gate.wait()
        if self.add_error is not None:
            raise self.add_error
        return a_slot(MOMENTUM, details.name)


class FakeSettling:
    """The services' doors for the settle dialog."""

    def __init__(self, record: TransferRecord, evidence: Evidence) -> None:
        self.record = record
        self.evidence = evidence
        self.read_error: Exception | None = None
        self.read_gate: Gate | None = None
        self.reads = 0
        self.settled: list[tuple[JournalId, bool, str]] = []
        self.kept: list[Evidence | None] = []

    async def read(self, _journal_id: JournalId) -> Evidence:
        self.reads += 1
        if self.read_gate is not None:
            await self.read_gate.wait()
        if self.read_error is not None:
            raise self.read_error
        return self.evidence

    async def settle(
        self, journal_id: JournalId, *, executed: bool, note: str = "", evidence: Evidence | None = None
    ) -> TransferRecord:
        self.settled.append((journal_id, executed, note))
        self.kept.append(evidence)
        return settled(self.record, executed=executed)
