"""The parts of a holding: what is free, on hold, earning, bonded, tokenised, or in a Futures wallet.

Kraken gives each part a row of its own, told apart by a suffix (Kraken docs: Balance); only the
plain row can be moved.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum

from kraken_desk.domain.balances import CASH_WALLET, SPOT_WALLET, Balance
from kraken_desk.domain.money import EXACT
from kraken_desk.domain.values import dataclass


class PartKind(StrEnum):
    """A kind of part, in the order in which parts are told."""

    FREE = "free"
    HOLD = "on hold"
    EARNING = "auto-earning"
    REWARDS = "opt-in rewards"
    STAKED = "staked"
    BONDED = "bonded"
    TOKENISED = "tokenised"
    CASH = "Futures cash"
    FLEX = "Futures multi-collateral"
    SINGLE = "Futures single-collateral"
    OTHER = "other"


_SUFFIXES = {
    "F": PartKind.EARNING,
    "M": PartKind.REWARDS,
    "S": PartKind.STAKED,
    "B": PartKind.BONDED,
    "T": PartKind.TOKENISED,
}
_ORDER = {kind: place for place, kind in enumerate(PartKind)}


@dataclass(frozen=True, slots=True)
class Part:
    """How much of a holding is of one kind."""

    kind: PartKind
    quantity: Decimal


def kind_of(row: Balance) -> PartKind:
    """Tell a row's kind by its suffix or wallet; `28.S` is staked for 28 days, a bare 2 is ETH2."""
    if row.part:
        return _SUFFIXES.get(
            row.part.rpartition(".")[2], PartKind.STAKED if row.part == "2" else PartKind.OTHER
        )
    if row.wallet == SPOT_WALLET:
        return PartKind.FREE
    if row.wallet == CASH_WALLET:
        return PartKind.CASH
    return PartKind.FLEX if row.wallet == "flex" else PartKind.SINGLE


def part_words(part: str) -> str:
    """Write a suffix in words: `staked`, `staked (28 days)`; an unknown one as Kraken spells it."""
    days, _, suffix = part.rpartition(".")
    kind = _SUFFIXES.get(suffix, PartKind.STAKED if part == "2" else None)
    if kind is None:
        return part
    return f"{kind} ({days} days)" if days.isdecimal() and days != "2" else f"{kind}"


def parts_of(rows: Iterable[Balance]) -> tuple[Part, ...]:
    """Add rows of one asset up by kind; what is on hold stands apart from what is free."""
    sums: dict[PartKind, Decimal] = {}

    def put(kind: PartKind, quantity: Decimal) -> None:
        sums[kind] = EXACT.add(sums.get(kind, Decimal(0)), quantity)

    for row in rows:
        kind = kind_of(row)
        if kind is PartKind.FREE and row.hold:
            put(PartKind.HOLD, row.hold)
            put(PartKind.FREE, EXACT.subtract(row.total, row.hold))
        elif row.total:
            put(kind, row.total)
    return tuple(Part(kind, sums[kind]) for kind in sorted(sums, key=_ORDER.__getitem__) if sums[kind])
