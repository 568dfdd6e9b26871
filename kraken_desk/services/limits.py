"""Limits: the operator's rules, shown, changed, and brought to every transfer.

The last word is spoken inside the journal's transaction; what is looked up here is for showing.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Sequence
from decimal import ROUND_UP, Context, Decimal

from kraken_desk.domain.accounts import Account, AccountId
from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import InputError, UnknownNameError
from kraken_desk.domain.limits import (
    Admission,
    Breach,
    Consent,
    Cure,
    Destination,
    Limit,
    LimitId,
    LimitKind,
    Standing,
    after,
    breaches,
    counts,
    currencies,
)
from kraken_desk.domain.money import Asset
from kraken_desk.domain.transfers import PlanCheck, TransferRequest
from kraken_desk.services.ports import Clock, LimitStore
from kraken_desk.services.valuation import ValuationService

LONGEST_COOLING_S = 90 * 86_400

_FINEST = Decimal("0.00000001")
_ROUNDING = Context(prec=60)

Worth = Callable[[Asset, Decimal, Asset], Awaitable[Decimal | None]]
"""Values a quantity of an asset in a currency; None when no price is known."""


async def _no_prices(_asset: Asset, _quantity: Decimal, _currency: Asset) -> Decimal | None:
    return None


def worth_by(valuation: ValuationService) -> Worth:
    """Value by fresh public prices, rounded up at the eighth decimal so that no limit is passed by it."""

    async def worth(asset: Asset, quantity: Decimal, currency: Asset) -> Decimal | None:
        found = (await valuation.refresh(currency)).value(asset, quantity)
        return None if found is None else found.quantize(_FINEST, ROUND_UP, _ROUNDING)

    return worth


class LimitsService:
    """The rules of one environment."""

    def __init__(
        self, environment: Environment, store: LimitStore, clock: Clock, worth: Worth = _no_prices
    ) -> None:
        self._environment = environment
        self._store = store
        self._clock = clock
        self._worth = worth

    async def standing(self) -> Standing:
        """Return the rules, the confirmed destinations, and what is used of the day limits."""
        return await self._store.standing(self._environment.name, self._clock.now())

    async def add(
        self,
        kind: LimitKind,
        *,
        source: AccountId | None = None,
        destination: AccountId | None = None,
        currency: Asset | None = None,
        amount: Decimal | None = None,
        seconds: int | None = None,
    ) -> Limit:
        """Set a rule; raises InputError for one that would restrict nothing or everything by mistake."""
        _check(kind, currency, amount, seconds, routed=source is not None or destination is not None)
        limit = Limit(
            LimitId(secrets.token_hex(4)),
            self._environment.name,
            kind,
            self._clock.now(),
            source,
            destination,
            currency,
            amount,
            seconds,
        )
        await self._store.save(limit)
        return limit

    async def remove(self, limit_id: str) -> None:
        """Take a rule away; raises UnknownNameError."""
        if not await self._store.remove(self._environment.name, LimitId(limit_id.strip())):
            raise UnknownNameError("No such limit", f"No limit has the id “{limit_id}”.", "List them first.")

    async def confirm(self, account: Account) -> None:
        """Confirm an account as a destination; its cooling-off time runs from now."""
        known = Destination(account.account_id, account.label, self._clock.now())
        await self._store.confirm(self._environment.name, known)

    async def forget(self, account: Account) -> None:
        """Ask again before the account receives money; raises UnknownNameError."""
        if not await self._store.forget(self._environment.name, account.account_id):
            raise UnknownNameError(
                "Not a confirmed destination", f"{account.label} was not confirmed as a destination.", ""
            )

    async def admission(
        self, request: TransferRequest, destination_label: str, consent: Consent | None = None
    ) -> Admission:
        """Put together what a transfer brings to the limits, with its worth as known now."""
        wanted = currencies((await self.standing()).limits) - {request.asset}
        values = {}
        if counts(request.route):
            for currency in sorted(wanted):
                worth = await self._worth(request.asset, request.quantity, currency)
                if worth is not None:
                    values[currency] = worth
        return Admission(self._clock.now(), destination_label, consent or Consent(), values)

    async def breaches(self, request: TransferRequest, destination_label: str) -> tuple[Breach, ...]:
        """Return what would stand against a transfer sent now without a further word."""
        return breaches(await self.standing(), request, await self.admission(request, destination_label))

    async def breaches_together(
        self, requests: Sequence[tuple[TransferRequest, str]], consent: Consent | None = None
    ) -> tuple[tuple[Breach, ...], ...]:
        """Return what would stand against each of several transfers, sent one after another.

        Each counts against the day limits of those after it, and each destination is confirmed once.
        """
        standing, found = await self.standing(), []
        for request, label in requests:
            admission = await self.admission(request, label, consent)
            found.append(breaches(standing, request, admission))
            standing = after(standing, request, admission)
        return tuple(found)

    async def checks(self, request: TransferRequest, destination_label: str) -> tuple[PlanCheck, ...]:
        """Return the limits as pre-flight checks; what a person may lift warns, the rest stops."""
        if not counts(request.route):
            return (PlanCheck("limits", True, "Limits do not apply inside one account."),)
        found = await self.breaches(request, destination_label)
        if not found:
            return (PlanCheck("limits", True, "No limit stands against it."),)
        return tuple(
            PlanCheck(b.kind, b.cure is not Cure.NOTHING, f"{b.text} {b.hint}", warns=True) for b in found
        )


def _check(
    kind: LimitKind, currency: Asset | None, amount: Decimal | None, seconds: int | None, *, routed: bool
) -> None:
    if kind in (LimitKind.PER_TRANSFER, LimitKind.PER_DAY, LimitKind.TYPED_ABOVE):
        if amount is None or currency is None:
            raise InputError(
                "The amount is missing", f"A limit {kind} is an amount in a currency.", "Give both."
            )
        if amount < 0 or not amount.is_finite():
            raise InputError("The amount is not usable", "A limit is zero or more.", "")
    if kind is LimitKind.COOLING_OFF and not 0 < (seconds or 0) <= LONGEST_COOLING_S:
        raise InputError(
            "The time is not usable", "A cooling-off time lies between a second and 90 days.", ""
        )
    if kind is LimitKind.ALLOWED_ROUTE and not routed:
        raise InputError(
            "The route is missing", "Allowing every route allows nothing in particular.", "Name an end."
        )
