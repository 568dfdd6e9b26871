"""Reading rules and targets of a sweep as typed: `USD=100`, `Momentum:USD=100`, `Momentum/flex:USD=100`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.money import Asset, parse_quantity
from kraken_desk.domain.sweep import SweepRule, Target
from kraken_desk.services.desk import Desk


@dataclass(frozen=True, slots=True)
class Spec:
    """A branch (account and perhaps wallet, None for all), an asset and an amount."""

    account: AccountId | None
    wallet: str | None
    asset: Asset
    quantity: Decimal


async def spec_of(desk: Desk, text: str) -> Spec:
    """Read one spec; raises InputError or UnknownNameError."""
    name, equals, amount = text.rpartition("=")
    if not equals:
        raise InputError(
            "The amount is missing", f"“{text}” has no “=AMOUNT”.", "Write USD=100 or Momentum:USD=100."
        )
    branch, _, asset = name.rpartition(":")
    account, wallet = await _branch(desk, branch) if branch else (None, None)
    quantity = Decimal(0) if amount.strip() in ("0", "0.0") else parse_quantity(amount)
    return Spec(account, wallet, await desk.transfers.asset_named(Venue.SPOT, asset), quantity)


async def rules_of(
    desk: Desk,
    *,
    leave: Iterable[str],
    dust: Iterable[str],
    minimum: Iterable[str],
    skip: Iterable[str],
) -> tuple[SweepRule, ...]:
    """Turn the options into rules."""
    rules: list[SweepRule] = []
    for field, texts in (("floor", leave), ("dust", dust), ("minimum", minimum)):
        for text in texts:
            spec = await spec_of(desk, text)
            plain = SweepRule(spec.account, spec.wallet, spec.asset)
            rules.append(replace(plain, **{field: spec.quantity}))  # type: ignore[arg-type]  # a Decimal field
    for name in skip:
        account, wallet = await _branch(desk, name)
        rules.append(SweepRule(account, wallet, skip=True))
    return tuple(rules)


async def targets_of(desk: Desk, texts: Iterable[str]) -> tuple[Target, ...]:
    """Turn --target options into targets; each names an account."""
    found = []
    for text in texts:
        spec = await spec_of(desk, text)
        if spec.account is None:
            raise InputError(
                "The account is missing", f"“{text}” names no account.", "Write Momentum:USD=100."
            )
        place = await desk.transfers.routes.find_place(text.rpartition("=")[0].rpartition(":")[0])
        found.append(Target(place, spec.asset, spec.quantity))
    return tuple(found)


async def _branch(desk: Desk, name: str) -> tuple[AccountId, str | None]:
    """Read an account, or ACCOUNT/WALLET."""
    place = await desk.transfers.routes.find_place(name)
    named = any(n.account.answers_to(name) for n in desk.fleet.snapshot.value.accounts())
    return place.account, None if named else place.wallet
