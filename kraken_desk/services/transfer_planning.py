"""Planning a transfer: find the key that signs, read the figures, check before anything is sent."""

from __future__ import annotations

from datetime import datetime

from kraken_desk.domain.accounts import Account
from kraken_desk.domain.balances import CASH_WALLET, SPOT_WALLET, Balance, BalancesSnapshot
from kraken_desk.domain.errors import InputError, RouteClosedError, SameAccountError
from kraken_desk.domain.fleet import FleetSnapshot
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.legs import LegKind, Place
from kraken_desk.domain.money import EXACT
from kraken_desk.domain.preflight import (
    Funds,
    check_quantity,
    funds_checks,
    minimum_check,
    precision_check,
    signing_check,
)
from kraken_desk.domain.routes import Leg, RouteMap
from kraken_desk.domain.transfers import (
    Figure,
    PlanCheck,
    Route,
    TransferEnd,
    TransferOrder,
    TransferPlan,
    TransferRequest,
)
from kraken_desk.services.balances import NO_KEY

WALLETS = {Venue.SPOT: SPOT_WALLET, Venue.FUTURES: CASH_WALLET}

FUTURES_DECIMALS = 10
"""Kraken publishes no precision for Futures transfers; ten places is the finest figure it shows."""

WITHDRAWAL_DECIMALS = 8
"""The finest a withdrawal from Futures takes (Kraken docs, older page: eight for bitcoin)."""


def venue_id(account: Account, venue: Venue) -> str | None:
    """Return the id by which the venue's transfer call names an account."""
    return account.iiban if venue is Venue.SPOT else account.futures_uid


def ends_on(fleet: FleetSnapshot, venue: Venue) -> tuple[TransferEnd, ...]:
    """Return every account as a possible end on a venue, with the reason where it cannot be one."""
    names = {Venue.SPOT: "IIBAN", Venue.FUTURES: "Futures uid"}
    return tuple(
        TransferEnd(
            node.account,
            WALLETS[venue],
            ""
            if venue_id(node.account, venue)
            else f"its {names[venue]} is not known yet; check one of its {venue.label} keys",
        )
        for node in fleet.accounts()
    )


def check_ends(fleet: FleetSnapshot, route: Route) -> tuple[Account, Account]:
    """Return both accounts; raises SameAccountError or InputError."""
    if route.source_place == route.destination_place:
        raise SameAccountError(
            "Both ends are the same account", "Nothing would move.", "Choose two different accounts."
        )
    found = []
    for account_id in (route.source, route.destination):
        node = fleet.account(account_id)
        if node is None:
            raise InputError("No such account", "An end of the transfer is not in this profile.", "")
        found.append(node.account)
    return found[0], found[1]


def open_leg(routes: RouteMap, route: Route) -> Leg:
    """Return the leg of a route with the key that signs it; raises RouteClosedError with the reasons."""
    leg = routes.leg(route.source_place, route.destination_place)
    if leg is None:
        raise RouteClosedError(
            "Kraken has no such transfer",
            "No call of Kraken's moves money between these two places in one leg.",
            "Look at the ways there are: kraken-desk routes --from … --to …",
        )
    if leg.closures:
        raise RouteClosedError(
            "No key may move this money" if leg.key_id is None else "This route is closed",
            " ".join(closure.text for closure in leg.closures),
            " ".join(dict.fromkeys(closure.hint for closure in leg.closures if closure.hint)),
        )
    return leg


def build_plan(
    fleet: FleetSnapshot,
    balances: BalancesSnapshot,
    request: TransferRequest,
    leg: Leg,
    decimals: int | None,
    now: datetime,
) -> TransferPlan:
    """Put a transfer together from fresh figures; raises InputErrors for what cannot be sent."""
    route = request.route
    source, destination = check_ends(fleet, route)
    funds = read_funds(balances, route.source_place, request)
    check_quantity(request.quantity, request.asset, decimals, funds.held)
    assert leg.key_id is not None
    return TransferPlan(
        request=request,
        source_label=source.label,
        destination_label=destination.label,
        order=order_for(request, source, destination),
        key_id=leg.key_id,
        key_name=leg.key_name,
        endpoint=leg.kind.value,
        source=_figure(balances, request, source.label, at_source=True),
        destination=_figure(balances, request, destination.label, at_source=False),
        checks=(
            signing_check(leg),
            *funds_checks(funds, request, now),
            precision_check(request.asset, decimals),
            minimum_check(),
            PlanCheck("route free", True, "No transfer with unknown outcome is open on this route."),
        ),
        notes=leg.notes,
    )


def order_for(request: TransferRequest, source: Account, destination: Account) -> TransferOrder:
    """Name both ends as the leg's call does; within one account the name only has to be the same."""
    route = request.route
    venue = Venue.SPOT if route.kind is LegKind.ACCOUNT_TRANSFER else Venue.FUTURES
    return TransferOrder(
        source_id=venue_id(source, venue) or "",
        destination_id=venue_id(destination, venue) or "",
        source_wallet=route.source_wallet,
        destination_wallet=route.destination_wallet,
        asset=request.asset,
        quantity=request.quantity,
    )


def held_at(balances: BalancesSnapshot, place: Place, request: TransferRequest) -> Balance | None:
    """Return what a place holds; a read sheet without the row means zero, None that nobody reads it."""
    sheet = balances.sheet(place.account, place.venue)
    if sheet is None or sheet.as_of is None or (sheet.problem and sheet.problem.category == NO_KEY):
        return None
    return sheet.find(request.asset, place.wallet) or Balance(
        request.asset, place.wallet, EXACT.create_decimal(0), EXACT.create_decimal(0)
    )


def read_funds(balances: BalancesSnapshot, place: Place, request: TransferRequest) -> Funds:
    """Gather what the figures say about a source."""
    sheet = balances.sheet(place.account, place.venue)
    held = held_at(balances, place, request)
    problem = sheet.problem if sheet else None
    return Funds(held, sheet.as_of if sheet else None, problem)


def _figure(
    balances: BalancesSnapshot, request: TransferRequest, label: str, *, at_source: bool
) -> Figure | None:
    place = request.route.source_place if at_source else request.route.destination_place
    held = held_at(balances, place, request)
    if held is None:
        return None
    sheet = balances.sheet(place.account, place.venue)
    moved = -request.quantity if at_source else request.quantity
    return Figure(label, held.total, EXACT.add(held.total, moved), sheet.as_of if sheet else None)
