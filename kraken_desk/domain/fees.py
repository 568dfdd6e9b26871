"""Fees: the consolidated 30-day volume, the tier it earns, and how far the next one is.

Kraken counts the volume of a master and its subaccounts together and tells a master's Spot key the
shares of the subaccounts it lists; whether it lists all of them is not established, so what
remains is called the rest and not the master's own.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from kraken_desk.domain.accounts import Iiban
from kraken_desk.domain.money import EXACT, Asset, exact_sum
from kraken_desk.domain.values import dataclass

FEE_PAIR = "XBTUSD"
"""The market whose fees are asked for unless another is named."""


@dataclass(frozen=True, slots=True)
class FeeTier:
    """One row of a fee schedule: fees in percent, and what it takes; None where Kraken names none."""

    maker: Decimal
    taker: Decimal
    spot_volume: Decimal | None = None
    futures_volume: Decimal | None = None
    assets: Decimal | None = None
    active: bool = False


@dataclass(frozen=True, slots=True)
class VolumeShare:
    """What one subaccount has traded in 30 days, as the master's key is told."""

    iiban: Iiban
    volume: Decimal


@dataclass(frozen=True, slots=True)
class FeeFacts:
    """Kraken's answer about volume and fees (Kraken docs: TradeVolume).

    Volumes are of 30 days in `currency`, fees in percent, both of the whole domain. `tiers` is the
    schedule, lowest first, where Kraken gives one; `next_*` come with the single fee. `shares` is
    None for an account that is not shown any.
    """

    currency: Asset
    volume: Decimal
    read_at: datetime
    pair: str = ""
    spot_volume: Decimal | None = None
    futures_volume: Decimal | None = None
    assets: Decimal | None = None
    maker: Decimal | None = None
    taker: Decimal | None = None
    next_maker: Decimal | None = None
    next_taker: Decimal | None = None
    next_volume: Decimal | None = None
    tiers: tuple[FeeTier, ...] = ()
    shares: tuple[VolumeShare, ...] | None = None

    @property
    def rest(self) -> Decimal | None:
        """Return the volume that no listed subaccount explains; None without a list."""
        if self.shares is None:
            return None
        return EXACT.subtract(self.volume, exact_sum([share.volume for share in self.shares]))


@dataclass(frozen=True, slots=True)
class NextTier:
    """The next better tier and what is missing: each figure is a way Kraken names, None where it names none.

    Kraken does not say whether one of them is enough or all are needed.
    """

    maker: Decimal
    taker: Decimal
    spot_missing: Decimal | None
    futures_missing: Decimal | None = None
    assets_missing: Decimal | None = None


def current_tier(facts: FeeFacts) -> FeeTier | None:
    """Return the tier that Kraken marks, else the one whose fees are charged, else the one reached."""
    marked = next((tier for tier in facts.tiers if tier.active), None)
    charged = [t for t in facts.tiers if (t.maker, t.taker) == (facts.maker, facts.taker)]
    reached = [t for t in facts.tiers if (t.spot_volume or Decimal(0)) <= _spot(facts)]
    return marked or next(iter(charged), None) or (reached[-1] if reached else None)


def next_tier(facts: FeeFacts) -> NextTier | None:
    """Return the next better tier; None when there is none, or when Kraken names none."""
    current = current_tier(facts)
    if current is not None:
        better = facts.tiers[facts.tiers.index(current) + 1 :]
        return _distance(facts, better[0]) if better else None
    if facts.next_volume is None or facts.next_taker is None:
        return None
    maker = facts.next_maker if facts.next_maker is not None else facts.maker or Decimal(0)
    return NextTier(maker, facts.next_taker, _missing(facts.next_volume, facts.volume))


def _distance(facts: FeeFacts, tier: FeeTier) -> NextTier:
    return NextTier(
        tier.maker,
        tier.taker,
        _missing(tier.spot_volume, _spot(facts)),
        _missing(tier.futures_volume, facts.futures_volume),
        _missing(tier.assets, facts.assets),
    )


def _spot(facts: FeeFacts) -> Decimal:
    return facts.volume if facts.spot_volume is None else facts.spot_volume


def _missing(needed: Decimal | None, reached: Decimal | None) -> Decimal | None:
    if needed is None or reached is None:
        return None
    return max(Decimal(0), EXACT.subtract(needed, reached))
