"""A Desk whose services only remember what they were asked; tests publish the snapshots themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.balances import BalancesSnapshot
from kraken_desk.domain.deskstatus import DeskStatus
from kraken_desk.domain.environments import Environment
from kraken_desk.domain.fleet import FleetSnapshot
from kraken_desk.domain.journal import ChainReport, TransferMove
from kraken_desk.domain.keys import KeyCheck, KeySlot, SlotId
from kraken_desk.domain.leases import Lease
from kraken_desk.domain.money import Asset
from kraken_desk.domain.prices import PriceBook, Rates
from kraken_desk.domain.slot_history import SlotEvent
from kraken_desk.domain.transfers import JournalSnapshot
from kraken_desk.services.audit import AuditService
from kraken_desk.services.balances import BalancesService
from kraken_desk.services.check_schedule import CheckSchedule
from kraken_desk.services.desk import Desk, Treasury
from kraken_desk.services.fees import FeeSheet, FeesService, FeesSnapshot
from kraken_desk.services.fleet import FleetService
from kraken_desk.services.guides import GuidesService
from kraken_desk.services.horizon import HorizonService
from kraken_desk.services.hosts import HostsService
from kraken_desk.services.journal import JournalService
from kraken_desk.services.judging import JudgingService
from kraken_desk.services.keys import KeysService
from kraken_desk.services.limits import LimitsService
from kraken_desk.services.policy import PolicyService
from kraken_desk.services.ports import ProgressReport
from kraken_desk.services.promotion import PromotionService
from kraken_desk.services.read_only import ReadOnlyService
from kraken_desk.services.roles import RolesService
from kraken_desk.services.rotations import RotationsService
from kraken_desk.services.settling import SettlingService
from kraken_desk.services.status import StatusService
from kraken_desk.services.stop import StopService
from kraken_desk.services.subaccounts import SubaccountsService
from kraken_desk.services.tasks import TaskScope
from kraken_desk.services.topics import Topic
from kraken_desk.services.transfers import TransfersService
from kraken_desk.services.valuation import ValuationService
from tests.helpers.audit_store import MemoryAuditStore
from tests.helpers.builders import LAB, NOW
from tests.helpers.fakes import FakeClock


class RecordingFleet:
    def __init__(self, environment: Environment) -> None:
        self.snapshot = Topic(FleetSnapshot(environment.name, NOW))

    def slots(self) -> tuple[KeySlot, ...]:
        keys = self.snapshot.value.keys()
        return tuple(node.slot for node in keys)

    async def all_slots(self) -> tuple[KeySlot, ...]:
        return self.slots()


class RecordingKeys:
    def __init__(self) -> None:
        self.checked: list[tuple[SlotId, ...]] = []
        self.removed: list[SlotId] = []
        self.failure: Exception | None = None
        self.answers: tuple[KeyCheck, ...] = ()

    async def check(
        self, slot_ids: tuple[SlotId, ...], *, asked: bool = True, progress: ProgressReport | None = None
    ) -> tuple[KeyCheck, ...]:
        self.checked.append(slot_ids)
        if self.failure is not None:
            raise self.failure
        for done in range(len(slot_ids)):
            if progress is not None:
                progress(done + 1, len(slot_ids))
        return self.answers

    async def remove(self, slot_id: SlotId) -> None:
        self.removed.append(slot_id)

    async def try_pair(self, *args: Any, **named: Any) -> Any:  # never answered in these tests
        raise NotImplementedError

    add = try_pair


class RecordingSchedule:
    def __init__(self) -> None:
        self.process_keys = Topic(True)

    async def load(self) -> bool:
        return self.process_keys.value

    async def check_process_keys(self, wanted: bool) -> None:
        self.process_keys.publish(wanted)


class SilentRotations:
    """Nothing is rotated in these tests."""


class RecordingBalances:
    def __init__(self, environment: Environment) -> None:
        self.snapshot = Topic(BalancesSnapshot(environment.name))
        self.asked: list[tuple[tuple[AccountId, ...] | None, bool]] = []

    async def refresh(
        self, account_ids: tuple[AccountId, ...] | None = None, *, automatic: bool = False
    ) -> BalancesSnapshot:
        self.asked.append((account_ids, automatic))
        return self.snapshot.value


class SilentTransfers:
    def __init__(self, environment: Environment) -> None:
        self.journal = Topic(JournalSnapshot(environment.name))
        self.settled: list[tuple[str, bool, str]] = []

    def ends(self, venue: object) -> tuple[()]:
        return ()

    async def assets(self, venue: object) -> tuple[()]:
        return ()

    def places(self, *_: object) -> int:
        return 4

    def available(self, *_: object) -> None:
        return None

    async def plan(self, *args: Any) -> Any:  # never answered in these tests
        raise NotImplementedError

    async def settle(
        self, journal_id: str, *, executed: bool, note: str = "", evidence: object = None
    ) -> None:
        del evidence
        self.settled.append((journal_id, executed, note))

    send = evidence = load = plan


class QuietTreasury:
    """Has no limits and no plans, and is not read only."""

    def __init__(self) -> None:
        self.read_only = ReadOnlyService(EmptySettings())


class EmptySettings:
    def __init__(self) -> None:
        self.values: dict[str, str] = {}

    async def setting(self, name: str) -> str | None:
        return self.values.get(name)

    async def save_setting(self, name: str, value: str) -> None:
        self.values[name] = value


class SilentJournal:
    """A journal whose chain a test publishes, with the lines that it was given."""

    def __init__(self) -> None:
        self.chain: Topic[ChainReport | None] = Topic(None)
        self.moves: tuple[TransferMove, ...] = ()
        self.exported: list[dict[str, str]] = []

    async def history(self, journal_id: object) -> tuple[TransferMove, ...]:
        return tuple(move for move in self.moves if move.journal_id == journal_id)

    async def lines(self) -> list[dict[str, str]]:
        return self.exported


class RecordingStatus:
    def __init__(self, environment: Environment) -> None:
        self.status = Topic(DeskStatus(environment))
        self.refreshed = 0

    async def refresh(self) -> DeskStatus:
        self.refreshed += 1
        return self.status.value


class RecordingValuation:
    def __init__(self) -> None:
        self.rates = Topic(Rates(PriceBook(), Asset("USD")))
        self.chosen: list[str] = []

    async def choose(self, currency: str) -> None:
        self.chosen.append(currency)
        self.rates.publish(Rates(self.rates.value.book, Asset(currency)))


class RecordingFees:
    def __init__(self) -> None:
        self.snapshot = Topic(FeesSnapshot())
        self.asked: list[AccountId] = []

    async def read(self, account_id: AccountId, *, automatic: bool = False) -> FeeSheet:
        self.asked.append(account_id)
        return FeeSheet(account_id)


class FakeHistory:
    """Keeps events, leases and reminders in memory."""

    def __init__(self) -> None:
        self.kept: list[SlotEvent] = []
        self.past: dict[SlotId, tuple[Lease, ...]] = {}
        self.given: set[str] = set()

    async def note(self, events: Sequence[SlotEvent]) -> None:
        self.kept += events

    async def events(self, slot_id: SlotId) -> tuple[SlotEvent, ...]:
        return tuple(reversed([event for event in self.kept if event.slot_id == slot_id]))

    async def claim(self, reminder_ids: Sequence[str], at: datetime) -> frozenset[str]:
        del at
        new = frozenset(reminder_ids) - self.given
        self.given |= new
        return new

    async def of_slot(self, slot_id: SlotId) -> tuple[Lease, ...]:
        return self.past.get(slot_id, ())


class FakeDesk:
    """The fakes by name, and `desk`, which the window takes for real."""

    def __init__(self, environment: Environment = LAB, fleet: FleetSnapshot | None = None) -> None:
        self.clock = FakeClock()
        self.scope = TaskScope(environment.name)
        self.fleet = RecordingFleet(environment)
        self.keys = RecordingKeys()
        self.rotations = SilentRotations()
        self.balances = RecordingBalances(environment)
        self.transfers = SilentTransfers(environment)
        self.journal = SilentJournal()
        self.status = RecordingStatus(environment)
        self.schedule = RecordingSchedule()
        self.valuation = RecordingValuation()
        self.fees = RecordingFees()
        self.history = FakeHistory()
        self.treasury = QuietTreasury()
        self._make_audit(environment)
        if fleet is not None:
            self.fleet.snapshot.publish(fleet)
        self.desk = self._desk(environment)

    def _make_audit(self, environment: Environment) -> None:
        """Let the real services judge what the fakes show."""
        fleet = cast(FleetService, self.fleet)
        self.judged_by = MemoryAuditStore()
        self.roles, self.hosts = RolesService(self.judged_by), HostsService(self.judged_by)
        self.audit = AuditService(
            environment,
            self.judged_by,
            cast(Any, None),
            fleet,
            self.roles,
            self.hosts,
            cast(StatusService, self.status),
            self.clock,
        )
        self.horizon = HorizonService(fleet, self.history, self.history, self.roles, self.clock)
        self.judging = JudgingService(
            self.audit,
            fleet,
            cast(BalancesService, self.balances),
            cast(ValuationService, self.valuation),
            self.roles,
            self.hosts,
        )

    def _desk(self, environment: Environment) -> Desk:
        fleet = cast(FleetService, self.fleet)
        return Desk(
            environment=environment,
            clock=self.clock,
            scope=self.scope,
            fleet=fleet,
            keys=cast(KeysService, self.keys),
            schedule=cast(CheckSchedule, self.schedule),
            rotations=cast(RotationsService, self.rotations),
            balances=cast(BalancesService, self.balances),
            roles=self.roles,
            hosts=self.hosts,
            audit=self.audit,
            judging=self.judging,
            policy=PolicyService(self.audit, self.roles, cast(LimitsService, None)),
            promotions=cast(PromotionService, None),
            guides=GuidesService(environment, fleet, self.roles, self.hosts, self.clock),
            transfers=cast(TransfersService, self.transfers),
            treasury=cast(Treasury, self.treasury),
            journal=cast(JournalService, self.journal),
            settling=cast(SettlingService, None),
            status=cast(StatusService, self.status),
            valuation=cast(ValuationService, self.valuation),
            fees=cast(FeesService, self.fees),
            horizon=self.horizon,
            subaccounts=cast(SubaccountsService, None),
            stop=cast(StopService, None),
        )
