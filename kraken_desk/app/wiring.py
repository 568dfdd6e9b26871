"""Builds the services of an environment from its adapters."""

from __future__ import annotations

import asyncio
import importlib
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from kraken_desk.app.deferred import DeferredGateway, DeferredSubaccounts
from kraken_desk.app.leasing import leases_of
from kraken_desk.app.paths import usual_home
from kraken_desk.domain.deskstatus import KeyRate
from kraken_desk.domain.environments import Environment, EnvironmentKind
from kraken_desk.domain.keys import KeySlot, Venue
from kraken_desk.domain.rate_state import RateState
from kraken_desk.domain.secrets import ApiSecret
from kraken_desk.domain.signer import Signer
from kraken_desk.services.audit import AuditService
from kraken_desk.services.balances import BalancesService
from kraken_desk.services.check_schedule import CheckSchedule
from kraken_desk.services.desk import Desk, Treasury
from kraken_desk.services.exclusive import ExclusiveGuard
from kraken_desk.services.fees import FeesService
from kraken_desk.services.fleet import FleetService
from kraken_desk.services.guard import LockoutGuard
from kraken_desk.services.guard_origin import GuardByOrigin, guarded_origin
from kraken_desk.services.guides import GuidesService
from kraken_desk.services.horizon import HorizonService
from kraken_desk.services.hosts import HostsService
from kraken_desk.services.journal import JournalService
from kraken_desk.services.judging import JudgingService
from kraken_desk.services.keys import KeysService
from kraken_desk.services.limits import LimitsService, worth_by
from kraken_desk.services.live import LiveService
from kraken_desk.services.plans import PlansService
from kraken_desk.services.policy import PolicyService
from kraken_desk.services.ports import Clock, ExchangeGateway, KeyVault, LiveFeed
from kraken_desk.services.promotion import PromotionService
from kraken_desk.services.read_only import ReadOnlyService
from kraken_desk.services.roles import RolesService
from kraken_desk.services.rotations import RotationsService
from kraken_desk.services.settling import SettlingService
from kraken_desk.services.status import StatusService
from kraken_desk.services.stop import StopService
from kraken_desk.services.store_follower import StoreFollower
from kraken_desk.services.subaccounts import SubaccountsService
from kraken_desk.services.sweeps import SweepsService
from kraken_desk.services.tasks import TaskScope
from kraken_desk.services.transfers import TransfersService
from kraken_desk.services.use_watch import UseWatch
from kraken_desk.services.valuation import ValuationService
from kraken_desk.store import Store
from kraken_desk.store.processes import RunningProcesses

if TYPE_CHECKING:
    from kraken_desk.exchange import ExchangeAccess


KEYS_AT_ONCE = 20
"""Keys whose counters are read in one go: less than a millisecond."""


