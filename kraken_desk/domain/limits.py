"""Limits: the operator's own rules about moving money, evaluated as data.

None restricts until it is set, except that an account is confirmed once before its first use as a
destination. Moves between wallets of one account stay in the house and are not limited.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import NewType

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.money import EXACT, Amount, Asset
from kraken_desk.domain.transfers import Route, TransferRequest
from kraken_desk.domain.values import dataclass, field

LimitId = NewType("LimitId", str)

DAY = timedelta(hours=24)
"""A day limit counts what was planned in the last 24 hours, so midnight opens no second allowance."""


class LimitKind(StrEnum):
    """What a rule restricts; the value is its word on the command line."""

    PER_TRANSFER = "per-transfer"
    PER_DAY = "per-day"
    ALLOWED_ROUTE = "allowed-route"
    TYPED_ABOVE = "typed-above"
    COOLING_OFF = "cooling-off"


@dataclass(frozen=True, slots=True)
class Limit:
    """One rule. `source` and `destination` narrow it to a route; None means any account.

    `amount` is in `currency`; `seconds` is the cooling-off time.
    """

    limit_id: LimitId
    environment: EnvironmentName
    kind: LimitKind
    created_at: datetime
    source: AccountId | None = None
    destination: AccountId | None = None
    currency: Asset | None = None
    amount: Decimal | None = None
    seconds: int | None = None

    def covers(self, route: Route) -> bool:
        return self.source in (None, route.source) and self.destination in (None, route.destination)


@dataclass(frozen=True, slots=True)
class Destination:
    """An account that a person has confirmed as a destination."""

    account: AccountId
    label: str
    confirmed_at: datetime


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person has said beside “send it”.

    `destination` confirms an account at its first use; `typed` is the destination's label as
    typed by hand, which lifts a cooling-off time and a typed-above limit; for a plan with several
    destinations one label on each line.
    """

    destination: bool = False
    typed: str = ""


@dataclass(frozen=True, slots=True)
class Admission:
    """What a transfer brings to the limits: consent, and its worth in the limits' currencies.

    A currency without an entry in `values` means that the worth is not known.
    """

    now: datetime
    destination_label: str
    consent: Consent = Consent()
    values: Mapping[Asset, Decimal] = field(default_factory=dict)


class Cure(StrEnum):
    """What a person can do about a breach on the spot."""

    NOTHING = "nothing"
    CONFIRM = "confirm the destination"
    TYPE = "type the destination's name"


@dataclass(frozen=True, slots=True)
class Breach:
    """One rule that stands against a transfer."""

    kind: str
    text: str
    hint: str
    cure: Cure = Cure.NOTHING


@dataclass(frozen=True, slots=True)
class Standing:
    """The rules and what has been used of them, as read in one transaction."""

    limits: tuple[Limit, ...] = ()
    destinations: tuple[Destination, ...] = ()
    used: Mapping[LimitId, Decimal] = field(default_factory=dict)

    def confirmed(self, account: AccountId) -> Destination | None:
        return next((d for d in self.destinations if d.account == account), None)


def currencies(limits: tuple[Limit, ...]) -> frozenset[Asset]:
    """Return the currencies in which a transfer's worth has to be known."""
    return frozenset(limit.currency for limit in limits if limit.currency is not None)


def counts(route: Route) -> bool:
    """Say whether the limits apply: money that stays in one account is not limited."""
    return route.source != route.destination


def breaches(standing: Standing, request: TransferRequest, admission: Admission) -> tuple[Breach, ...]:
    """Return every rule that stands against a transfer; () when it may go."""
    route = request.route
    if not counts(route):
        return ()
    typed = _typed(admission)
    ours = [limit for limit in standing.limits if limit.covers(route)]
    found = [_first_use(standing, route, admission), _allowed(standing, ours, admission)]
    for limit in ours:
        if limit.kind is LimitKind.COOLING_OFF and not typed:
            found.append(_cooling(limit, standing, route, admission))
        elif limit.kind is LimitKind.TYPED_ABOVE and typed:
            continue
        elif limit.kind in (LimitKind.PER_TRANSFER, LimitKind.PER_DAY, LimitKind.TYPED_ABOVE):
            found.append(_amount(limit, standing, request, admission))
    return tuple(breach for breach in found if breach is not None)


