"""What the variables may say, and what may be called at all."""

from __future__ import annotations

import socket

import pytest

from kraken_desk.domain.keys import Venue
from tests.contract.live.settings import Pair, live_settings
from tests.contract.live.shapes import differences, shape_of
from tests.contract.live.sides import simulated

SPOT = {"KRAKEN_DESK_LIVE_SPOT_KEY": "k", "KRAKEN_DESK_LIVE_SPOT_SECRET": "s"}


def test_without_variables_there_is_nothing_to_read() -> None:
    """No key, no live half."""
    assert live_settings({}).pairs == {}


def test_a_pair_is_read_with_its_client() -> None:
    """Key, secret and client library of the Spot key are taken, in production unless told otherwise."""
    found = live_settings({**SPOT, "KRAKEN_DESK_LIVE_SPOT_CLIENT": "ccxt"})

    assert found.pairs == {Venue.SPOT: Pair("k", "s", "ccxt")}
    assert found.environment.name == "production"


@pytest.mark.parametrize(
    "variables",
    [
        {"KRAKEN_DESK_LIVE_SPOT_KEY": "k"},
        {"KRAKEN_DESK_LIVE_FUTURES_SECRET": "s"},
        {**SPOT, "KRAKEN_DESK_LIVE_SPOT_CLIENT": "no such client"},
        {**SPOT, "KRAKEN_DESK_LIVE_ENVIRONMENT": "elsewhere"},
    ],
)
def test_unclear_variables_are_refused(variables: dict[str, str]) -> None:
    """Half a pair or an unknown name stops the run instead of reading something else."""
    with pytest.raises(ValueError, match="KRAKEN_DESK_LIVE_"):
        live_settings(variables)


async def test_nothing_but_reading_calls_leaves() -> None:
    """A call that could change something is stopped before it is sent."""
    async with simulated() as side:
        with pytest.raises(AssertionError, match="does not only read"):
            await side.answers.send("POST", "https://api.kraken.com/0/private/AccountTransfer")


def test_members_keyed_by_data_are_compared_as_one() -> None:
    """Other assets are no difference; another type of figure is."""
    one = shape_of(b'{"error": [], "result": {"XXBT": {"balance": "1.5"}}}', "BalanceEx")
    other = shape_of(b'{"error": [], "result": {"ZUSD": {"balance": 2}, "DOT": {"balance": 1}}}', "BalanceEx")

    assert differences("BalanceEx", one, one) == []
    assert differences("BalanceEx", one, other) == [
        "BalanceEx: result.*.balance: simulator number as text, live number"
    ]


def test_an_empty_container_hides_no_field() -> None:
    """What an empty list or object would have held is not called missing."""
    full = shape_of(b'{"logs": [{"id": 1}]}', "account-log")
    empty = shape_of(b'{"logs": []}', "account-log")

    assert differences("account-log", full, empty) == []


def test_the_network_stays_closed_to_the_other_half() -> None:
    """Only tests that read a real environment may reach beyond this machine."""
    with socket.socket() as far, pytest.raises(AssertionError, match="tried to reach"):
        far.connect(("192.0.2.1", 9))
