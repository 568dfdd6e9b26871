"""Bodies that only read: always against the local exchange, and against a real one when keys are given.

A real environment is chosen by environment variables, for a key of your own that may read only:
KRAKEN_DESK_LIVE_SPOT_KEY and KRAKEN_DESK_LIVE_SPOT_SECRET, KRAKEN_DESK_LIVE_FUTURES_KEY and
KRAKEN_DESK_LIVE_FUTURES_SECRET. The key must not belong to a process: each run spends nonces in
milliseconds. Where a body has to accept more from the real exchange, it says so.
"""

from __future__ import annotations

import os
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from kraken_desk.domain.environments import PRODUCTION, EnvironmentName
from kraken_desk.domain.keys import FuturesAccess, SpotPermissions, Venue
from kraken_desk.domain.money import Asset
from kraken_desk.domain.reported import NOT_REPORTED
from kraken_desk.domain.secrets import ApiSecret
from kraken_desk.domain.signer import Signer
from kraken_desk.exchange import create_gateways
from kraken_desk.exchange.access import Gateway
from kraken_desk.simulator import Simulator
from tests.contract.exchange.conftest import Stage, SystemClock
from tests.unit.exchange.fakes import FakeNonces, RecordingGuard

OPEN_CONNECT = socket.socket.connect, socket.socket.connect_ex
"""The sockets' own methods, before the guard of the tests closes them to everything but loopback."""

SIMULATED_KEYS = {Venue.SPOT: "desk monitor", Venue.FUTURES: "futures desk"}


@dataclass
class Reader:
    """A gateway with a key that may read."""

    gateway: Gateway
    signer: Signer


def live_signer(venue: Venue) -> Signer | None:
    prefix = f"KRAKEN_DESK_LIVE_{venue.name}"
    api_key, secret = os.environ.get(f"{prefix}_KEY"), os.environ.get(f"{prefix}_SECRET")
    if not api_key or not secret:
        return None

    async def source() -> ApiSecret:
        return ApiSecret(secret)

    return Signer(EnvironmentName("production"), venue, api_key, "kraken-desk", source)


def places() -> list[tuple[str, Venue]]:
    """Return the local exchange for both venues, and the real one where a key is given."""
    live = [("live", venue) for venue in Venue if live_signer(venue) is not None]
    return [("local", venue) for venue in Venue] + live


@pytest.fixture(params=places(), ids="-".join)
async def reader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Reader]:
    venue: Venue = request.param[1]
    signer = live_signer(venue) if request.param[0] == "live" else None
    if signer is not None:
        monkeypatch.setattr(socket.socket, "connect", OPEN_CONNECT[0])
        monkeypatch.setattr(socket.socket, "connect_ex", OPEN_CONNECT[1])
        access = create_gateways(PRODUCTION, nonces=FakeNonces(), guard=RecordingGuard(), clock=SystemClock())
        yield Reader(access.gateways[venue], signer)
        await access.close()
        return
    simulator = await Simulator.start(population="demo", seed=7)
    stage = Stage(simulator)
    yield Reader(stage.spot if venue is Venue.SPOT else stage.futures, stage.signer(SIMULATED_KEYS[venue]))
    await stage.transport.close()
    await simulator.stop()


async def test_a_key_describes_itself(reader: Reader) -> None:
    """The check answers with the key that signed, its rights and its account."""
    info = await reader.gateway.check_key(reader.signer)

    assert info.api_key == reader.signer.api_key
    assert isinstance(info.permissions, SpotPermissions | FuturesAccess)
    assert info.venue is reader.gateway.venue
    assert info.iiban is None or len(info.iiban) == 19


async def test_spot_reports_the_nonce_of_the_call(reader: Reader) -> None:
    """The reported nonce is at least the one that the check was signed with; Futures reports none."""
    info = await reader.gateway.check_key(reader.signer)

    if reader.gateway.venue is Venue.FUTURES:
        assert info.nonce is NOT_REPORTED
    else:
        assert isinstance(info.nonce, int)
        assert info.nonce >= reader.signer.scale.at(info.read_at - timedelta(seconds=60))


async def test_balances_are_finite_and_named(reader: Reader) -> None:
    """Every row has an asset, a wallet and an exact total; no two rows say the same place."""
    rows = await reader.gateway.balances(reader.signer)

    assert all(row.asset and row.wallet and row.total.is_finite() for row in rows)
    assert len({(row.asset, row.wallet, row.part) for row in rows}) == len(rows)


async def test_nothing_follows_the_newest_mark(reader: Reader) -> None:
    """Right after marking a ledger nothing new stands in it; a live account may have moved meanwhile."""
    mark = await reader.gateway.ledger_mark(reader.signer)
    rows = await reader.gateway.ledger_since(reader.signer, mark)

    assert len(rows) <= 5
    assert len({row.entry_id for row in rows}) == len(rows)


async def test_the_clocks_agree_roughly(reader: Reader) -> None:
    """The venue answers without a key, and its clock is within a minute of ours."""
    status = await reader.gateway.server_status()

    assert status.status
    assert status.offset_s is not None
    assert abs(status.offset_s) < 60


async def test_assets_resolve(reader: Reader) -> None:
    """Spot's public list has bitcoin under its wire name; Futures publishes none."""
    infos = {info.asset: info for info in await reader.gateway.assets()}

    if reader.gateway.venue is Venue.FUTURES:
        assert infos == {}
    else:
        assert infos[Asset("BTC")].wire_name == "XXBT"
        assert infos[Asset("BTC")].decimals == 10


async def test_facts_name_the_master_or_nothing(reader: Reader) -> None:
    """A key's place is told or left open, never contradicted."""
    facts = await reader.gateway.domain_facts(reader.signer)

    assert facts.is_master is not None or not facts.linked
