"""What a nonce tells about a key's past and its future."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from kraken_desk.domain.clients import CLIENTS
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.nonces import (
    Usability,
    clients_of,
    fingerprint,
    outlook,
    seconds_in,
    span_text,
    ticks_in,
)

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
NONCES = {
    "hummingbot": 1_795_176_000,
    "ccxt": 1_795_176_000_000,
    "api-go": 1_795_176_000_123,
    "node-microseconds": 1_795_176_000_000_000,
    "python-kraken-sdk": 179_517_600_000_000_000,
    "kraken.net": 639_307_728_000_000_000,
    "kraken-cli": 1_795_176_000_000_000_000,
}
"""What each client would send at NOW."""


@pytest.mark.parametrize(
    ("client", "unit", "digits"),
    [
        ("hummingbot", "seconds", 10),
        ("ccxt", "milliseconds", 13),
        ("api-go", "milliseconds", 13),
        ("node-microseconds", "microseconds", 16),
        ("python-kraken-sdk", "10 ns", 18),
        ("kraken.net", "100 ns since year 1", 18),
        ("kraken-cli", "nanoseconds", 19),
    ],
)
def test_a_nonce_names_its_scale_and_clients(client: str, unit: str, digits: int) -> None:
    """The scale is the one at which the number means the present."""
    found = fingerprint(NONCES[client], NOW)

    assert found.scale is not None
    assert (found.scale.name, found.digits) == (unit, digits)
    assert client in found.clients
    assert found.means is not None
    assert abs(found.means - NOW) < timedelta(seconds=1)
    assert not found.ahead_of_clock


def test_an_old_nonce_still_names_its_scale() -> None:
    """A key that has been quiet for years keeps its scale."""
    found = fingerprint(1_500_000_000_000, NOW)

    assert found.scale is not None
    assert found.scale.name == "milliseconds"
    assert found.means == datetime(2017, 7, 14, 2, 40, tzinfo=UTC)


def test_a_counter_ahead_of_the_clock_is_noticed() -> None:
    """A nonce of two hours from now was no clock's, and its lead is told."""
    found = fingerprint(NONCES["ccxt"] + 7_200_000, NOW)

    assert found.ahead_of_clock
    assert found.ahead == timedelta(hours=2)


@pytest.mark.parametrize("nonce", [0, 1, 4_711, 17_951_760_000_001_234, 2**64 - 1])
def test_what_is_no_clock_is_not_guessed(nonce: int) -> None:
    """A plain counter or a scale of its own has no unit we know."""
    found = fingerprint(nonce, NOW)

    assert (found.scale, found.clients, found.means) == (None, (), None)


def test_moving_to_a_larger_scale_is_possible_and_back_is_not() -> None:
    """Every client can follow one of a smaller scale, and none one of a larger."""
    order = ["hummingbot", "ccxt", "node-microseconds", "python-kraken-sdk", "kraken.net", "kraken-cli"]
    for place, earlier in enumerate(order):
        for later in order[place + 1 :]:
            assert outlook(NONCES[earlier], 0, later, NOW).usability is Usability.RAISES
            assert outlook(NONCES[later], 0, earlier, NOW).usability is Usability.DEAD


def test_the_same_scale_works_with_its_headroom() -> None:
    """A key last used 90 seconds ago leaves a millisecond client 90,000 ticks."""
    found = outlook(NONCES["ccxt"] - 90_000, 0, "freqtrade", NOW)

    assert (found.usability, found.headroom, found.free_at) == (Usability.USABLE, 90_000, None)
    assert found.works


def test_a_counter_ahead_is_caught_up_by_the_clock() -> None:
    """The client can use the key again once its clock is past the counter."""
    found = outlook(NONCES["ccxt"] + 7_200_000, 0, "ccxt", NOW)

    assert found.usability is Usability.AHEAD
    assert found.free_at == NOW + timedelta(hours=2, milliseconds=1)
    assert not found.works


def test_the_window_counts_as_headroom() -> None:
    """A nonce below the highest is accepted when it lies within the window."""
    nonce = NONCES["ccxt"] + 4_000

    assert outlook(nonce, 0, "ccxt", NOW).usability is Usability.AHEAD
    assert outlook(nonce, 5_000, "ccxt", NOW).headroom == 1_000


@pytest.mark.parametrize(
    ("client", "ticks"),
    [
        ("hummingbot", 10),
        ("krakenex", 10_000),
        ("api-go", 10_000),
        ("node-microseconds", 10_000_000),
        ("python-kraken-sdk", 1_000_000_000),
        ("kraken.net", 100_000_000),
        ("kraken-cli", 10_000_000_000),
    ],
)
def test_ten_seconds_in_every_client(client: str, ticks: int) -> None:
    """The table of windows, and back."""
    assert ticks_in(Decimal(10), client) == ticks
    assert seconds_in(ticks, client) == Decimal(10)


def test_a_window_is_rounded_up() -> None:
    """A window that is too short by a fraction would refuse the call it was made for."""
    assert ticks_in(Decimal("1.5"), "hummingbot") == 2


@pytest.mark.parametrize("seconds", ["-1", "NaN", "Infinity", "1e30"])
def test_impossible_spans_are_refused(seconds: str) -> None:
    """No window is negative, endless or beyond 64 bits."""
    with pytest.raises(InputError):
        ticks_in(Decimal(seconds), "kraken-cli")


def test_impossible_windows_are_refused() -> None:
    """A window is an unsigned 64-bit number."""
    for ticks in (-1, 2**64):
        with pytest.raises(InputError):
            seconds_in(ticks, "ccxt")


@pytest.mark.parametrize(
    ("ticks", "client", "text"),
    [
        (5_000, "kraken.net", "0.5 ms"),
        (5_000, "ccxt", "5 s"),
        (5_000, "kraken-cli", "5 µs"),
        (5_000, "hummingbot", "1.39 h"),
        (90, "hummingbot", "1.5 min"),
        (1, "kraken-cli", "1 ns"),
        (0, "ccxt", "0 s"),
    ],
)
def test_a_window_is_told_in_time(ticks: int, client: str, text: str) -> None:
    """The same number is a blink for one client and an hour for another."""
    assert span_text(seconds_in(ticks, client)) == text


def test_every_client_has_a_scale_of_its_own_or_shares_it() -> None:
    """No client but the desk's own is missing from the clients of its scale."""
    assert {name for scale in CLIENTS.values() for name in clients_of(scale)} == set(CLIENTS) - {
        "kraken-desk"
    }
