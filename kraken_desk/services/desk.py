"""Desk: the finished services of one environment, handed to window and command line."""

from __future__ import annotations

from dataclasses import dataclass

from kraken_desk.domain.environments import Environment
from kraken_desk.services.audit import AuditService
from kraken_desk.services.balances import BalancesService
from kraken_desk.services.check_schedule import CheckSchedule
from kraken_desk.services.fees import FeesService
from kraken_desk.services.fleet import FleetService
from kraken_desk.services.guides import GuidesService
from kraken_desk.services.horizon import HorizonService
from kraken_desk.services.hosts import HostsService
from kraken_desk.services.journal import JournalService
from kraken_desk.services.judging import JudgingService
from kraken_desk.services.keys import KeysService
from kraken_desk.services.limits import LimitsService
from kraken_desk.services.plans import PlansService
from kraken_desk.services.policy import PolicyService
from kraken_desk.services.ports import Clock
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
from kraken_desk.services.valuation import ValuationService


@dataclass(frozen=True)
class Treasury:
    """What governs moving money beyond a single transfer."""

    limits: LimitsService
    plans: PlansService
    read_only: ReadOnlyService
    sweeps: SweepsService


@dataclass(frozen=True)
class Desk:
    """Everything a front end needs, and no adapter.

    `home` is the directory of the profile, "" for the usual one.
    """

    environment: Environment
    clock: Clock
    scope: TaskScope
    fleet: FleetService
    keys: KeysService
    schedule: CheckSchedule
    rotations: RotationsService
    balances: BalancesService
    roles: RolesService
    hosts: HostsService
    audit: AuditService
    judging: JudgingService
    policy: PolicyService
    promotions: PromotionService
    guides: GuidesService
    transfers: TransfersService
    treasury: Treasury
    journal: JournalService
    settling: SettlingService
    status: StatusService
    valuation: ValuationService
    fees: FeesService
    horizon: HorizonService
    subaccounts: SubaccountsService
    stop: StopService
    home: str = ""
