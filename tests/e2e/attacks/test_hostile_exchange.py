"""An exchange that lies, floods and sends elsewhere: typed errors, bounded memory, sealed secrets."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from aiohttp import web

from kraken_desk.domain.environments import Environment, EnvironmentKind, EnvironmentName
from kraken_desk.domain.errors import ExchangeError, OutcomeUnknownError
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.live import FeedState, LiveBalances
from kraken_desk.domain.money import Asset
from kraken_desk.domain.secrets import ApiSecret
from kraken_desk.domain.signer import Signer
from kraken_desk.domain.transfers import TransferOrder
from kraken_desk.exchange import create_gateways
from kraken_desk.exchange.access import ExchangeAccess
from kraken_desk.exchange.feed_protocol import MOST_ROWS
from tests.helpers.builders import a_public_key, a_secret
from tests.unit.exchange.raw_server import Exchange, RawServer, raw_server

ORDER = TransferOrder("AA1", "AA2", "spot", "spot", Asset("USD"), quantity=1)  # type: ignore[arg-type]  # any number will do
NAME = EnvironmentName("hostile")


class Now:
    """The wall clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class Leave:
    """Nonces and a guard that let every call through."""

    async def next_nonce(
        self, fingerprint: str, candidate: int, *, at: datetime | None = None, ahead: int = 0
    ) -> int:
        del fingerprint, at, ahead
        return candidate

    @asynccontextmanager
    async def admit(self, signer: Signer, *, asked: bool = False) -> AsyncIterator[Callable[[], None]]:
        del signer, asked
        yield lambda: None


async def _secret() -> ApiSecret:
    return a_secret()


def a_signer(venue: Venue) -> Signer:
    return Signer(NAME, venue, a_public_key(1), "", _secret)


@asynccontextmanager
async def access_to(server: RawServer) -> AsyncIterator[ExchangeAccess]:
    live = server.url.replace("http:", "ws:")
    environment = Environment(NAME, EnvironmentKind.CUSTOM, server.url, live, server.url, live)
    access = create_gateways(environment, nonces=Leave(), guard=Leave(), clock=Now())
    try:
        yield access
    finally:
        await access.close()
        await asyncio.sleep(0)


@pytest.mark.parametrize(
    "answer",
    [
        b'{"error":[' + b'"EAPI:Bad",' * 100_000 + b'"EX:Y"]}',
        b'{"error":["EGeneral:' + b"odd words " * 500_000 + b'"]}',
        b'{"error":[],"result":' + b"[" * 200_000 + b"]" * 200_000 + b"}",
        b'{"error":[],"result":{"permissions":["query-funds"],"nonce":1e999999999,"status":1e999999999}}',
        b'{"error":[],"result":{"permissions":["query-funds"],"nonce":' + b"9" * 100_000 + b',"status":9}}',
        b'{"error":[],"result":{"permissions":["query-funds"],"valid_until":NaN}}',
        b'{"error":[],"result":[' + b"1," * 1_000_000 + b"1]}",
    ],
    ids=["many errors", "a long error", "deep", "huge number", "long number", "nan", "wrong type"],
)
async def test_absurd_answers_become_short_errors_at_once(answer: bytes) -> None:
    """Whatever is in the answer, the loop goes on and the message fits a screen."""

    async def behave(exchange: Exchange) -> None:
        await exchange.answer(answer)

    longest = 0.0

    async def watch() -> None:
        nonlocal longest
        loop = asyncio.get_running_loop()
        while True:
            before = loop.time()
            await asyncio.sleep(0.005)
            longest = max(longest, loop.time() - before)

    async with raw_server(behave) as server, access_to(server) as access:
        watcher = asyncio.create_task(watch())
        with pytest.raises(ExchangeError) as read:
            await access.gateways[Venue.SPOT].check_key(a_signer(Venue.SPOT))
        with pytest.raises(OutcomeUnknownError):
            await access.gateways[Venue.SPOT].transfer(a_signer(Venue.SPOT), ORDER)
        watcher.cancel()

    assert longest < 2
    assert len(read.value.detail) < 1_000
    assert sum(map(len, read.value.kraken)) < 20_000


