"""Plans of several legs: saved before the first leg, run leg by leg, stopped at the first doubt.

Where a plan stands is read off the journal every time, so a run that was killed anywhere resumes
without repeating a leg, and two runs of one plan cannot both send one.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from decimal import Decimal

from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import RouteBlockedError, RouteClosedError, RuleError, UnknownNameError
from kraken_desk.domain.limits import Consent
from kraken_desk.domain.money import Amount, Asset
from kraken_desk.domain.plans import (
    LegState,
    PlaceFigure,
    PlanId,
    PlannedLeg,
    PlanPurpose,
    PlanStanding,
    SavedPlan,
    standing_of,
)
from kraken_desk.domain.routes import Way
from kraken_desk.domain.transfers import TransferPlan, TransferRecord
from kraken_desk.services.limits import LimitsService
from kraken_desk.services.plan_checks import LegCheck, PlanChecks
from kraken_desk.services.ports import Clock, PlanStore
from kraken_desk.services.transfers import TransfersService

Progress = Callable[[PlanStanding], object]
"""Hears where a run stands; one that answers False lets no further leg follow."""


class PlansService:
    """Saves and runs the plans of one environment."""

    def __init__(
        self,
        environment: Environment,
        store: PlanStore,
        transfers: TransfersService,
        clock: Clock,
        limits: LimitsService | None = None,
    ) -> None:
        self._environment = environment
        self._store = store
        self._transfers = transfers
        self._clock = clock
        self._checks = PlanChecks(transfers, limits) if limits is not None else None
        self._ends = asyncio.Event()

    async def save(
        self,
        purpose: PlanPurpose,
        title: str,
        legs: tuple[PlannedLeg, ...],
        figures: tuple[PlaceFigure, ...] = (),
    ) -> SavedPlan:
        """Write a plan down, so that it can be run and resumed."""
        plan = self._drawn(purpose, title, legs, figures)
        await self._store.save(plan)
        return plan

    async def save_way(self, way: Way, asset: Asset, quantity: Decimal) -> SavedPlan:
        """Save a transfer over several legs; raises RouteClosedError where the way is closed."""
        plan = self._of_way(way, asset, quantity)
        await self._store.save(plan)
        return plan

    async def check_way(self, way: Way, asset: Asset, quantity: Decimal) -> tuple[LegCheck, ...]:
        """Check a transfer over several legs without saving it; raises RouteClosedError like `save_way`."""
        return await self.checks(standing_of(self._of_way(way, asset, quantity), ()))

    def _drawn(
        self,
        purpose: PlanPurpose,
        title: str,
        legs: tuple[PlannedLeg, ...],
        figures: tuple[PlaceFigure, ...] = (),
    ) -> SavedPlan:
        plan_id, now = PlanId(secrets.token_hex(6)), self._clock.now()
        return SavedPlan(plan_id, self._environment.name, purpose, title, now, legs, figures)

    def _of_way(self, way: Way, asset: Asset, quantity: Decimal) -> SavedPlan:
        if not way.open:
            raise RouteClosedError(
                "The way is closed",
                " ".join(closure.text for closure in way.reasons()),
                " ".join(dict.fromkeys(c.hint for c in way.reasons() if c.hint)),
            )
        routes = self._transfers.routes
        title = (
            f"{Amount(quantity, asset)} from {routes.label(way.source)} to {routes.label(way.destination)}"
        )
        legs = tuple(
            PlannedLeg(number, leg.source, leg.destination, asset, quantity)
            for number, leg in enumerate(way.legs, 1)
        )
        return self._drawn(PlanPurpose.TRANSFER, title, legs)

    async def all(self) -> tuple[PlanStanding, ...]:
        """Return all plans with their standing, newest first."""
        records = (await self._transfers.load()).records
        return tuple(standing_of(plan, records) for plan in await self._store.all(self._environment.name))

    async def named(self, plan_id: str) -> PlanStanding:
        """Return a plan by its id or a beginning of it that is unique; raises UnknownNameError."""
        wanted = plan_id.strip().lower()
        found = [plan for plan in await self.all() if wanted and plan.plan.plan_id.startswith(wanted)]
        if len(found) != 1:
            said = "several plans begin like that" if found else "no plan has this id"
            raise UnknownNameError(
                "Which plan?", f"“{plan_id}”: {said}.", "List them: kraken-desk sweep list"
            )
        return found[0]

    async def checks(self, standing: PlanStanding) -> tuple[LegCheck, ...]:
        """Look at the legs that are still to go, and at all limits together; sends nothing."""
        return await self._checks.look(standing) if self._checks is not None else ()

    async def remove(self, plan_id: PlanId) -> None:
        """Forget a plan of which nothing was ever sent; raises RuleError for one that was begun."""
        standing = await self.named(plan_id)
        if not await self._store.remove(self._environment.name, standing.plan.plan_id):
            raise RuleError(
                "The plan was begun",
                "The journal names it, so it stays as evidence of what was agreed to.",
                "Leave it: nothing of it is sent by itself.",
            )

    async def preview(self, leg: PlannedLeg) -> TransferPlan:
        """Work one leg out on fresh figures; raises the reason when it cannot be sent."""
        route = self._transfers.routes.route(leg.source, leg.destination)
        return await self._transfers.plan(route, leg.asset, leg.quantity)

    async def run(
        self,
        plan_id: PlanId,
        *,
        consent: Consent | None = None,
        otp: str = "",
        progress: Progress = lambda _: None,
    ) -> PlanStanding:
        """Send the legs that are still to go, in order, until the plan is done or a leg is not confirmed.

        Raises RouteBlockedError while a leg is in doubt, and whatever planning a leg raises; what was
        done until then stands in the journal, and a later run goes on from there. `otp` serves the
        first leg whose key has 2FA; the next such leg raises OneTimePasswordError before it is sent.
        """
        standing = await self.named(plan_id)
        self._refuse_doubt(standing)
        if self._checks is not None:
            await self._checks.refuse_breaches(standing, consent or Consent())
        goes_on = progress(standing) is not False
        while goes_on and (leg := standing.next) is not None and not self._ends.is_set():
            plan = await self.preview(leg)
            if self._ends.is_set():
                break
            code = ""
            if self._transfers.wants_code(plan):
                code, otp = otp, ""  # whether Kraken takes a code twice is not documented
            await self._transfers.send(
                plan, consent=consent, otp=code, of_plan=(standing.plan.plan_id, leg.number)
            )
            standing = await self.named(plan_id)
            goes_on = progress(standing) is not False
            if standing.legs[leg.number - 1].state is not LegState.DONE:
                return standing
        return standing

    def end_after_leg(self) -> None:
        """Let runs send no further leg: the program ends. The leg on its way is waited for."""
        self._ends.set()

    def _refuse_doubt(self, standing: PlanStanding) -> None:
        doubt = standing.doubt
        if doubt is None:
            return
        record: TransferRecord | None = doubt.record
        assert record is not None
        raise RouteBlockedError(
            "A leg of this plan is in doubt",
            f"Leg {doubt.leg.number} is {record.state.value}; its money may or may not have moved.",
            f"Settle it first: kraken-desk journal settle {record.journal_id}",
        )
