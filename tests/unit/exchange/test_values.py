"""Single values off the wire, in all the spellings Kraken uses."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from kraken_desk.exchange.values import (
    WireError,
    iso_moment,
    moment,
    quantity,
    strings,
    text_or,
    unix_moment,
    unix_seconds,
    whole_number,
)


@pytest.mark.parametrize(
    "text", ["3.46E-9", "0", "-0.0009056832839642471", "1E+20", "12345678901234.123456789"]
)
def test_quantities_pass_unchanged(text: str) -> None:
    """A usable quantity keeps every digit."""
    assert str(quantity(Decimal(text))) == text


@pytest.mark.parametrize(
    "text", ["NaN", "sNaN", "Infinity", "-Infinity", "1E+999999", "1E-31", "1E+25", "0E+99", "0E-99"]
)
def test_absurd_quantities_are_refused(text: str) -> None:
    """What exact arithmetic could not carry is no quantity."""
    with pytest.raises(WireError):
        quantity(Decimal(text))


@pytest.mark.parametrize("value", [15, "15", " 15 ", Decimal(15), Decimal("15.0")])
def test_whole_numbers_are_read_from_number_and_text(value: object) -> None:
    """An integer is one in every spelling."""
    assert whole_number(value) == 15


@pytest.mark.parametrize(
    "value", [True, None, "", "1.5", "0x10", "٣", Decimal("1.5"), Decimal("NaN"), [], "9" * 41]
)
def test_other_values_are_no_whole_numbers(value: object) -> None:
    """Booleans, fractions, foreign digits and monsters are refused."""
    with pytest.raises(WireError):
        whole_number(value)


@pytest.mark.parametrize("value", [1772627061, "1772627061", Decimal("1772627061.25"), "1772627061.25"])
def test_unix_times_are_read_exactly(value: object) -> None:
    """UNIX seconds with or without fraction become an aware time."""
    found = unix_moment(value)

    assert found is not None
    assert found.replace(microsecond=0) == datetime(2026, 3, 4, 12, 24, 21, tzinfo=UTC)
    assert found.microsecond in (0, 250_000)


@pytest.mark.parametrize("value", [0, "0", None, "", Decimal(0)])
def test_no_time_is_none(value: object) -> None:
    """Zero, null and empty text mean that there is none."""
    assert unix_moment(value) is None


@pytest.mark.parametrize("value", [True, -1, "soon", 10**12, "1e9", [], Decimal("Infinity")])
def test_other_values_are_no_times(value: object) -> None:
    """Negative, remote and worded times are refused."""
    with pytest.raises(WireError):
        unix_moment(value)


def test_seconds_and_moments_are_inverse() -> None:
    """A time with microseconds survives the way to seconds and back."""
    when = datetime(2026, 11, 20, 12, 0, 0, 123456, tzinfo=UTC)

    assert unix_seconds(when) == Decimal("1795176000.123456")
    assert moment(unix_seconds(when)) == when


@pytest.mark.parametrize(
    ("text", "microsecond"),
    [
        ("2024-05-03T13:15:34Z", 0),
        ("2024-05-03T13:15:34.1Z", 100_000),
        ("2024-05-03T13:15:34.123Z", 123_000),
        ("2024-05-03T13:15:34.123456789Z", 123_456),
        ("2024-05-03T13: 15: 34.100Z", 100_000),
        ("2024-05-03 13:15:34+00:00", 0),
    ],
)
def test_iso_times_have_any_number_of_digits(text: str, microsecond: int) -> None:
    """Zero to nine fraction digits, and the stray spaces of one documented sample, are read."""
    assert iso_moment(text) == datetime(2024, 5, 3, 13, 15, 34, microsecond, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "today", "2024-13-03T13:15:34Z", "2024-05-03T13:15:34+02:00", 5, None])
def test_other_texts_are_no_iso_times(text: object) -> None:
    """Wrong dates, other zones and other types are refused."""
    with pytest.raises(ValueError):  # noqa: PT011  # WireError, or datetime's own ValueError
        iso_moment(text)


def test_lists_of_texts_drop_empty_ones() -> None:
    """`[""]` is how an empty allowlist was seen."""
    assert strings([""]) == ()
    assert strings(None) == ()
    assert strings(["10.0.0.1", " 10.0.0.2 "]) == ("10.0.0.1", "10.0.0.2")
    with pytest.raises(WireError):
        strings("10.0.0.1")
    with pytest.raises(WireError):
        strings([1])


def test_texts_are_texts() -> None:
    """Null becomes the replacement; a number is no text."""
    assert (text_or("a"), text_or(None), text_or(None, "-")) == ("a", "", "-")
    with pytest.raises(WireError):
        text_or(1)