@pytest.mark.parametrize("status", ["failed", "rejected", "reversed"])
async def test_a_transfer_with_a_strange_status_is_not_confirmed(status: str) -> None:
    """Only a status that Kraken documents as good, or none, makes a transfer confirmed."""

    async def behave(exchange: Exchange) -> None:
        result = {"transfer_id": "TOH3AS2-LPCWR8-JDQGEU", "status": status}
        await exchange.answer(json.dumps({"error": [], "result": result}).encode())

    async with raw_server(behave) as server, access_to(server) as access:
        with pytest.raises(OutcomeUnknownError):
            await access.gateways[Venue.SPOT].transfer(a_signer(Venue.SPOT), ORDER)


async def test_a_feed_that_is_sent_elsewhere_does_not_go_there() -> None:
    """A redirect of the WebSocket would carry the token to another host, so it is refused."""

    async def elsewhere(exchange: Exchange) -> None:
        await exchange.answer()

    async with raw_server(elsewhere) as thief:

        async def behave(exchange: Exchange) -> None:
            if "GetWebSocketsToken" in exchange.head:
                await exchange.answer(json.dumps({"error": [], "result": {"token": "t"}}).encode())
            else:
                await exchange.answer(b"", "302 Found", f"Location: {thief.url}/v2")

        seen = await _first_interruption(behave, Venue.SPOT)

        assert seen.state is FeedState.STALE
        assert thief.requests == []


async def _first_interruption(behave: object, venue: Venue) -> LiveBalances:
    """Run a feed until it says that it is interrupted."""
    found: asyncio.Future[LiveBalances] = asyncio.get_running_loop().create_future()

    def publish(shown: LiveBalances) -> None:
        if shown.state in (FeedState.STALE, FeedState.ENDED) and not found.done():
            found.set_result(shown)

    async with raw_server(behave) as server, access_to(server) as access:  # type: ignore[arg-type]  # a Behaviour
        task = asyncio.create_task(access.feed(a_signer(venue)).run(publish))
        try:
            async with asyncio.timeout(10):
                return await found
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def test_a_flood_of_changes_does_not_stop_the_window() -> None:
    """Messages that come faster than they can be shown wait in the connection, not in the loop."""
    told = 0

    async def flood(request: web.Request) -> web.WebSocketResponse:
        nonlocal told
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        kind = "snapshot"
        with contextlib.suppress(ConnectionError):
            for told in range(1, 4_000):
                rows = [{"asset": f"A{told}", "balance": told}]
                await socket.send_json({"channel": "balances", "type": kind, "sequence": told, "data": rows})
                kind = "update"
        return socket

    shown, longest = await _gaps_while(flood, lambda seen: len(seen) > 100)

    assert shown[-1].state is FeedState.LIVE
    assert longest < 0.5


async def test_a_feed_of_endless_balances_is_not_kept() -> None:
    """More rows than Kraken has assets are not taken into the window."""

    async def snapshot(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        rows = [{"asset": f"A{number}", "balance": 1} for number in range(MOST_ROWS + 1)]
        await socket.send_json({"channel": "balances", "type": "snapshot", "sequence": 1, "data": rows})
        await socket.receive()
        return socket

    shown, _ = await _gaps_while(snapshot, lambda seen: seen[-1].state is FeedState.STALE)

    assert shown[-1].rows == ()


async def _gaps_while(
    feed: Callable[[web.Request], Awaitable[web.StreamResponse]],
    enough: Callable[[list[LiveBalances]], bool],
) -> tuple[list[LiveBalances], float]:
    """Run a Spot feed until it has shown enough; return that, and the longest time the loop stood still."""

    async def token(_: web.Request) -> web.Response:
        return web.json_response({"error": [], "result": {"token": "t"}})

    application = web.Application()
    application.router.add_post("/0/private/GetWebSocketsToken", token)
    application.router.add_get("/v2", feed)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server = RawServer(lambda _: asyncio.sleep(0), port=runner.addresses[0][1])
    seen: list[LiveBalances] = []
    longest, loop = 0.0, asyncio.get_running_loop()
    async with access_to(server) as access:
        task = asyncio.create_task(access.feed(a_signer(Venue.SPOT)).run(seen.append))
        try:
            async with asyncio.timeout(20):
                while not (seen and enough(seen)):
                    before = loop.time()
                    await asyncio.sleep(0.005)
                    longest = max(longest, loop.time() - before)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await runner.cleanup()
    return seen, longest