def after(standing: Standing, request: TransferRequest, admission: Admission) -> Standing:
    """Return how the rules stand once a transfer has gone: its worth is used, its destination known."""
    route = request.route
    if not counts(route):
        return standing
    used = dict(standing.used)
    for limit in standing.limits:
        if limit.kind is LimitKind.PER_DAY and limit.covers(route) and limit.currency is not None:
            worth = (
                request.quantity
                if request.asset == limit.currency
                else admission.values.get(limit.currency, Decimal(0))
            )
            used[limit.limit_id] = EXACT.add(used.get(limit.limit_id, Decimal(0)), worth)
    known = standing.destinations
    if standing.confirmed(route.destination) is None:
        new = Destination(route.destination, admission.destination_label, admission.now)
        known = (*known, new)
    return replace(standing, used=used, destinations=known)


def _typed(admission: Admission) -> bool:
    wanted = admission.destination_label.strip().casefold()
    return wanted in {name.strip().casefold() for name in admission.consent.typed.splitlines()}


def _first_use(standing: Standing, route: Route, admission: Admission) -> Breach | None:
    if standing.confirmed(route.destination) or admission.consent.destination or _typed(admission):
        return None
    return Breach(
        "first use",
        f"{admission.destination_label} has not received money from this desk yet.",
        "Confirm once that it is a destination.",
        Cure.CONFIRM,
    )


def _allowed(standing: Standing, ours: list[Limit], admission: Admission) -> Breach | None:
    """Once a route is allowed by name, the others are not."""
    named = [limit for limit in standing.limits if limit.kind is LimitKind.ALLOWED_ROUTE]
    if not named or any(limit.kind is LimitKind.ALLOWED_ROUTE for limit in ours):
        return None
    return Breach(
        LimitKind.ALLOWED_ROUTE,
        f"This route to {admission.destination_label} is not among the allowed routes.",
        "Allow it in the limits first.",
    )


def _cooling(limit: Limit, standing: Standing, route: Route, admission: Admission) -> Breach | None:
    known = standing.confirmed(route.destination)
    wait = timedelta(seconds=limit.seconds or 0)
    if known is not None and admission.now - known.confirmed_at >= wait:
        return None
    until = "the time runs from its confirmation"
    if known is not None:
        until = f"it may be used from {known.confirmed_at + wait:%Y-%m-%d %H:%M} UTC"
    return Breach(
        limit.kind,
        f"{admission.destination_label} is a new destination and cools off; {until}.",
        f"Wait, or type its name ({admission.destination_label}) to send at once.",
        Cure.TYPE,
    )


def _amount(
    limit: Limit, standing: Standing, request: TransferRequest, admission: Admission
) -> Breach | None:
    assert limit.currency is not None
    assert limit.amount is not None
    worth = request.quantity if request.asset == limit.currency else admission.values.get(limit.currency)
    most = Amount(limit.amount, limit.currency)
    if worth is None:
        return Breach(
            limit.kind,
            f"What {Amount(request.quantity, request.asset)} is worth in {limit.currency} is not known,"
            f" so the limit of {most} cannot be kept.",
            "Read the prices again, or set a limit in the asset itself.",
        )
    if limit.kind is LimitKind.PER_DAY:
        used = standing.used.get(limit.limit_id, Decimal(0))
        if EXACT.add(used, worth) <= limit.amount:
            return None
        left = Amount(max(EXACT.subtract(limit.amount, used), Decimal(0)), limit.currency)
        text = f"The limit of {most} in 24 hours leaves {left}; this is {Amount(worth, limit.currency)}."
        return Breach(limit.kind, text, "Send less, wait, or change the limit.")
    if worth <= limit.amount:
        return None
    text = f"{Amount(worth, limit.currency)} is above {most}"
    if limit.kind is LimitKind.TYPED_ABOVE:
        hint = f"Type the destination's name ({admission.destination_label}) to send it."
        return Breach(limit.kind, f"{text}, from where a typed confirmation is asked for.", hint, Cure.TYPE)
    return Breach(limit.kind, f"{text}, the limit of one transfer.", "Send less, or change the limit.")
