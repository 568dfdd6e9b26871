"""Fee tiers: which one holds and what is missing for the next."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from kraken_desk.domain.fees import FeeFacts, FeeTier, NextTier, current_tier, next_tier
from tests.helpers.builders import NOW, USD

LOW = FeeTier(Decimal("0.25"), Decimal("0.40"), Decimal(0))
MIDDLE = FeeTier(Decimal("0.14"), Decimal("0.24"), Decimal(100_000), assets=Decimal(50_000))
HIGH = FeeTier(Decimal(0), Decimal("0.10"), Decimal(10_000_000))
FACTS = FeeFacts(
    USD, Decimal(60_000), NOW, spot_volume=Decimal(40_000), assets=Decimal(1_000), tiers=(LOW, MIDDLE, HIGH)
)


def test_the_distance_is_told_for_every_way_kraken_names() -> None:
    """By Spot volume and by assets on the platform; a way it does not name is None."""
    assert current_tier(FACTS) == LOW
    assert next_tier(FACTS) == NextTier(MIDDLE.maker, MIDDLE.taker, Decimal(60_000), None, Decimal(49_000))


def test_krakens_mark_and_charge_go_before_our_reckoning() -> None:
    """A tier granted by contract is not corrected by volume."""
    marked = replace(FACTS, tiers=(LOW, replace(MIDDLE, active=True), HIGH))
    charged = replace(FACTS, maker=MIDDLE.maker, taker=MIDDLE.taker)

    assert next_tier(marked) == next_tier(charged) == NextTier(HIGH.maker, HIGH.taker, Decimal(9_960_000))


def test_the_last_tier_has_no_next() -> None:
    """Nor has an answer that tells no schedule and no next fee."""
    assert next_tier(replace(FACTS, spot_volume=Decimal(20_000_000))) is None
    assert next_tier(FeeFacts(USD, Decimal(1), NOW)) is None


def test_a_single_next_fee_stands_in_for_a_schedule() -> None:
    """Kraken gives one with every pair's fee."""
    facts = FeeFacts(
        USD,
        Decimal(30),
        NOW,
        maker=Decimal("0.2"),
        next_taker=Decimal("0.1"),
        next_volume=Decimal(100),
    )

    assert next_tier(facts) == NextTier(Decimal("0.2"), Decimal("0.1"), Decimal(70))
