"""A running local exchange with the client's gateways connected to it, per test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from kraken_desk.domain.environments import Environment, EnvironmentKind, EnvironmentName
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.secrets import ApiSecret
from kraken_desk.domain.signer import Signer
from kraken_desk.exchange.aiohttp_transport import Timeouts
from kraken_desk.exchange.futures.gateway import FuturesGateway
from kraken_desk.exchange.key_channel import KeyChannel
from kraken_desk.exchange.rate_budget import RateBudgets
from kraken_desk.exchange.spot.gateway import SpotGateway
from kraken_desk.exchange.transport import HttpTransport
from kraken_desk.simulator import Simulator
from tests.unit.exchange.fakes import FakeNonces, RecordingGuard, RecordingSleep

DEMO = EnvironmentName("demo")
UNDECLARED = {"basis-recon": "node-microseconds"}
"""A demo key whose client nobody declared; its nonces are in microseconds."""


class SystemClock:
    """The machine's time: the local exchange runs on it too."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class Stage:
    """The local exchange and both gateways; retries take no time."""

    simulator: Simulator
    guard: RecordingGuard = field(default_factory=RecordingGuard)
    nonces: FakeNonces = field(default_factory=FakeNonces)

    def __post_init__(self) -> None:
        self.told: dict[str, Any] = dict(self.simulator.description)
        self.clock = clock = SystemClock()
        self.environment = environment = Environment(
            DEMO,
            EnvironmentKind.DEMO,
            self.told["spot_url"],
            self.told["spot_ws_url"],
            self.told["futures_url"],
            self.told["futures_ws_url"],
        )
        self.transport = HttpTransport(
            environment, clock=clock, user_agent="KrakenDesk/test", timeouts=Timeouts(read=10.0)
        )
        self.channel = channel = KeyChannel(
            DEMO,
            transport=self.transport,
            nonces=self.nonces,
            guard=self.guard,
            clock=clock,
            budgets=RateBudgets(clock, spot_tier="pro"),
        )
        sleep = RecordingSleep()
        self.spot = SpotGateway(
            environment, transport=self.transport, channel=channel, clock=clock, sleep=sleep
        )
        self.futures = FuturesGateway(
            environment, transport=self.transport, channel=channel, clock=clock, sleep=sleep
        )

    @property
    def world(self) -> Any:  # the simulator is another program to this suite
        return self.simulator.world

    def account(self, label: str) -> dict[str, Any]:
        return next(account for account in self.told["accounts"] if account["label"] == label)

    def key(self, name: str) -> dict[str, Any]:
        return next(
            key for account in self.told["accounts"] for key in account["keys"] if key["name"] == name
        )

    def signer(self, name: str, *, venue: Venue | None = None, secret: str | None = None) -> Signer:
        """Return a signer for a demo key by its name, with the client library that its bot uses."""
        key = self.key(name)
        client = key.get("client") or UNDECLARED.get(name, "kraken-desk")
        text = secret or key["api_secret"]

        async def source() -> ApiSecret:
            return ApiSecret(text)

        return Signer(DEMO, venue or Venue(key["venue"]), key["api_key"], client, source)

    def calls(self, path: str) -> int:
        return sum(request.path == path for request in self.world.requests.since(0))

    def verdicts(self, path: str) -> list[str]:
        return [request.verdict for request in self.world.requests.since(0) if request.path == path]


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    simulator = await Simulator.start(population="demo", seed=7)
    stage = Stage(simulator)
    try:
        yield stage
    finally:
        await stage.transport.close()
        await simulator.stop()
