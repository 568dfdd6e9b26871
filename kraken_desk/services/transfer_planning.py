"""Planning a transfer: find the key that signs, read the figures, check before anything is sent."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from kraken_desk.domain.accounts import Account
from kraken_desk.domain.balances import CASH_WALLET, SPOT_WALLET, Balance, BalanceSheet, BalancesSnapshot
from kraken_desk.domain.desk_keys import treasury_key, why_no_key
from kraken_desk.domain.errors import InputError, InvalidAmountError, RouteClosedError, SameAccountError
from kraken_desk.domain.fleet import FleetSnapshot, KeyNode
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.money import EXACT, Asset, check_precision, format_quantity
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

ENDPOINTS = {Venue.SPOT: "AccountTransfer", Venue.FUTURES: "transfer/subaccount"}
WALLETS = {Venue.SPOT: SPOT_WALLET, Venue.FUTURES: CASH_WALLET}

FUTURES_DECIMALS = 10
"""Kraken publishes no precision for Futures transfers; ten places is the finest figure it shows."""


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
    """Return both accounts; raises SameAccountError, InputError or RouteClosedError."""
    if route.source == route.destination:
        raise SameAccountError(
            "Both ends are the same account", "Nothing would move.", "Choose two different accounts."
        )
    found = []
    for account_id in (route.source, route.destination):
        node = fleet.account(account_id)
        if node is None:
            raise InputError("No such account", "An end of the transfer is not in this profile.", "")
        if venue_id(node.account, route.venue) is None:
            raise RouteClosedError(
                "The account's id is not known",
                f"{node.account.label} has no known id on {route.venue.label}.",
                f"Add and check one of its {route.venue.label} keys first.",
            )
        found.append(node.account)
    return found[0], found[1]


def signing_key(fleet: FleetSnapshot, route: Route, now: datetime) -> KeyNode:
    """Return the master's treasury key; raises RouteClosedError with the reason.

    With several masters, one that is an end of the route comes first.

    Both venues take such transfers from the master's key only (Kraken docs: AccountTransfer; the
    Futures page speaks of the current account and a subaccount).
    """
    venue = route.venue
    ends = (route.source, route.destination)
    masters = [node for node in fleet.accounts() if node.account.is_master]
    masters.sort(key=lambda node: node.account.account_id not in ends)
    for node in masters:
        key = treasury_key(node.keys, venue, now)
        if key is not None:
            return key
    right = "Withdraw Funds" if venue is Venue.SPOT else "General API Full Access"
    if not masters:
        reason = "No account here is known to be the master."
    else:
        reason = why_no_key(masters[0].keys, venue, "move money")
    raise RouteClosedError(
        "No key may move this money",
        reason,
        f"Transfers are signed by the master's key with {right}. Add it as a key of {'Kraken Desk'}.",
    )


def check_quantity(quantity: Decimal, asset: Asset, decimals: int | None, held: Balance | None) -> None:
    """Raise InvalidAmountError when the amount is not positive, too fine, or above what is movable."""
    if not quantity.is_finite() or quantity <= 0:
        raise InvalidAmountError(
            "The amount is not positive", "Nothing would move.", "Type a positive decimal number."
        )
    check_precision(quantity, decimals)
    if held is not None and held.available is not None and quantity > held.available:
        raise InvalidAmountError(
            "More than is available",
            f"{format_quantity(held.available)} {asset} can move; {format_quantity(quantity)} was asked for.",
            "Lower the amount, or free what is on hold.",
        )


def build_plan(
    fleet: FleetSnapshot,
    balances: BalancesSnapshot,
    request: TransferRequest,
    signer: KeyNode,
    decimals: int | None,
) -> TransferPlan:
    """Put a transfer together from fresh figures; raises InputErrors for what cannot be sent."""
    route = request.route
    source, destination = check_ends(fleet, route)
    held = _held(balances, route, request.asset, at_source=True)
    check_quantity(request.quantity, request.asset, decimals, held)
    return TransferPlan(
        request=request,
        source_label=source.label,
        destination_label=destination.label,
        order=TransferOrder(
            source_id=venue_id(source, route.venue) or "",
            destination_id=venue_id(destination, route.venue) or "",
            source_wallet=route.source_wallet,
            destination_wallet=route.destination_wallet,
            asset=request.asset,
            quantity=request.quantity,
        ),
        key_id=signer.slot.key_id,
        key_name=signer.slot.name,
        endpoint=ENDPOINTS[route.venue],
        source=_figure(balances, request, source.label, at_source=True),
        destination=_figure(balances, request, destination.label, at_source=False),
        checks=_checks(balances, request, signer),
    )


def _held(balances: BalancesSnapshot, route: Route, asset: Asset, *, at_source: bool) -> Balance | None:
    """Return what an end holds; a read sheet without the row means zero."""
    account = route.source if at_source else route.destination
    wallet = route.source_wallet if at_source else route.destination_wallet
    sheet = balances.sheet(account, route.venue)
    if sheet is None or sheet.as_of is None or _lacks_key(sheet):
        return None
    return sheet.find(asset, wallet) or Balance(asset, wallet, Decimal(0), Decimal(0))


def _lacks_key(sheet: BalanceSheet) -> bool:
    """Say whether nothing can read the account any more: its old figures then decide nothing."""
    return sheet.problem is not None and sheet.problem.category == NO_KEY


def _figure(
    balances: BalancesSnapshot, request: TransferRequest, label: str, *, at_source: bool
) -> Figure | None:
    held = _held(balances, request.route, request.asset, at_source=at_source)
    if held is None:
        return None
    account = request.route.source if at_source else request.route.destination
    sheet = balances.sheet(account, request.route.venue)
    moved = -request.quantity if at_source else request.quantity
    return Figure(label, held.total, EXACT.add(held.total, moved), sheet.as_of if sheet else None)


def _checks(balances: BalancesSnapshot, request: TransferRequest, signer: KeyNode) -> tuple[PlanCheck, ...]:
    route = request.route
    sheet = balances.sheet(route.source, route.venue)
    rights = PlanCheck("rights", True, f"{signer.slot.name} may move money between master and subaccounts.")
    free = PlanCheck("route free", True, "No transfer with unknown outcome is open on this route.")
    if sheet is None or sheet.as_of is None or _lacks_key(sheet):
        reason = sheet.problem.detail if sheet and sheet.problem else "No key reads this account."
        funds = PlanCheck(
            "funds not read", True, f"{reason} Kraken will refuse the transfer if the money is not there."
        )
    elif sheet.stale:
        reason = sheet.problem.title if sheet.problem else ""
        funds = PlanCheck("funds stale", False, f"The figures could not be read again: {reason}.")
    else:
        funds = PlanCheck("funds", True, "The source holds enough, read just now.")
    return (rights, funds, free)
