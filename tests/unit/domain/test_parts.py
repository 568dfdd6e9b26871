"""Parts of a holding by Kraken's suffixes."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kraken_desk.domain.parts import Part, PartKind, part_words, parts_of
from tests.helpers.builders import BTC, a_balance


def test_parts_add_up_to_the_total() -> None:
    """Free and held of the plain row, each suffix by its kind, Futures wallets apart."""
    rows = (
        a_balance("10", BTC, available=Decimal(7), hold=Decimal(3)),
        a_balance("1", BTC, part="F"),
        a_balance("2", BTC, part="28.S"),
        a_balance("0", BTC, part="B"),
        a_balance("4", BTC, wallet="cash"),
        a_balance("5", BTC, wallet="fi_xbtusd"),
    )

    assert parts_of(rows) == (
        Part(PartKind.FREE, Decimal(7)),
        Part(PartKind.HOLD, Decimal(3)),
        Part(PartKind.EARNING, Decimal(1)),
        Part(PartKind.STAKED, Decimal(2)),
        Part(PartKind.CASH, Decimal(4)),
        Part(PartKind.SINGLE, Decimal(5)),
    )


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("F", "auto-earning"),
        ("M", "opt-in rewards"),
        ("B", "bonded"),
        ("T", "tokenised"),
        ("28.S", "staked (28 days)"),
        ("2.S", "staked"),
        ("2", "staked"),
        ("HOLD", "HOLD"),
    ],
)
def test_a_suffix_in_words(part: str, words: str) -> None:
    """Known ones are explained, unknown ones shown as they are."""
    assert part_words(part) == words
