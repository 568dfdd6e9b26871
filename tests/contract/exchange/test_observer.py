"""Looking at a key never breaks it: bots of every nonce scale go on as if nobody had looked."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import urllib.request
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest

from kraken_desk.domain.clients import scale_of
from kraken_desk.domain.errors import NonceStaleError
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.nonces import Usability, fingerprint, outlook
from kraken_desk.domain.secrets import ApiSecret
from kraken_desk.domain.signer import Signer
from kraken_desk.exchange.key_channel import KeyChannel
from kraken_desk.exchange.rate_budget import RateBudgets
from kraken_desk.exchange.spot.gateway import SpotGateway
from tests.contract.exchange.conftest import DEMO, Stage
from tests.helpers.fakes import FakeClock
from tests.unit.exchange.fakes import FakeNonces, RecordingGuard, RecordingSleep

CLIENTS = [
    "hummingbot",
    "ccxt",
    "api-go",
    "node-microseconds",
    "python-kraken-sdk",
    "kraken.net",
    "kraken-cli",
]
BALANCE = "/0/private/Balance"


class Bot:
    """A bot with a signature of its own and the nonces of its client; every call is two seconds later."""

    def __init__(self, stage: Stage, name: str, client: str) -> None:
        self.key = stage.key(name)
        self.client = client
        self.clock = FakeClock(datetime.now(UTC))
        self._stage = stage
        self._last = 0
        held = stage.world.keys.spot[self.key["api_key"]]
        held.nonce = held.nonce_window = 0
        self.held: Any = held

    async def call(self) -> list[str]:
        """Make one signed call and return Kraken's errors."""
        self.pause()
        self._last = max(scale_of(self.client).at(self.clock.now()), self._last + 1)
        return await self.send(self._last)

    async def send(self, nonce: int) -> list[str]:
        return await asyncio.to_thread(self._send, str(nonce))

    def pause(self) -> None:
        self.clock.move(seconds=2)
        self.advance(2)

    def advance(self, seconds: float) -> None:
        """Move Kraken's clock."""
        self._stage.world.clock.advance(seconds)

    def _send(self, nonce: str) -> list[str]:
        body = urlencode({"nonce": nonce}).encode()
        digest = BALANCE.encode() + hashlib.sha256(nonce.encode() + body).digest()
        secret = base64.b64decode(self.key["api_secret"])
        sign = base64.b64encode(hmac.new(secret, digest, hashlib.sha512).digest()).decode()
        request = urllib.request.Request(self._stage.told["spot_url"] + BALANCE, body)
        request.add_header("API-Key", self.key["api_key"])
        request.add_header("API-Sign", sign)
        with urllib.request.urlopen(request, timeout=10) as reply:
            errors: list[str] = json.loads(reply.read())["error"]
        return errors


class Observer:
    """The desk, which declares the bot's client and checks at its scale."""

    def __init__(self, stage: Stage, bot: Bot, client: str) -> None:
        self.bot = bot
        clock = bot.clock
        channel = KeyChannel(
            DEMO,
            transport=stage.transport,
            nonces=FakeNonces(),
            guard=RecordingGuard(),
            clock=clock,
            budgets=RateBudgets(clock, spot_tier="pro"),
        )
        self.gateway = SpotGateway(
            stage.environment, transport=stage.transport, channel=channel, clock=clock, sleep=RecordingSleep()
        )

        async def source() -> ApiSecret:
            return ApiSecret(bot.key["api_secret"])

        self.signer = Signer(DEMO, Venue.SPOT, bot.key["api_key"], client, source)

    async def check(self) -> int:
        """Check in the idle gap, and return the nonce that Kraken reports."""
        self.bot.pause()
        nonce = (await self.gateway.check_key(self.signer)).nonce
        assert isinstance(nonce, int)
        return nonce

    async def look(self, count_from: int) -> int:
        """Check with the nonce after the last known one, and return what Kraken reports."""
        self.bot.pause()
        counting = replace(self.signer, count_from=count_from)
        nonce = (await self.gateway.check_key(counting)).nonce
        assert isinstance(nonce, int)
        return nonce


@pytest.fixture
async def still(stage: Stage) -> Stage:
    """The local exchange with a clock that only the bots move."""
    stage.world.clock.freeze()
    return stage


@pytest.mark.parametrize("client", CLIENTS)
async def test_a_hundred_checks_in_idle_gaps_disturb_no_bot(still: Stage, client: str) -> None:
    """After every check the bot's next call passes, and no check failed either."""
    bot = Bot(still, "mm-bot-1", client)
    observer = Observer(still, bot, client)
    refused = []

    for _ in range(100):
        refused += await bot.call()
        nonce = await observer.check()
        refused += await bot.call()

    assert refused == []
    found = fingerprint(nonce, bot.clock.now())
    assert found.scale == scale_of(client)
    assert client in found.clients


async def test_a_wrong_declaration_costs_one_failed_call_and_no_nonce(still: Stage) -> None:
    """A bot of a larger scale is found out by one refusal, and goes on unharmed."""
    bot = Bot(still, "mm-bot-1", "kraken-cli")
    observer = Observer(still, bot, "ccxt")
    before = await bot.call()
    reached = bot.held.nonce

    with pytest.raises(NonceStaleError):
        await observer.check()

    assert bot.held.nonce == reached
    assert outlook(reached, 0, "ccxt", bot.clock.now()).usability is Usability.DEAD
    assert (before, await bot.call()) == ([], [])


async def test_a_counted_look_finds_a_straggler_by_one_refused_call(still: Stage) -> None:
    """Looks that count on are accepted while the bot is quiet, and its next call makes one fail."""
    bot = Bot(still, "mm-bot-1", "ccxt")
    observer = Observer(still, bot, "ccxt")
    await bot.call()
    baseline = await observer.check()

    first = await observer.look(baseline + 1)
    second = await observer.look(first + 1)
    straggled = await bot.call()
    with pytest.raises(NonceStaleError):
        await observer.look(second + 1)

    assert (first, second) == (baseline + 1, baseline + 2)
    assert (straggled, await bot.call()) == ([], [])


async def test_a_check_at_too_large_a_scale_is_what_breaks_a_bot(still: Stage) -> None:
    """The danger is real: one check above the bot's scale, and the bot is refused from then on."""
    bot = Bot(still, "mm-bot-1", "ccxt")
    before = await bot.call()
    await Observer(still, bot, "kraken-cli").check()
    bot.clock.move(days=365)

    assert before == []
    assert await bot.call() == ["EAPI:Invalid nonce"]
