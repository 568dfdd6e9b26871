"""The factory of the package, and that its heavy libraries wait for it."""

from __future__ import annotations

import subprocess
import sys

import pytest

import kraken_desk.exchange
from kraken_desk.domain.environments import PRODUCTION, UAT
from kraken_desk.domain.errors import UnreachableError
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.rate_state import RateState
from kraken_desk.exchange import create_gateways
from kraken_desk.exchange.access import USER_AGENT
from kraken_desk.exchange.spot.gateway import BALANCE_EX
from kraken_desk.services.ports import ExchangeGateway
from tests.unit.exchange.fakes import FakeClock, FakeNonces, RecordingGuard, a_signer


async def test_an_environment_gets_a_gateway_per_venue() -> None:
    """Production has Spot and Futures; each satisfies the services' port and says which it is."""
    access = create_gateways(PRODUCTION, nonces=FakeNonces(), guard=RecordingGuard(), clock=FakeClock())

    gateways: dict[Venue, ExchangeGateway] = {**access.gateways}
    assert {venue: gateway.venue for venue, gateway in gateways.items()} == {
        Venue.SPOT: Venue.SPOT,
        Venue.FUTURES: Venue.FUTURES,
    }
    await access.close()


async def test_an_environment_without_futures_has_no_futures_gateway() -> None:
    """UAT is Spot only."""
    access = create_gateways(UAT, nonces=FakeNonces(), guard=RecordingGuard(), clock=FakeClock())

    assert list(access.gateways) == [Venue.SPOT]
    await access.close()


async def test_an_environment_without_websockets_has_no_feed() -> None:
    """UAT has no WebSocket address; asking for live figures says so."""
    access = create_gateways(UAT, nonces=FakeNonces(), guard=RecordingGuard(), clock=FakeClock())

    with pytest.raises(UnreachableError) as caught:
        access.feed(a_signer())
    await access.close()

    assert caught.value.title == "No live figures here"


async def test_the_state_of_the_rate_budget_is_visible() -> None:
    """What a key has used of its allowance can be asked for; a key that never called has used nothing."""
    access = create_gateways(
        UAT, nonces=FakeNonces(), guard=RecordingGuard(), clock=FakeClock(), spot_tier="pro"
    )
    signer = a_signer()
    before = access.rate_state(signer)
    await access.channel.budgets.wait(signer.fingerprint, BALANCE_EX)
    await access.close()

    assert before == ()
    assert access.rate_state(signer) == (RateState("spot", 1.0, 20, 1.0),)


def test_the_program_names_itself() -> None:
    """The User-Agent has the program's name and version."""
    assert USER_AGENT == "KrakenDesk/0.1.0"


def test_other_names_do_not_exist() -> None:
    """The late look-up answers for its two names only."""
    with pytest.raises(AttributeError, match="create_gate_ways"):
        _ = kraken_desk.exchange.create_gate_ways


def test_importing_the_package_imports_no_http_library() -> None:
    """Start-up may import the package and its types before the first paint without paying for HTTP."""
    code = (
        "import sys, kraken_desk.exchange, kraken_desk.exchange.seams, kraken_desk.exchange.operations;"
        "print([m for m in ('httpx', 'aiohttp', 'msgspec') if m in sys.modules])"
    )

    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert result.stdout.strip() == "[]"
