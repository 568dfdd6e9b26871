"""Transfers: journalled before they are sent, sent once, settled by evidence and a person."""

from __future__ import annotations

import logging
import secrets
from dataclasses import replace
from decimal import Decimal

from kraken_desk.domain.balances import Balance
from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import (
    EnvironmentSealError,
    RouteBlockedError,
    RuleError,
    StoreError,
    UnknownNameError,
)
from kraken_desk.domain.keys import KeyId, Venue
from kraken_desk.domain.legs import LegKind
from kraken_desk.domain.limits import Consent
from kraken_desk.domain.money import Amount, Asset, AssetInfo
from kraken_desk.domain.plans import PlanId
from kraken_desk.domain.transfers import (
    Evidence,
    JournalId,
    JournalSnapshot,
    Route,
    SettledBy,
    TransferEnd,
    TransferPlan,
    TransferRecord,
    TransferRequest,
    TransferState,
)
from kraken_desk.services.balances import BalancesService
from kraken_desk.services.evidence import EvidenceReader
from kraken_desk.services.fleet import FleetService
from kraken_desk.services.keys import KeysService
from kraken_desk.services.limits import LimitsService
from kraken_desk.services.one_time import check_otp
from kraken_desk.services.ports import Clock, TransferJournal
from kraken_desk.services.routes import RoutesService
from kraken_desk.services.tasks import carried_out
from kraken_desk.services.topics import Topic
from kraken_desk.services.transfer_planning import (
    FUTURES_DECIMALS,
    WITHDRAWAL_DECIMALS,
    build_plan,
    check_ends,
    ends_on,
    open_leg,
)
from kraken_desk.services.transfer_sending import TransferSender

_log = logging.getLogger(__name__)


