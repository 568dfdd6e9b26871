"""The services of one environment on a real store, a fake vault and fake venues."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from kraken_desk.domain.accounts import Account
from kraken_desk.domain.environments import Environment
from kraken_desk.domain.keys import ApiKeyInfo, KeyCheck, KeySlot, Venue
from kraken_desk.domain.leases import Lease
from kraken_desk.domain.money import Asset
from kraken_desk.services.audit import AuditService
from kraken_desk.services.balances import BalancesService
from kraken_desk.services.check_schedule import CheckSchedule
from kraken_desk.services.desk import Desk, Treasury
from kraken_desk.services.fees import FeesService
from kraken_desk.services.fleet import FleetService
from kraken_desk.services.guard import LockoutGuard
from kraken_desk.services.guides import GuidesService
from kraken_desk.services.horizon import HorizonService
from kraken_desk.services.hosts import HostsService
from kraken_desk.services.journal import JournalService
from kraken_desk.services.judging import JudgingService
from kraken_desk.services.keys import KeysService
from kraken_desk.services.leases import LeasesService
from kraken_desk.services.limits import LimitsService
from kraken_desk.services.plans import PlansService
from kraken_desk.services.policy import PolicyService
from kraken_desk.services.ports import ExchangeGateway
from kraken_desk.services.promotion import PromotionService
from kraken_desk.services.read_only import ReadOnlyService
from kraken_desk.services.roles import RolesService
from kraken_desk.services.rotations import RotationsService
from kraken_desk.services.settling import SettlingService
from kraken_desk.services.status import StatusService
from kraken_desk.services.stop import StopService
from kraken_desk.services.subaccounts import SubaccountsService
from kraken_desk.services.sweeps import SweepsService
from kraken_desk.services.tasks import TaskScope
from kraken_desk.services.transfers import TransfersService
from kraken_desk.services.use_watch import UseWatch
from kraken_desk.services.valuation import ValuationService
from kraken_desk.store import Store
from kraken_desk.store.lease_locks import LeaseLocks
from kraken_desk.store.processes import RunningProcesses, mark_of
from tests.helpers.builders import LAB, a_check, a_secret, a_slot, spot_info
from tests.helpers.fakes import FakeClock, FakeGateway, FakeSubaccountCalls, FakeVault, Faulty


class Bench:
    """Services wired as the composition root wires them; every port can be told to fail."""

    def __init__(
        self,
        store: Store,
        clock: FakeClock,
        environment: Environment = LAB,
        vault: FakeVault | None = None,
        *,
        guarded: bool = True,
    ) -> None:
        self.store, self.clock, self.environment = store, clock, environment
        self.vault = vault or FakeVault()
        self.leases: tuple[Lease, ...] = ()
        self.prices: dict[tuple[Asset, Asset], Decimal] = {}
        self._make_adapters(guarded=guarded)
        self._make_keys()
        self._make_money()
        self._make_looks()
        self._make_subaccounts()
        self._make_audit()
        self.desk = self._desk()

    def _make_adapters(self, *, guarded: bool) -> None:
        """Stand the store's ports where tests can let them fail, and gateways that answer from a script."""
        store = self.store
        self.metadata, self.journal = Faulty(store.metadata), Faulty(store.journal)
        self.guard_store, self.rotation_store = Faulty(store.guard), Faulty(store.rotations)
        self.stop_store = Faulty(store.stops)
        self.guard = LockoutGuard(self.guard_store, self.clock)
        guard = self.guard if guarded else None
        self.spot, self.futures = FakeGateway(Venue.SPOT, guard), FakeGateway(Venue.FUTURES, guard)
        self.subaccount_calls = FakeSubaccountCalls()
        self.gateways: dict[Venue, ExchangeGateway] = {Venue.SPOT: self.spot, Venue.FUTURES: self.futures}

    def _make_keys(self) -> None:
        store, clock, environment = self.store, self.clock, self.environment
        self.fleet = FleetService(
            environment,
            self.metadata,
            clock,
            self._leases,
            lambda: store.use.findings(environment.name),
            store.history.note,
            store.rotations,
        )
        self.use = UseWatch(store.nonces, store.use, store.leases.of_slot, self.fleet.note_use)
        self.keys = KeysService(environment, self.gateways, self.vault, self.fleet, clock, self.use)
        self.rotations = RotationsService(
            self.keys, self.fleet, self.vault, self.rotation_store, store.locks, clock
        )

    def _make_money(self) -> None:
        store, clock, environment = self.store, self.clock, self.environment
        self.balances = BalancesService(environment, self.fleet, self.keys, tuple(self.gateways), clock)
        self.limits = LimitsService(environment, store.limits, clock, self._worth)
        self.transfers = TransfersService(
            environment, self.journal, self.fleet, self.keys, self.balances, clock, self.limits
        )
        self.plans = PlansService(environment, store.plans, self.transfers, clock, self.limits)
        self.read_only = ReadOnlyService(store)
        self.settling = SettlingService(self.transfers, self.journal, clock)
        self.sweeps = SweepsService(self.balances, self.transfers, self.plans)
        self.valuation = ValuationService(self.balances, self.gateways, store)
        self.fees = FeesService(self.fleet, self.keys, clock)

    def _make_looks(self) -> None:
        """Make what looks at the fleet: its state, its dates, its roles and hosts, its scheduled checks."""
        store, clock = self.store, self.clock
        self.status = StatusService(self.environment, self.gateways, self.vault, self.guard, clock)
        self.roles, self.hosts = RolesService(store.audit), HostsService(store.audit)
        self.horizon = HorizonService(self.fleet, store.history, store.leases, self.roles, clock)
        self.schedule = CheckSchedule(self.fleet, self.keys.check, self.status.locked_out_until, store, clock)

    def _make_subaccounts(self) -> None:
        store, clock, environment = self.store, self.clock, self.environment
        self.subaccounts = SubaccountsService(
            environment,
            store.subaccounts,
            self.subaccount_calls,
            self.fleet,
            self.keys,
            self.read_only,
            clock,
        )
        locks = LeaseLocks(store.path.parent / "locks")
        self.held_leases = LeasesService(store.leases, locks, clock, mark_of)
        self.stop = StopService(
            environment,
            self.stop_store,
            self.fleet,
            self.keys,
            self.subaccounts,
            self.held_leases,
            RunningProcesses(),
            store.locks,
            clock,
        )

    def _make_audit(self) -> None:
        store, clock, environment = self.store, self.clock, self.environment
        self.audit = AuditService(
            environment,
            store.audit,
            store.metadata,
            self.fleet,
            self.roles,
            self.hosts,
            self.status,
            clock,
            store.rehearsals,
        )
        self.judging = JudgingService(
            self.audit, self.fleet, self.balances, self.valuation, self.roles, self.hosts
        )
        self.guides = GuidesService(environment, self.fleet, self.roles, self.hosts, clock)
        self.promotions = PromotionService(
            environment, store.rehearsals, store.leases, store.metadata, self.fleet, self.hosts, clock
        )
        self.policy = PolicyService(self.audit, self.roles, self.limits)

    def _desk(self) -> Desk:
        return Desk(
            environment=self.environment,
            clock=self.clock,
            scope=TaskScope("test"),
            fleet=self.fleet,
            keys=self.keys,
            schedule=self.schedule,
            rotations=self.rotations,
            balances=self.balances,
            roles=self.roles,
            hosts=self.hosts,
            audit=self.audit,
            judging=self.judging,
            policy=self.policy,
            promotions=self.promotions,
            guides=self.guides,
            transfers=self.transfers,
            journal=JournalService(self.journal),
            settling=self.settling,
            treasury=Treasury(self.limits, self.plans, self.read_only, self.sweeps),
            status=self.status,
            valuation=self.valuation,
            fees=self.fees,
            horizon=self.horizon,
            subaccounts=self.subaccounts,
            stop=self.stop,
        )

    async def _worth(self, asset: Asset, quantity: Decimal, currency: Asset) -> Decimal | None:
        price = self.prices.get((asset, currency))
        return None if price is None else quantity * price

    async def _leases(self) -> tuple[Lease, ...]:
        return self.leases

    async def move_in(self, *accounts: Account, confirmed: bool = True) -> None:
        """Store accounts; unless told otherwise they have been confirmed as destinations."""
        for account in accounts:
            await self.store.metadata.save_account(account)
            if confirmed:
                await self.limits.confirm(account)
        await self.fleet.load()

    async def key(
        self,
        number: int,
        *rights: str,
        info: ApiKeyInfo | None = None,
        check: KeyCheck | None = None,
        checked: bool = True,
        **slot: Any,
    ) -> KeySlot:
        """Store a key with its secret, accepted unless told otherwise; its account must be there."""
        made = a_slot(number, **{"environment": self.environment.name, **slot})
        await self.vault.put(made.key_id, a_secret())
        await self.store.metadata.save_slot(made)
        facts = info or spot_info(*rights, api_key=made.api_key)
        if checked:
            await self.store.metadata.save_check(check or a_check(made.key_id, facts))
        gateway = self.spot if made.venue is Venue.SPOT else self.futures
        gateway.answer("check_key", facts, api_key=made.api_key)
        await self.fleet.load()
        return made

    def calls(self, operation: str) -> Iterable[str]:
        """Return the public keys that made a call of this kind, in order, on both venues."""
        return [call.api_key for call in (*self.spot.made(operation), *self.futures.made(operation))]
