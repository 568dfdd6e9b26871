"""Values survive the way through text; damage is named, not guessed at."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.errors import StoreCorruptError
from kraken_desk.domain.reported import NOT_REPORTED
from kraken_desk.store import codec
from tests.contract.store.samples import PROBLEM, futures_info, spot_info


def test_times_are_utc_text_of_one_width() -> None:
    """Times of any zone become UTC with six decimals, so that text order is time order."""
    berlin = timezone(timedelta(hours=1))

    assert codec.time_text(datetime(2026, 11, 20, 13, 0, tzinfo=berlin)) == "2026-11-20T12:00:00.000000+00:00"
    assert codec.time_from("2026-11-20T12:00:00.000001+00:00") == datetime(
        2026, 11, 20, 12, 0, 0, 1, tzinfo=UTC
    )


def test_time_without_zone_is_refused() -> None:
    """A naive time is a mistake on the way in and damage on the way out."""
    with pytest.raises(ValueError, match="without zone"):
        codec.time_text(datetime(2026, 11, 20))  # noqa: DTZ001  # the mistake under test
    with pytest.raises(ValueError, match="no zone"):
        codec.time_from("2026-11-20T12:00:00")


@pytest.mark.parametrize(
    ("quantity", "text"),
    [
        ("1E+3", "1000"),
        ("1E-10", "0.0000000001"),
        ("1.50", "1.50"),
        ("123456789012345678901234567890.123456789", "123456789012345678901234567890.123456789"),
    ],
)
def test_quantities_are_plain_digits(quantity: str, text: str) -> None:
    """No exponent, no rounding, and the value comes back exactly."""
    assert codec.quantity_text(Decimal(quantity)) == text
    assert codec.quantity_from(text) == Decimal(quantity)


@pytest.mark.parametrize("nothing", ["NaN", "Infinity", "-Infinity", "sNaN"])
def test_no_number_is_no_quantity(nothing: str) -> None:
    """NaN and infinity are refused both ways."""
    with pytest.raises(ValueError, match="no number"):
        codec.quantity_text(Decimal(nothing))
    with pytest.raises(ValueError, match="no number"):
        codec.quantity_from(nothing)


def test_unreported_differs_from_null() -> None:
    """In the stored text a field that Kraken does not report is an object, “never” is null."""
    stored = json.loads(codec.info_text(spot_info()) or "")

    assert stored["modified_time"] == {"not_reported": True}
    assert stored["last_used"] is None
    assert stored["nonce_window"] == 0
    assert codec.info_from(json.dumps(stored)) == spot_info()


def test_facts_of_a_futures_key_survive() -> None:
    """The Futures form of permissions and its unreported fields come back as they were."""
    restored = codec.info_from(codec.info_text(futures_info()))

    assert restored == futures_info()
    assert restored is not None
    assert restored.ip_allowlist is NOT_REPORTED


def test_open_allowlist_differs_from_an_unreported_one() -> None:
    """An empty allowlist stays an allowlist."""
    open_info = spot_info(ip_allowlist=IpAllowlist())

    assert codec.info_from(codec.info_text(open_info)) == open_info


def test_absence_stays_absence() -> None:
    """No problem and no facts are NULL."""
    assert codec.problem_text(None) is None
    assert codec.problem_from(None) is None
    assert codec.info_text(None) is None
    assert codec.info_from(None) is None


def test_problem_survives() -> None:
    """A problem keeps all texts, Kraken's own among them."""
    assert codec.problem_from(codec.problem_text(PROBLEM)) == PROBLEM


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"category":"x"}', '{"category":"a","title":"b","detail":"","hint":"","kraken":3}'],
)
def test_unreadable_problem_is_damage(text: str) -> None:
    """A stored problem of another shape raises StoreCorruptError with the place, not a guess."""
    with pytest.raises(StoreCorruptError) as caught, codec.reading("a key check"):
        codec.problem_from(text)

    assert "a key check" in caught.value.detail
