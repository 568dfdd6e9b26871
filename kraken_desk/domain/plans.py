"""Plans of several legs: what was agreed to, and how far the journal says it has come."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NewType

from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.legs import Place
from kraken_desk.domain.money import Asset
from kraken_desk.domain.transfers import TransferRecord, TransferState
from kraken_desk.domain.values import dataclass

PlanId = NewType("PlanId", str)


class PlanPurpose(StrEnum):
    """Why a plan was made."""

    TRANSFER = "transfer"
    SWEEP = "sweep"
    FUND = "fund"


@dataclass(frozen=True, slots=True)
class PlannedLeg:
    """One leg of a plan; `number` counts from 1 and never changes, `quantity` is in units of the asset."""

    number: int
    source: Place
    destination: Place
    asset: Asset
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class PlaceFigure:
    """What a place held of an asset before the plan, and what it is to hold after it."""

    place: Place
    asset: Asset
    before: Decimal
    after: Decimal


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """A plan as it was agreed to. Its legs are sent in order, each once, whoever runs it."""

    plan_id: PlanId
    environment: EnvironmentName
    purpose: PlanPurpose
    title: str
    created_at: datetime
    legs: tuple[PlannedLeg, ...]
    figures: tuple[PlaceFigure, ...] = ()


class LegState(StrEnum):
    """Where a leg of a plan stands."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"
    IN_DOUBT = "in doubt"


@dataclass(frozen=True, slots=True)
class LegStanding:
    """A leg with the journal record that decides its state, None while it was never sent."""

    leg: PlannedLeg
    state: LegState
    record: TransferRecord | None = None


@dataclass(frozen=True, slots=True)
class PlanStanding:
    """A plan with the state of each leg."""

    plan: SavedPlan
    legs: tuple[LegStanding, ...]

    @property
    def finished(self) -> bool:
        return all(leg.state is LegState.DONE for leg in self.legs)

    @property
    def doubt(self) -> LegStanding | None:
        """Return the leg whose money is in question: nothing is sent until it is settled."""
        return next((leg for leg in self.legs if leg.state is LegState.IN_DOUBT), None)

    @property
    def next(self) -> PlannedLeg | None:
        """Return the leg to send next; None when the plan is finished or in doubt."""
        if self.doubt is not None:
            return None
        return next((leg.leg for leg in self.legs if leg.state is not LegState.DONE), None)

    @property
    def done(self) -> int:
        return sum(leg.state is LegState.DONE for leg in self.legs)

    @property
    def word(self) -> str:
        if self.finished:
            return "finished"
        if self.doubt is not None:
            return "in doubt"
        return "not begun" if all(leg.record is None for leg in self.legs) else "stopped"


def standing_of(plan: SavedPlan, records: Iterable[TransferRecord]) -> PlanStanding:
    """Read a plan's standing off the journal, newest records first or in any order."""
    mine = [record for record in records if record.plan_id == plan.plan_id]
    return PlanStanding(plan, tuple(_standing(leg, mine) for leg in plan.legs))


def _standing(leg: PlannedLeg, records: list[TransferRecord]) -> LegStanding:
    """A leg may have been refused several times before it went; what went decides."""
    mine = [record for record in records if record.leg == leg.number]
    for record in mine:
        if record.state in (TransferState.CONFIRMED, TransferState.EXECUTED):
            return LegStanding(leg, LegState.DONE, record)
    for record in mine:
        if record.state.open:
            return LegStanding(leg, LegState.IN_DOUBT, record)
    if mine:
        return LegStanding(leg, LegState.REFUSED, max(mine, key=lambda record: record.changed_at))
    return LegStanding(leg, LegState.WAITING)
