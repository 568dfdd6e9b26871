"""The driver of a feed: it belongs to one environment and stays there."""

import ssl

import pytest

from kraken_desk.domain.errors import EnvironmentSealError
from kraken_desk.domain.keys import Venue
from kraken_desk.exchange.feed_driver import FeedDriver, FeedPlan
from kraken_desk.exchange.feed_protocol import Dialect
from tests.helpers.builders import LAB
from tests.helpers.fakes import FakeClock


async def nobody(_challenge: str = "") -> str:
    raise AssertionError("nothing is asked of a key")


async def no_dialect() -> Dialect:
    raise AssertionError("nothing is connected")


async def no_tls() -> ssl.SSLContext:
    raise AssertionError("nothing is connected")


@pytest.mark.parametrize("url", ["wss://ws-auth.kraken.com/v2", "ws://127.0.0.1:3/v2", "not an address"])
def test_a_feed_outside_its_environment_is_refused(url: str) -> None:
    """Before a connection is made or a token asked for, whatever the plan says."""
    plan = FeedPlan(Venue.SPOT, url, no_dialect, nobody)

    with pytest.raises(EnvironmentSealError):
        FeedDriver(LAB, plan, clock=FakeClock(), user_agent="test", tls=no_tls)
