"""Exact JSON text."""

from decimal import Decimal

import pytest

from kraken_desk.simulator.jsontext import JsonValue, as_double, parse, places, render


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("3.46E-9"), "3.46e-9"),
        (Decimal("0.00000000346"), "3.46e-9"),
        (Decimal("0.0000001"), "1e-7"),
        (Decimal("0.000001"), "0.000001"),
        (Decimal("1688464484.1787"), "1688464484.1787"),
        (Decimal("1790000000.0000"), "1790000000.0000"),
        (Decimal("-1E+3"), "-1000"),
        (Decimal(0), "0"),
        ({"a": [1, True, None, "ü\n"]}, '{"a":[1,true,null,"ü\\n"]}'),
        ([], "[]"),
    ],
)
def test_values_are_written_exactly(value: JsonValue, text: str) -> None:
    """Decimals keep their digits; tiny ones get an exponent as Kraken writes it."""
    assert render(value) == text


@pytest.mark.parametrize(
    ("amount", "text"),
    [("5000", "5000.0"), ("5E+3", "5000.0"), ("0.06616863739", "0.06616863739"), ("0", "0"), ("1.50", "1.5")],
)
def test_doubles_have_a_point(amount: str, text: str) -> None:
    """Whole amounts are written with one decimal, zero bare."""
    assert render(as_double(Decimal(amount))) == text


@pytest.mark.parametrize(
    ("amount", "count"),
    [("1.50", 1), ("100", 0), ("0.00", 0), ("1E-10", 10), ("0." + "0" * 60 + "1", 61), ("1E+5", 0)],
)
def test_informative_decimals_are_counted(amount: str, count: int) -> None:
    """Trailing zeros do not count, and any number of digits is handled."""
    assert places(Decimal(amount)) == count


def test_reading_keeps_numbers_exact() -> None:
    """Numbers with a point become Decimal; constants that are not JSON are refused."""
    assert parse('{"a":0.1}') == {"a": Decimal("0.1")}
    with pytest.raises(ValueError, match="NaN"):
        parse("NaN")