class TransfersService:
    """Plans, sends and settles transfers; `journal` is the current journal, newest first."""

    def __init__(
        self,
        environment: Environment,
        journal: TransferJournal,
        fleet: FleetService,
        keys: KeysService,
        balances: BalancesService,
        clock: Clock,
        limits: LimitsService | None = None,
    ) -> None:
        self._environment = environment
        self._store = journal
        self._fleet = fleet
        self._keys = keys
        self._balances = balances
        self._clock = clock
        self._limits = limits
        self.routes = RoutesService(environment, fleet, balances, clock)
        self._assets: dict[Venue, tuple[AssetInfo, ...]] = {}
        self._used_plans: set[str] = set()
        self._sender = TransferSender(environment.name, journal, keys, clock, self._show)
        self._evidence = EvidenceReader(environment.name, journal, fleet, keys, clock)
        self.journal: Topic[JournalSnapshot] = Topic(JournalSnapshot(environment.name))

    async def load(self) -> JournalSnapshot:
        """Read the journal and tell the truth about records whose sender died."""
        for record in await self._store.records(self._environment.name):
            await self._sender.close_abandoned(record)
        return await self._publish()

    def ends(self, venue: Venue) -> tuple[TransferEnd, ...]:
        return ends_on(self._fleet.snapshot.value, venue)

    async def assets(self, venue: Venue) -> tuple[AssetInfo, ...]:
        """Return the venue's assets, asked for once; () where the venue publishes none."""
        if venue not in self._assets:
            self._assets[venue] = await self._keys.gateway(venue).assets()
        return self._assets[venue]

    def places(self, venue: Venue, asset: Asset) -> int | None:
        """Return how many decimals the asset carries on a venue, None when that is not known yet."""
        if venue is Venue.FUTURES:
            return FUTURES_DECIMALS
        return next((a.decimals for a in self._assets.get(venue, ()) if a.asset == asset), None)

    def available(self, route: Route, asset: Asset) -> Balance | None:
        """Return what the source held at its last reading."""
        sheet = self._balances.snapshot.value.sheet(route.source, route.source_place.venue)
        return sheet.find(asset, route.source_wallet) if sheet else None

    async def asset_named(self, venue: Venue, name: str) -> Asset:
        """Resolve any of Kraken's spellings (XXBT, XBT, BTC) to the asset; raises UnknownNameError."""
        wanted = name.strip().upper()
        if venue is Venue.SPOT:
            for info in await self.assets(venue):
                if wanted in (info.asset.upper(), info.wire_name.upper(), info.altname.upper()):
                    return info.asset
            raise UnknownNameError(
                "No such asset", f"Kraken lists no asset “{name}”.", "Use Kraken's name, like USD or XBT."
            )
        if not wanted or not wanted.isalnum():
            raise UnknownNameError(
                "No such asset", f"“{name}” cannot be an asset.", "Use Kraken's name, like USD or XBT."
            )
        return Asset({"XBT": "BTC"}.get(wanted, wanted))

    async def plan(self, route: Route, asset: Asset, quantity: Decimal) -> TransferPlan:
        """Work a transfer out on fresh figures; raises the reason when it cannot be sent."""
        self._check_seal(route)
        fleet = self._fleet.snapshot.value
        check_ends(fleet, route)
        leg = open_leg(self.routes.map(), route)
        route = replace(route, venue=leg.kind.venue)
        await self.refuse_blocked(route)
        decimals = await self.decimals(route, asset)
        venues = {route.source_place.venue: None, route.destination_place.venue: None}
        snapshot = await self._balances.refresh((route.source, route.destination), venues=tuple(venues))
        request = TransferRequest(route, asset, quantity)
        plan = build_plan(fleet, snapshot, request, leg, decimals, self._clock.now())
        limits = await self._limits.checks(request, plan.destination_label) if self._limits else ()
        return replace(plan, plan_id=secrets.token_hex(8), checks=(*plan.checks, *limits))

    async def decimals(self, route: Route, asset: Asset) -> int | None:
        """Return how many decimals a transfer on this route may carry, None when that is not known."""
        if Venue.SPOT in (route.source_place.venue, route.destination_place.venue):
            await self.assets(Venue.SPOT)
        return self.decimals_of(route, asset)

    def decimals_of(self, route: Route, asset: Asset) -> int | None:
        """Return the same from what is known already."""
        found = []
        if Venue.SPOT in (route.source_place.venue, route.destination_place.venue):
            found.append(self.places(Venue.SPOT, asset))
        if route.venue is Venue.FUTURES:
            found.append(WITHDRAWAL_DECIMALS if route.kind is LegKind.WITHDRAWAL else FUTURES_DECIMALS)
        return min((places for places in found if places is not None), default=None)

    async def send(
        self,
        plan: TransferPlan,
        *,
        consent: Consent | None = None,
        otp: str = "",
        of_plan: tuple[PlanId, int] | None = None,
    ) -> TransferRecord:
        """Journal a plan and send it once; the record's state says how it ended.

        `otp` is the one-time password of a key that has 2FA; it signs this call and is kept nowhere.
        `of_plan` names the saved plan and the leg of it that this is.
        Raises RouteBlockedError, LimitError, OneTimePasswordError, another RuleError or a StoreError
        when nothing was sent. Once the journal says SENT, every ending is written, also when the
        caller is cancelled; one that cannot be written is returned as unknown.
        """
        self._check_seal(plan.request.route)
        slot = next((s for s in self._fleet.slots() if s.key_id == plan.key_id), None)
        if slot is None:
            raise UnknownNameError(
                "No such key", "The key that was to sign is gone.", "Plan the transfer again."
            )
        if not plan.sound:
            failed = "; ".join(check.text for check in plan.checks if not check.holds)
            raise RuleError("The transfer did not pass its checks", failed, "Plan it again.")
        check_otp(slot, otp)
        self._use_up(plan)
        record = await self._planned(plan)
        if of_plan is not None:
            record = replace(record, plan_id=of_plan[0], leg=of_plan[1])
        admission = None
        if self._limits is not None:
            admission = await self._limits.admission(plan.request, plan.destination_label, consent)
        try:
            return await self._sender.send(record, slot, plan.order, admission=admission, otp=otp)
        finally:
            await carried_out(self._show())

    def wants_code(self, plan: TransferPlan) -> bool:
        """Say whether the key that signs a plan has 2FA, so that `send` needs its one-time password."""
        return self.key_wants_code(plan.key_id)

    def key_wants_code(self, key_id: KeyId | None) -> bool:
        return any(slot.two_factor for slot in self._fleet.slots() if slot.key_id == key_id)

    async def evidence(self, journal_id: JournalId) -> Evidence:
        """Read both ledgers for traces of a transfer; what cannot be read is named as a gap."""
        record = await self._sender.record(journal_id)
        return await self._evidence.read(record)

    async def settle(
        self,
        journal_id: JournalId,
        *,
        executed: bool,
        note: str = "",
        evidence: Evidence | None = None,
        settled_by: SettledBy = SettledBy.PERSON,
    ) -> TransferRecord:
        """Record a decision about an unknown transfer, with the evidence it rests on; it frees the route."""
        record = await self._sender.record(journal_id)
        if record.state is not TransferState.UNKNOWN:
            raise RuleError(
                "Nothing to settle",
                f"This transfer is {record.state.value}.",
                "Only a transfer with unknown outcome is settled.",
            )
        state = TransferState.EXECUTED if executed else TransferState.NOT_EXECUTED
        try:
            settled = await self._store.move(
                journal_id, state, self._clock.now(), note=note, evidence=evidence, settled_by=settled_by
            )
        except ValueError:
            raise RuleError("Nothing to settle", "Somebody else settled it just now.", "") from None
        await self._show()
        return settled

    def _check_seal(self, route: Route) -> None:
        if route.environment != self._environment.name:
            raise EnvironmentSealError(
                "Another environment",
                f"The transfer belongs to “{route.environment}”, not to “{self._environment.name}”.",
                "Nothing was sent. Plan it in its own environment.",
            )

    def _use_up(self, plan: TransferPlan) -> None:
        """Refuse a plan that was sent before: a second click must not move money a second time."""
        if plan.plan_id in self._used_plans:
            raise RuleError(
                "This plan was sent before", "A plan is good for one transfer.", "Plan another transfer."
            )
        if plan.plan_id:
            self._used_plans.add(plan.plan_id)

    async def refuse_blocked(self, route: Route) -> None:
        """Raise RouteBlockedError while a transfer on this route has no known end."""
        blocking = await self._store.open_on(route)
        if not blocking:
            return
        request, state = blocking[0].request, blocking[0].state
        settle = (
            "Settle it first, so that no money moves twice: “Settle transfer…” in the journal, or"
            f" kraken-desk journal settle {blocking[0].journal_id}"
        )
        wait = "Wait for its end. If its program has died, it can be settled in a few minutes."
        raise RouteBlockedError(
            "This route is blocked",
            f"A transfer of {Amount(request.quantity, request.asset)} on it is {state.value};"
            " it may or may not have executed.",
            settle if state is TransferState.UNKNOWN else wait,
        )

    async def _planned(self, plan: TransferPlan) -> TransferRecord:
        now = self._clock.now()
        source, destination = await self._evidence.marks(plan.request)
        return TransferRecord(
            journal_id=JournalId(secrets.token_hex(8)),
            request=plan.request,
            state=TransferState.PLANNED,
            source_label=plan.source_label,
            destination_label=plan.destination_label,
            key_id=plan.key_id,
            key_name=plan.key_name,
            endpoint=plan.endpoint,
            planned_at=now,
            changed_at=now,
            source_mark=source.ledger,
            destination_mark=destination.ledger,
            source_before=source.balance,
            destination_before=destination.balance,
        )

    async def _show(self) -> None:
        """Publish the journal after a change; what cannot be read is shown at the next load."""
        try:
            await self._publish()
        except StoreError as error:
            _log.warning("the journal could not be shown: %s", error.category)

    async def _publish(self) -> JournalSnapshot:
        snapshot = JournalSnapshot(self._environment.name, await self._store.records(self._environment.name))
        self.journal.publish(snapshot)
        return snapshot
