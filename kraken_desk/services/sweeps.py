"""Sweeps: bring everything home, or bring places up to targets, as a saved plan of legs."""

from __future__ import annotations

from decimal import Decimal

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.balances import BalancesSnapshot
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.legs import Place
from kraken_desk.domain.money import Asset
from kraken_desk.domain.plans import PlanPurpose, SavedPlan
from kraken_desk.domain.routes import RouteMap
from kraken_desk.domain.sweep import (
    Difference,
    Holding,
    OpenWay,
    SweepRule,
    Target,
    plan_funding,
    plan_sweep,
)
from kraken_desk.services.balances import NO_KEY, BalancesService
from kraken_desk.services.plans import PlansService
from kraken_desk.services.transfers import TransfersService

COARSEST = 4
"""Decimals to round to where an asset's precision is not known on Spot: fewer are never refused."""


class SweepsService:
    """Works sweeps and fundings out on fresh figures; what is agreed to becomes a plan."""

    def __init__(self, balances: BalancesService, transfers: TransfersService, plans: PlansService) -> None:
        self._balances = balances
        self._transfers = transfers
        self._plans = plans

    async def sweep(
        self,
        home: Place,
        rules: tuple[SweepRule, ...] = (),
        *,
        assets: frozenset[Asset] | None = None,
        branches: frozenset[AccountId] | None = None,
        via_master: bool = False,
    ) -> Difference:
        """Work out how some or all assets of some or all accounts come to one place; sends nothing."""
        snapshot = await self._fresh()
        holdings = [holding for holding in _holdings(snapshot) if assets is None or holding.asset in assets]
        routes = self._transfers.routes.map(via_master=via_master)
        return plan_sweep(holdings, home, rules, lambda *ends: self._way(routes, *ends), branches)

    async def fund(
        self,
        hub: Place,
        targets: tuple[Target, ...],
        rules: tuple[SweepRule, ...] = (),
        *,
        via_master: bool = False,
    ) -> Difference:
        """Work out how places are brought up to their targets; sends nothing."""
        if any(target.quantity < 0 for target in targets):
            raise InputError("A target is negative", "A place cannot hold less than nothing.", "")
        snapshot = await self._fresh()
        wanted = {target.asset for target in targets}
        holdings = [holding for holding in _holdings(snapshot) if holding.asset in wanted]
        known = {(h.place, h.asset) for h in holdings}
        # a place that was read and lacks the asset holds none of it
        holdings += [
            Holding(t.place, t.asset, Decimal(0), Decimal(0))
            for t in targets
            if (t.place, t.asset) not in known and _was_read(snapshot, t.place)
        ]
        routes = self._transfers.routes.map(via_master=via_master)
        return plan_funding(holdings, hub, targets, rules, lambda *ends: self._way(routes, *ends))

    async def save(self, purpose: PlanPurpose, title: str, difference: Difference) -> SavedPlan:
        """Keep a difference as a plan that can be run; raises InputError for one without legs."""
        if not difference.legs:
            raise InputError(
                "Nothing to move", "No money is above the floors and free to go.", "Nothing was saved."
            )
        return await self._plans.save(purpose, title, difference.legs, difference.figures)

    async def _fresh(self) -> BalancesSnapshot:
        await self._transfers.assets(Venue.SPOT)
        return await self._balances.refresh()

    def _way(self, routes: RouteMap, source: Place, destination: Place, asset: Asset) -> OpenWay | str:
        """Return an open way with what it may carry, or the reasons why there is none."""
        way = routes.way(source, destination, asset)
        if not way.open:
            return " ".join(closure.text for closure in way.reasons())
        found = [
            self._transfers.decimals_of(self._transfers.routes.route(leg.source, leg.destination), asset)
            for leg in way.legs
        ]
        decimals = [COARSEST if places is None else places for places in found]
        return OpenWay((source, *(leg.destination for leg in way.legs)), min(decimals))


def _holdings(snapshot: BalancesSnapshot) -> list[Holding]:
    """Return the rows of all sheets that could be read just now; old figures decide nothing."""
    return [
        Holding(Place(sheet.account_id, row.wallet), row.asset, row.total, row.available, row.part)
        for sheet in snapshot.sheets
        if sheet.problem is None
        for row in sheet.rows
    ]


def _was_read(snapshot: BalancesSnapshot, place: Place) -> bool:
    sheet = snapshot.sheet(place.account, place.venue)
    return sheet is not None and sheet.problem is None and sheet.as_of is not None


def unread(snapshot: BalancesSnapshot) -> tuple[tuple[AccountId, Venue, str], ...]:
    """Return the accounts that a sweep leaves out because they could not be read, with the reason."""
    return tuple(
        (sheet.account_id, sheet.venue, sheet.problem.detail or sheet.problem.title)
        for sheet in snapshot.sheets
        if sheet.problem is not None and (sheet.rows or sheet.problem.category != NO_KEY)
    )