class OpenDesk:
    """A desk with the adapters it stands on; closing it ends tasks first, then connections."""

    def __init__(
        self,
        environment: Environment,
        store: Store,
        vault: KeyVault,
        clock: Clock,
        *,
        before_connecting: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._environment = environment
        self._store = store
        self._clock = clock
        origin = guarded_origin(environment)
        self._guard = LockoutGuard(GuardByOrigin(store.guard, origin), clock)
        self._exclusive = ExclusiveGuard(self._guard, store.locks, origin=origin)
        self._access: ExchangeAccess | None = None
        self._building = asyncio.Lock()
        self._before_connecting = before_connecting
        self.desk = self._build(vault)

    async def connect(self) -> None:
        """Import and build the exchange adapter, off the event loop's thread."""
        async with self._building:
            if self._access is None:
                if self._before_connecting is not None:
                    await self._before_connecting()
                await asyncio.to_thread(importlib.import_module, "kraken_desk.exchange.access")
                from kraken_desk.exchange import create_gateways

                self._access = create_gateways(
                    self._environment,
                    nonces=self._store.nonces,
                    guard=self._exclusive,
                    clock=self._clock,
                    spot_tier=_spot_tier(self._environment),
                )

    def follower(self) -> StoreFollower:
        """Return what looks after changes that other processes make in the store."""
        return StoreFollower(self._store, self.desk.fleet, self.desk.transfers, time.monotonic)

    async def close(self) -> None:
        await self.desk.scope.close()
        if self._access is not None:
            await self._access.close()

    async def feed(self, signer: Signer) -> LiveFeed:
        """Return the live feed of a key's account; the FeedSource port."""
        await self.connect()
        assert self._access is not None
        return self._access.feed(signer)

    async def websocket_token(self, slot: KeySlot) -> ApiSecret:
        """Ask Kraken for a token that opens live connections for a Spot key; spends one of its nonces."""
        await self.connect()
        assert self._access is not None
        return await self._access.websocket_token(self.desk.keys.signer_of(slot))

    def rate_state(self, signer: Signer) -> tuple[RateState, ...]:
        """Return a key's counters; none before the first connection."""
        return self._access.rate_state(signer) if self._access is not None else ()

    async def show_rates(self) -> None:
        """Put the counters of the desk's own keys into the status, some keys at a time."""
        known = self.desk.fleet.snapshot.value.keys()
        nodes = [node for node in known if node.slot.is_desk_key]
        rates: list[KeyRate] = []
        for number, node in enumerate(nodes, 1):
            states = self.rate_state(self.desk.keys.signer_of(node.slot))
            rates += [KeyRate(node.slot.name, states)] if states else []
            if number % KEYS_AT_ONCE == 0:
                await asyncio.sleep(0)
        self.desk.status.show_rates(tuple(rates))

    async def _gateway(self, venue: Venue) -> ExchangeGateway:
        await self.connect()
        assert self._access is not None
        return self._access.gateways[venue]

    def _build(self, vault: KeyVault) -> Desk:
        environment, clock = self._environment, self._clock
        venues = [Venue.SPOT] * bool(environment.spot_url) + [Venue.FUTURES] * bool(environment.futures_url)
        gateways: dict[Venue, ExchangeGateway] = {v: DeferredGateway(v, self._gateway) for v in venues}
        store = self._store
        history = store.history
        roles, hosts = RolesService(store.audit), HostsService(store.audit)
        fleet = FleetService(
            environment,
            store.metadata,
            clock,
            leases_of(store, clock).current,
            lambda: store.use.findings(environment.name),
            history.note,
            store.rotations,
        )
        use = UseWatch(store.nonces, store.use, store.leases.of_slot, fleet.note_use)
        keys = KeysService(environment, gateways, vault, fleet, clock, use)
        balances = BalancesService(environment, fleet, keys, tuple(venues), clock)
        status = StatusService(environment, gateways, vault, self._guard, clock)
        self._guard.on_lockout = status.show_lockout
        valuation = ValuationService(balances, gateways, self._store)
        limits = LimitsService(environment, self._store.limits, clock, worth_by(valuation))
        transfers = TransfersService(environment, self._store.journal, fleet, keys, balances, clock, limits)
        audit = AuditService(
            environment, store.audit, store.metadata, fleet, roles, hosts, status, clock, store.rehearsals
        )
        scope = TaskScope(environment.name)
        subaccounts = self._subaccounts(fleet, keys)
        self.live = LiveService(fleet, keys, balances, status, scope, self, tuple(venues), clock)
        return Desk(
            environment=environment,
            clock=clock,
            scope=scope,
            fleet=fleet,
            keys=keys,
            schedule=CheckSchedule(fleet, keys.check, status.locked_out_until, self._store, clock),
            rotations=RotationsService(keys, fleet, vault, store.rotations, store.locks, clock),
            balances=balances,
            roles=roles,
            hosts=hosts,
            audit=audit,
            judging=JudgingService(audit, fleet, balances, valuation, roles, hosts),
            policy=PolicyService(audit, roles, limits),
            promotions=PromotionService(
                environment, store.rehearsals, store.leases, store.metadata, fleet, hosts, clock
            ),
            guides=GuidesService(environment, fleet, roles, hosts, clock),
            transfers=transfers,
            journal=JournalService(self._store.journal),
            settling=SettlingService(transfers, self._store.journal, clock),
            treasury=self._treasury(transfers, limits, balances),
            status=status,
            valuation=valuation,
            fees=FeesService(fleet, keys, clock),
            horizon=HorizonService(fleet, history, self._store.leases, roles, clock),
            subaccounts=subaccounts,
            stop=self._stop(fleet, keys, subaccounts),
            home=_home(environment, self._store),
        )

    def _treasury(
        self, transfers: TransfersService, limits: LimitsService, balances: BalancesService
    ) -> Treasury:
        plans = PlansService(self._environment, self._store.plans, transfers, self._clock, limits)
        sweeps = SweepsService(balances, transfers, plans)
        return Treasury(limits, plans, ReadOnlyService(self._store), sweeps)

    def _subaccounts(self, fleet: FleetService, keys: KeysService) -> SubaccountsService:
        return SubaccountsService(
            self._environment,
            self._store.subaccounts,
            DeferredSubaccounts(self._gateway),
            fleet,
            keys,
            ReadOnlyService(self._store),
            self._clock,
        )

    def _stop(self, fleet: FleetService, keys: KeysService, subaccounts: SubaccountsService) -> StopService:
        store, clock = self._store, self._clock
        return StopService(
            self._environment,
            store.stops,
            fleet,
            keys,
            subaccounts,
            leases_of(store, clock),
            RunningProcesses(),
            store.locks,
            clock,
        )


def _home(environment: Environment, store: Store) -> str:
    """Return the directory to name on the command line; the demo and the usual profile need none."""
    directory = store.path.parent
    usual = environment.kind is EnvironmentKind.DEMO or directory == usual_home()
    return "" if usual else str(directory)


def _spot_tier(environment: Environment) -> str:
    """Return the verification tier whose call allowance is assumed: no call tells it, so the smallest.

    The simulator's accounts are of the highest tier.
    """
    return "pro" if environment.kind is EnvironmentKind.DEMO else "starter"
