"""A side of the comparison: gateways with signers on one environment, and the shapes of its answers."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from kraken_desk.domain.environments import Environment, EnvironmentKind
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.secrets import ApiSecret
from kraken_desk.domain.signer import Signer
from kraken_desk.exchange.access import USER_AGENT
from kraken_desk.exchange.futures.gateway import FuturesGateway
from kraken_desk.exchange.key_channel import KeyChannel
from kraken_desk.exchange.rate_budget import RateBudgets
from kraken_desk.exchange.seams import Confirm, Guard, Reply, Transport
from kraken_desk.exchange.spot.gateway import SpotGateway
from kraken_desk.exchange.transport import HttpTransport
from kraken_desk.services.guard import LockoutGuard
from kraken_desk.simulator import Simulator
from tests.contract.exchange.conftest import DEMO, SystemClock
from tests.contract.live.settings import Pair, live_settings
from tests.contract.live.shapes import Shape, merged, shape_of
from tests.helpers.fakes import FakeGuardStore
from tests.unit.exchange.fakes import FakeNonces

LIVE = live_settings()

GUARD = LockoutGuard(FakeGuardStore(), SystemClock())
"""One for the whole run: a key that the real environment refuses once is left alone from then on."""

SIMULATED_KEYS = {Venue.SPOT: "desk monitor", Venue.FUTURES: "futures desk"}

READING = re.compile(
    r"/0/private/(GetApiKeyInfo|BalanceEx|Ledgers|TradeVolume)|/0/public/(SystemStatus|Time|Assets)"
    r"|/api/auth/v1/api-keys/v3/check|/api/history/v3/account-log"
    r"|/derivatives/api/v3/(accounts|subaccounts|instruments/\w+/status)"
)
"""Everything that these tests may call: calls that only read."""


class ReadingOnly:
    """Lets reading calls through, and keeps the shapes of their answers by the call's last word."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.shapes: dict[str, Shape] = {}

    def slot(self) -> AbstractAsyncContextManager[None]:
        return self._transport.slot()

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: dict[str, str] | None = None,
        content: bytes = b"",
        fresh: bool = False,
        leaving: Confirm | None = None,
    ) -> Reply:
        path = urlsplit(url).path
        assert READING.fullmatch(path), f"{path} does not only read"
        reply = await self._transport.send(
            method, url, headers=headers, content=content, fresh=fresh, leaving=leaving
        )
        if reply.status == 200:
            name = path.rsplit("/", 1)[1]
            self.shapes[name] = merged(self.shapes.get(name, {}), shape_of(reply.body, name))
        return reply


@dataclass
class Side:
    """The gateways of an environment and a signer per venue for which there is a key."""

    name: str
    gateways: dict[Venue, SpotGateway | FuturesGateway]
    signers: dict[Venue, Signer]
    answers: ReadingOnly


@asynccontextmanager
async def simulated(**switches: object) -> AsyncIterator[Side]:
    """A local exchange with the demo's keys, its switches in other positions if wanted."""
    simulator = await Simulator.start(population="demo", seed=7)
    try:
        for name, position in switches.items():
            simulator.world.switches.set(name, position)
        told: dict[str, Any] = dict(simulator.description)
        keys = {key["name"]: key for account in told["accounts"] for key in account["keys"]}
        pairs = {v: Pair(keys[n]["api_key"], keys[n]["api_secret"]) for v, n in SIMULATED_KEYS.items()}
        environment = Environment(
            DEMO, EnvironmentKind.DEMO, spot_url=told["spot_url"], futures_url=told["futures_url"]
        )
        guard = LockoutGuard(FakeGuardStore(), SystemClock())
        async with _connected("simulator", environment, pairs, guard) as side:
            yield side
    finally:
        await simulator.stop()


@asynccontextmanager
async def live_side() -> AsyncIterator[Side]:
    """The environment whose keys were supplied."""
    async with _connected("live", LIVE.environment, LIVE.pairs, GUARD) as side:
        yield side


@asynccontextmanager
async def _connected(
    name: str, environment: Environment, pairs: dict[Venue, Pair], guard: Guard
) -> AsyncIterator[Side]:
    clock = SystemClock()
    transport = HttpTransport(environment, clock=clock, user_agent=USER_AGENT)
    answers = ReadingOnly(transport)
    channel = KeyChannel(
        environment.name,
        transport=answers,
        nonces=FakeNonces(),
        guard=guard,
        clock=clock,
        budgets=RateBudgets(clock),
    )
    gateways: dict[Venue, SpotGateway | FuturesGateway] = {
        Venue.SPOT: SpotGateway(environment, transport=answers, channel=channel, clock=clock),
        Venue.FUTURES: FuturesGateway(environment, transport=answers, channel=channel, clock=clock),
    }
    signers = {venue: _signer(environment, venue, pair) for venue, pair in pairs.items()}
    try:
        yield Side(name, gateways, signers, answers)
    finally:
        await transport.close()


def _signer(environment: Environment, venue: Venue, pair: Pair) -> Signer:
    async def in_hand() -> ApiSecret:
        return ApiSecret(pair.secret)

    return Signer(environment.name, venue, pair.api_key, pair.client, in_hand)
