"""Money: what is typed is read exactly or not at all, and what is shown loses no digit."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kraken_desk.domain.errors import InvalidAmountError
from kraken_desk.domain.money import (
    Amount,
    Asset,
    check_precision,
    exact_sum,
    format_quantity,
    parse_quantity,
    places_of,
    plain_text,
)
from tests.helpers.builders import CANARY

QUANTITIES = st.builds(
    lambda digits, places: Decimal(digits).scaleb(-places), st.integers(1, 10**24), st.integers(0, 14)
)


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("12500.25", "12500.25"),
        ("  7 ", "7"),
        ("007.50", "7.50"),
        (".5", "0.5"),
        ("5.", "5"),
        ("0.0000000001", "0.0000000001"),
        ("1 234 567.89", "1234567.89"),
        ("1\u2009234.5", "1234.5"),
        ("1\u00a0234\u202f567", "1234567"),
        ("12_500", "12500"),
        ("1'000", "1000"),
        ("123456789012345678901234567890.123456", "123456789012345678901234567890.123456"),
    ],
)
def test_plain_decimals_are_read_exactly(text: str, quantity: str) -> None:
    """Digits, one point, and thousands grouped as our own figures show them."""
    assert parse_quantity(text) == Decimal(quantity)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("", "No amount"),
        (" \t", "No amount"),
        ("-5", "negative"),
        ("\u22125", "negative"),
        ("-0", "negative"),
        ("0", "zero"),
        ("0.000", "zero"),
        ("1,5", "comma"),
        ("1,000.5", "comma"),
        ("1e5", "not a number"),
        ("1E-2", "not a number"),
        ("+5", "not a number"),
        ("\u20135", "not a number"),
        ("5 USD", "not a number"),
        ("0x10", "not a number"),
        ("NaN", "not a number"),
        ("Infinity", "not a number"),
        ("1.2.3", "not a number"),
        (".", "not a number"),
        ("\u0661\u0662", "not a number"),
        ("\uff15", "not a number"),
        ("\u00b2", "not a number"),
        ("5\u200b", "not a number"),
        ("1" * 41, "not a number"),
        ("9" * 100_000, "not a number"),
        ("12\n34", "not a number"),
        ("12\t345", "not a number"),
        ("1 5", "not a number"),
        ("12 34", "not a number"),
        ("1234 567", "not a number"),
        ("1  000", "not a number"),
        ("1.000 000", "not a number"),
        (" _", "not a number"),
    ],
)
def test_everything_else_is_refused(text: str, title: str) -> None:
    """Signs, exponents, commas, foreign digits, two numbers in one paste: none of them is guessed at."""
    with pytest.raises(InvalidAmountError, match=title) as caught:
        parse_quantity(text)

    assert len(caught.value.detail) < 120


def test_a_secret_in_the_amount_field_is_not_quoted() -> None:
    """An error never shows a part of what was pasted into the wrong field."""
    for text in (CANARY, f"-{CANARY}"):
        with pytest.raises(InvalidAmountError) as caught:
            parse_quantity(text)

        assert CANARY[:12] not in f"{caught.value!r}{caught.value.detail}{caught.value.hint}"


@pytest.mark.parametrize(("text", "decimals"), [("1.23456", 4), ("0.1", 0), ("0.00000000001", 10)])
def test_too_many_decimals_are_refused(text: str, decimals: int) -> None:
    """An amount is never rounded to what the asset carries."""
    with pytest.raises(InvalidAmountError, match="too many decimals"):
        parse_quantity(text, decimals=decimals)


def test_zeros_at_the_end_are_no_decimals() -> None:
    """1.2300 has two decimal places that matter, and 100 has none."""
    assert parse_quantity("1.2300", decimals=2) == Decimal("1.23")
    assert places_of(Decimal("1.2300")) == 2
    assert places_of(Decimal("1E+5")) == 0
    check_precision(Decimal("0.123456789"), None)


@given(QUANTITIES)
def test_shown_figures_can_be_typed_back(quantity: Decimal) -> None:
    """What a person reads or a file holds is the same number when it is read again."""
    assert parse_quantity(format_quantity(quantity)) == quantity
    assert parse_quantity(plain_text(quantity)) == quantity


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20, places=12))
def test_no_digit_is_lost_or_invented(quantity: Decimal) -> None:
    """Plain text is exact, has no exponent, and no zero carries a sign."""
    text = plain_text(quantity)

    assert Decimal(text) == quantity
    assert "E" not in text
    assert not text.startswith("-0") or Decimal(text) != 0


@pytest.mark.parametrize(
    ("quantity", "text"),
    [
        ("0", "0"),
        ("-0", "0"),
        ("-0.00", "0"),
        ("0.000", "0"),
        ("1E+3", "1000"),
        ("1E-8", "0.00000001"),
        ("100", "100"),
        ("1.500", "1.5"),
        ("-2.50", "-2.5"),
    ],
)
def test_plain_text_for_wire_and_files(quantity: str, text: str) -> None:
    """Plain digits and a point, without exponent, grouping or needless zeros."""
    assert plain_text(Decimal(quantity)) == text


@pytest.mark.parametrize(
    ("quantity", "places", "text"),
    [
        ("12500.25", None, "12\u2009500.25"),
        ("5", None, "5.00"),
        ("0", None, "0.00"),
        ("-0", None, "0.00"),
        ("0", 8, "0.00000000"),
        ("0.123456789", 4, "0.123456789"),
        ("1E+6", 0, "1\u2009000\u2009000"),
        ("-1234.5", None, "\u22121\u2009234.50"),
        ("1E-18", None, "0.000000000000000001"),
    ],
)
def test_figures_for_people(quantity: str, places: int | None, text: str) -> None:
    """Thin spaces between thousands, at least two decimals, every digit kept."""
    assert format_quantity(Decimal(quantity), places=places) == text


@given(st.lists(QUANTITIES, max_size=20))
def test_sums_are_exact(quantities: list[Decimal]) -> None:
    """Added as fractions, the sum is the same."""
    assert Fraction(exact_sum(quantities)) == sum(map(Fraction, quantities))


def test_sums_of_very_different_sizes_keep_the_small_part() -> None:
    """The usual 28 digits would drop it."""
    total = exact_sum([Decimal(10) ** 30, Decimal("0.000000000001")])

    assert plain_text(total) == "1000000000000000000000000000000.000000000001"


def test_an_amount_is_written_with_its_asset() -> None:
    """Figure, space, asset."""
    assert str(Amount(Decimal("0.5"), Asset("BTC"))) == "0.50 BTC"
