"""Dialogs about plans of several legs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from decimal import Decimal

from kraken_desk.domain.balances import SPOT_WALLET
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.legs import Place
from kraken_desk.domain.limits import Consent
from kraken_desk.domain.money import Amount, Asset
from kraken_desk.domain.plans import (
    LegStanding,
    PlanId,
    PlannedLeg,
    PlanPurpose,
    PlanStanding,
    SavedPlan,
    standing_of,
)
from kraken_desk.domain.routes import Way
from kraken_desk.domain.sweep import Difference
from kraken_desk.services.desk import Desk
from kraken_desk.ui.dialogs.legs import LegsDialog, LegsSteps
from kraken_desk.ui.dialogs.plan_run import PlanDialog, PlanSteps, Progress
from kraken_desk.ui.dialogs.plans import PlansDialog, PlansSteps
from kraken_desk.ui.kit import Kit

JOURNAL = "journal"
ASSETS_GROUP = "legs:assets"


def transfer_between_wallets(kit: Kit) -> None:
    """Open the form; what it finds is looked at and sent leg by leg in the plan's dialog."""
    desk = kit.bridge.desk
    account = kit.selection.account_id
    start = Place(account, SPOT_WALLET) if account else None
    kit.bridge.start(ASSETS_GROUP, desk.transfers.assets(Venue.SPOT))  # their decimals, asked for once
    dialog = LegsDialog(_legs_steps(kit), desk.environment, kit.theme, start, kit.window)

    def on_accepted() -> None:
        if dialog.way is not None and dialog.asset is not None and dialog.quantity is not None:
            _run_way(kit, dialog.way, dialog.asset, dialog.quantity)

    dialog.accepted.connect(on_accepted)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def plans(kit: Kit) -> None:
    """Open the list of plans; the one chosen opens in its own dialog."""
    desk = kit.bridge.desk

    def line(standing: PlanStanding) -> str:
        return "\n".join(_line(desk, leg) for leg in standing.legs[:12])

    steps = PlansSteps(desk.treasury.plans.all, desk.treasury.plans.remove, line)
    dialog = PlansDialog(steps, desk.scope, desk.environment, kit.theme, kit.window)

    def on_accepted() -> None:
        if dialog.chosen is not None:
            run_plan(kit, dialog.chosen)

    dialog.accepted.connect(on_accepted)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def run_difference(kit: Kit, purpose: PlanPurpose, title: str, difference: Difference) -> None:
    """Open a sweep or a funding that was worked out; it is saved when it is agreed to."""
    desk = kit.bridge.desk

    async def save() -> SavedPlan:
        return await desk.treasury.sweeps.save(purpose, title, difference)

    now, name = desk.clock.now(), desk.environment.name
    plan = SavedPlan(PlanId(""), name, purpose, title, now, difference.legs, difference.figures)
    run_plan(kit, standing_of(plan, ()), save)


def run_plan(
    kit: Kit, standing: PlanStanding, save: Callable[[], Awaitable[SavedPlan]] | None = None
) -> None:
    """Open a plan: one that was saved, or one that `save` writes down when it is agreed to."""
    desk = kit.bridge.desk
    service = desk.treasury.plans

    async def begin() -> PlanId:
        return standing.plan.plan_id if save is None else (await save()).plan_id

    async def read(plan_id: PlanId) -> PlanStanding:
        return await service.named(plan_id)

    async def run(plan_id: PlanId, consent: Consent, otp: str, progress: Progress) -> PlanStanding:
        return await service.run(plan_id, consent=consent, otp=otp, progress=progress)

    steps = PlanSteps(begin, read, service.checks, run, lambda place: short(desk, place))
    dialog = PlanDialog(standing, steps, desk.scope, desk.environment, kit.theme, kit.window)
    dialog.accepted.connect(lambda: kit.show_pane(JOURNAL))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def _run_way(kit: Kit, way: Way, asset: Asset, quantity: Decimal) -> None:
    desk = kit.bridge.desk
    routes = desk.transfers.routes
    title = f"{Amount(quantity, asset)} from {routes.label(way.source)} to {routes.label(way.destination)}"
    legs = tuple(
        PlannedLeg(number, leg.source, leg.destination, asset, quantity)
        for number, leg in enumerate(way.legs, 1)
    )
    plan = SavedPlan(PlanId(""), desk.environment.name, PlanPurpose.TRANSFER, title, desk.clock.now(), legs)

    async def save() -> SavedPlan:
        return await desk.treasury.plans.save_way(way, asset, quantity)

    run_plan(kit, standing_of(plan, ()), save)


def short(desk: Desk, place: Place) -> str:
    return f"{desk.transfers.routes.account(place).label} {place.wallet}"


def _line(desk: Desk, item: LegStanding) -> str:
    leg, label = item.leg, desk.transfers.routes.label
    ends = f"{label(leg.source)} → {label(leg.destination)}"
    return f"{leg.number}. {Amount(leg.quantity, leg.asset)}  {ends}: {item.state.value}"


def _legs_steps(kit: Kit) -> LegsSteps:
    desk, transfers = kit.bridge.desk, kit.bridge.desk.transfers
    routes = transfers.routes

    def held(place: Place) -> tuple[Asset, ...]:
        sheet = kit.bridge.balances.sheet(place.account, place.venue)
        rows = sheet.rows if sheet else ()
        mine = (row.asset for row in rows if row.wallet == place.wallet and not row.part and row.total > 0)
        return tuple(dict.fromkeys(mine))

    def available(place: Place, asset: Asset) -> Decimal | None:
        balance = transfers.available(routes.route(place, place), asset)
        return balance.available if balance is not None else None

    def decimals(way: Way, asset: Asset) -> int | None:
        found = [transfers.decimals_of(routes.route(leg.source, leg.destination), asset) for leg in way.legs]
        return min((places for places in found if places is not None), default=None)

    return LegsSteps(
        places=routes.map().places,
        label=routes.label,
        short=lambda place: short(desk, place),
        way=routes.way,
        held=held,
        available=available,
        decimals=decimals,
    )
