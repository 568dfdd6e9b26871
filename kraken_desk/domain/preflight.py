"""Pre-flight: what is looked at before a leg may be sent, each check with its verdict in words."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from kraken_desk.domain.balances import CASH_WALLET, Balance
from kraken_desk.domain.errors import InvalidAmountError
from kraken_desk.domain.keys import Problem, Venue
from kraken_desk.domain.money import EXACT, Amount, Asset, check_precision, format_quantity
from kraken_desk.domain.route_keys import RULES
from kraken_desk.domain.routes import Leg
from kraken_desk.domain.transfers import PlanCheck, TransferRequest
from kraken_desk.domain.values import dataclass

FRESH = timedelta(seconds=30)
"""Figures older than this were not read for this plan."""

CUSHION = Decimal("0.5")
"""Taking more than this share of a margin wallet's free collateral is worth a warning."""


@dataclass(frozen=True, slots=True)
class Funds:
    """What is known of a source: its row (None where nobody reads it), its age, the last problem."""

    held: Balance | None
    as_of: datetime | None
    problem: Problem | None


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


def signing_check(leg: Leg) -> PlanCheck:
    right = RULES[leg.kind].right
    return PlanCheck("rights", True, f"{leg.key_name} may sign {leg.kind.value}: it has {right}.")


def funds_checks(funds: Funds, request: TransferRequest, now: datetime) -> tuple[PlanCheck, ...]:
    """Look at the source: can it be read, is the figure fresh, what is on hold, what margin loses."""
    if funds.held is None:
        reason = funds.problem.detail if funds.problem else "No key reads this account."
        text = f"{reason} Kraken will refuse the transfer if the money is not there."
        return (PlanCheck("funds not read", True, text, warns=True),)
    if funds.problem is not None:
        reason = funds.problem.title
        return (PlanCheck("funds stale", False, f"The figures could not be read again: {reason}."),)
    if funds.as_of is None or now - funds.as_of > FRESH:
        return (PlanCheck("funds stale", False, "The figures are older than this plan."),)
    found = [_free(funds.held)]
    if funds.held.hold:
        held = Amount(funds.held.hold, request.asset)
        found.append(PlanCheck("hold", True, f"{held} is held by open orders and stays."))
    margin = _margin(funds.held, request)
    return (*found, margin) if margin else tuple(found)


def _free(held: Balance) -> PlanCheck:
    if held.available is None:
        text = "Kraken does not report what of it can move; it refuses more than that."
        return PlanCheck("funds", True, text, warns=True)
    return PlanCheck("funds", True, "The source holds enough, read just now.")


def _margin(held: Balance, request: TransferRequest) -> PlanCheck | None:
    """Say what taking collateral out of a Futures margin wallet leaves behind it."""
    route = request.route
    if route.source_place.venue is not Venue.FUTURES or route.source_wallet == CASH_WALLET:
        return None
    if held.available is None:
        return None
    in_use = EXACT.subtract(held.total, held.available)
    left = EXACT.subtract(held.available, request.quantity)
    free = Amount(left, request.asset)
    if in_use <= 0:
        return PlanCheck(
            "margin", True, f"No {request.asset} of this wallet serves as margin; {free} stays free."
        )
    thin = request.quantity > EXACT.multiply(held.available, CUSHION)
    text = f"{Amount(in_use, request.asset)} here serves as margin; {free} stays free beside it."
    return PlanCheck("margin", True, text, warns=thin)


def precision_check(asset: Asset, decimals: int | None) -> PlanCheck:
    if decimals is None:
        text = f"How many decimals {asset} carries is not known; Kraken refuses too many."
        return PlanCheck("precision", True, text, warns=True)
    return PlanCheck("precision", True, f"{asset} carries {decimals} decimals here, and the amount fits.")


def minimum_check() -> PlanCheck:
    """Kraken publishes no minimum for any of these calls."""
    return PlanCheck("minimum", True, "Kraken publishes no minimum for this transfer.")
