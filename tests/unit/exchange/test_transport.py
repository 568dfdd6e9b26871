"""What a broken connection says about the request, tried with real sockets."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from kraken_desk.domain.environments import Environment, EnvironmentKind, EnvironmentName
from kraken_desk.domain.errors import EnvironmentSealError, UnreachableError
from kraken_desk.exchange.aiohttp_transport import LARGEST_ANSWER, Timeouts
from kraken_desk.exchange.seams import NoReplyError
from kraken_desk.exchange.transport import HttpTransport
from tests.unit.exchange.fakes import FakeClock, local_environment
from tests.unit.exchange.raw_server import Exchange, RawServer, free_port, raw_server

AGENT = "KrakenDesk/test"
BRIEF = Timeouts(read=0.3, whole=3.0)


@asynccontextmanager
async def transport_to(port: int, *, timeouts: Timeouts | None = None) -> AsyncIterator[HttpTransport]:
    transport = HttpTransport(local_environment(port), clock=FakeClock(), user_agent=AGENT, timeouts=timeouts)
    try:
        yield transport
    finally:
        await transport.close()
        await asyncio.sleep(0)


async def no_reply_from(server: RawServer, method: str = "POST", *, timeouts: Timeouts | None = None) -> None:
    async with transport_to(server.port, timeouts=timeouts) as transport:
        with pytest.raises(NoReplyError):
            await transport.send(method, f"{server.url}/x", content=b"a=1" if method == "POST" else b"")


async def test_an_answer_comes_back_whole() -> None:
    """Status, lower-case header names, body and both times of an answer are handed back."""

    async def behave(exchange: Exchange) -> None:
        await exchange.answer(b'{"error":["E"]}', "503 Busy", "X-Thing: Seven")

    async with raw_server(behave) as server, transport_to(server.port) as transport:
        reply = await transport.send("POST", f"{server.url}/0/x", headers={"API-Key": "k"}, content=b"n=1")

    assert (reply.status, reply.headers["x-thing"], reply.body) == (503, "Seven", b'{"error":["E"]}')
    assert reply.sent_at == reply.received_at == FakeClock().now()
    assert "user-agent: krakendesk/test" in server.requests[0].lower()
    assert server.bodies == [b"n=1"]


async def test_requests_share_a_kept_connection_and_no_cookie() -> None:
    """Two calls use one connection; a cookie that the edge sets is not sent back."""

    async def behave(exchange: Exchange) -> None:
        await exchange.answer(headers="Set-Cookie: __cf=1; Path=/")

    async with raw_server(behave) as server, transport_to(server.port) as transport:
        for _ in range(2):
            await transport.send("GET", f"{server.url}/x")

    assert server.connections == 1
    assert "cookie" not in server.requests[1].lower()


async def test_changes_take_a_connection_of_their_own() -> None:
    """A call marked fresh never rides on a kept connection."""

    async def behave(exchange: Exchange) -> None:
        await exchange.answer()

    async with raw_server(behave) as server, transport_to(server.port) as transport:
        await transport.send("GET", f"{server.url}/x")
        for _ in range(2):
            await transport.send("POST", f"{server.url}/x", content=b"a=1", fresh=True)

    assert server.connections == 3


async def test_a_redirect_is_not_followed() -> None:
    """A 301 comes back as it is and no second request is made."""

    async def behave(exchange: Exchange) -> None:
        await exchange.answer(status="301 Moved", headers=f"Location: {exchange.server.url}/y")

    async with raw_server(behave) as server, transport_to(server.port) as transport:
        reply = await transport.send("POST", f"{server.url}/x", content=b"a=1")

    assert (reply.status, len(server.requests)) == (301, 1)


async def test_a_refused_connection_is_unreachable() -> None:
    """When nobody listens, nothing was sent and the error says so."""
    port = free_port()

    async with transport_to(port) as transport:
        with pytest.raises(UnreachableError) as caught:
            await transport.send("POST", f"http://127.0.0.1:{port}/x", content=b"a=1")

    assert caught.value.detail == "127.0.0.1 refuses connections. Nothing was sent."


async def test_an_unknown_name_is_unreachable() -> None:
    """A host name that does not resolve means that nothing was sent."""
    environment = Environment(
        EnvironmentName("nowhere"), EnvironmentKind.CUSTOM, spot_url="https://kraken.invalid"
    )
    transport = HttpTransport(environment, clock=FakeClock(), user_agent=AGENT, timeouts=BRIEF)

    with pytest.raises(UnreachableError) as caught:
        await transport.send("GET", "https://kraken.invalid/x")
    await transport.close()

    assert "Nothing was sent." in caught.value.detail


async def test_a_failed_handshake_is_unreachable() -> None:
    """A peer that does not speak TLS gets no byte of the request."""

    async def behave(exchange: Exchange) -> None:
        exchange.close()

    async with raw_server(behave) as server:
        url = f"https://127.0.0.1:{server.port}"
        environment = Environment(EnvironmentName("tls"), EnvironmentKind.CUSTOM, spot_url=url)
        transport = HttpTransport(environment, clock=FakeClock(), user_agent=AGENT, timeouts=BRIEF)
        with pytest.raises(UnreachableError):
            await transport.send("POST", f"{url}/x", content=b"a=1")
        await transport.close()

    assert server.requests == []


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("ending", ["close", "reset"])
async def test_a_connection_lost_after_the_request_is_no_reply(method: str, ending: str) -> None:
    """Closed or reset after the request: it may have been executed, and it is not sent again."""

    async def behave(exchange: Exchange) -> None:
        getattr(exchange, ending)()

    async with raw_server(behave) as server:
        await no_reply_from(server, method)

    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 20_000 + b"\r\n\r\n",
        b"SMTP ready\r\n\r\n",
        b"HTTP/1.1 2",
    ],
)
async def test_a_broken_answer_is_no_reply(answer: bytes) -> None:
    """Truncated, malformed or wrongly packed answers leave the outcome open."""

    async def behave(exchange: Exchange) -> None:
        await exchange.raw(answer)
        exchange.close()

    async with raw_server(behave) as server:
        await no_reply_from(server)

    assert len(server.requests) == 1


async def test_a_packed_answer_is_unpacked() -> None:
    """An answer in gzip is handed back in plain."""
    packed = gzip.compress(b'{"error":[]}')

    async def behave(exchange: Exchange) -> None:
        await exchange.answer(packed, headers="Content-Encoding: gzip")

    async with raw_server(behave) as server, transport_to(server.port) as transport:
        reply = await transport.send("GET", f"{server.url}/x")

    assert reply.body == b'{"error":[]}'


@pytest.mark.parametrize(
    ("head", "part"),
    [
        ("", b'{"error":[],"result":' + b" " * 500_000),
        ("Content-Encoding: gzip\r\n", gzip.compress(b" " * (LARGEST_ANSWER + 1))),
        ("Content-Encoding: gzip\r\n", gzip.compress(b"whole")[:-9]),
        ("Content-Encoding: gzip\r\n", b"not packed at all"),
    ],
    ids=["endless", "bomb", "cut", "unpacked"],
)
async def test_an_answer_of_no_bounds_is_no_reply(head: str, part: bytes) -> None:
    """Neither an endless body nor a small one that unpacks to a huge one is taken into memory."""
    sent = 0

    async def behave(exchange: Exchange) -> None:
        nonlocal sent
        await exchange.raw(f"HTTP/1.1 200 OK\r\n{head}Connection: close\r\n\r\n".encode())
        while sent < 10 * LARGEST_ANSWER:
            await exchange.raw(part)
            sent += len(part)
            if head:
                break
        exchange.close()

    async with raw_server(behave) as server:
        await no_reply_from(server)

    assert sent < 2 * LARGEST_ANSWER


async def test_silence_is_no_reply() -> None:
    """A server that reads and never answers ends the call after the read time-out."""

    async def behave(exchange: Exchange) -> None:
        await asyncio.sleep(30)

    async with raw_server(behave) as server:
        await no_reply_from(server, timeouts=BRIEF)

    assert len(server.requests) == 1


async def test_a_trickle_is_no_reply() -> None:
    """An answer that comes byte by byte is ended by the time-out of the whole."""

    async def behave(exchange: Exchange) -> None:
        await exchange.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n")
        while True:
            await exchange.raw(b" ")
            await asyncio.sleep(0.1)

    async with raw_server(behave) as server:
        await no_reply_from(server, timeouts=BRIEF)


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_kept_connection_that_is_dropped_causes_no_second_request(method: str) -> None:
    """A request lost on a kept connection reaches the server once, never twice."""

    async def behave(exchange: Exchange) -> None:
        if exchange.number == 1:
            await exchange.answer()
        else:
            exchange.reset()

    async with raw_server(behave) as server, transport_to(server.port) as transport:
        await transport.send(method, f"{server.url}/x")
        with pytest.raises(NoReplyError):
            await transport.send(method, f"{server.url}/x")

    assert (server.connections, len(server.requests)) == (1, 2)


async def test_waiting_for_a_connection_is_not_a_request() -> None:
    """Calls queue for the slots, and no more connections than slots are opened."""
    busy: list[int] = []
    running = 0

    async def behave(exchange: Exchange) -> None:
        nonlocal running
        running += 1
        busy.append(running)
        await asyncio.sleep(0.01)
        running -= 1
        await exchange.answer()

    async with raw_server(behave) as server, transport_to(server.port) as transport:

        async def call() -> None:
            async with transport.slot():
                await transport.send("GET", f"{server.url}/x")

        await asyncio.gather(*(call() for _ in range(40)))

    assert len(server.requests) == 40
    assert max(busy) == 10


async def test_a_proxy_of_the_machine_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proxy variables do not divert signed requests."""
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{free_port()}")

    async def behave(exchange: Exchange) -> None:
        await exchange.answer()

    async with raw_server(behave) as server, transport_to(server.port) as transport:
        reply = await transport.send("GET", f"{server.url}/x")

    assert reply.status == 200


async def test_other_addresses_are_refused() -> None:
    """An address outside the environment is refused before a connection is made."""

    async def behave(exchange: Exchange) -> None:
        await exchange.answer()

    async with raw_server(behave) as server, raw_server(behave) as other, transport_to(server.port) as sender:
        for url in (f"{other.url}/x", f"https://127.0.0.1:{server.port}/x", "https://api.kraken.com/x"):
            with pytest.raises(EnvironmentSealError):
                await sender.send("GET", url)

    assert (server.connections, other.connections) == (0, 0)


async def test_a_request_can_be_stopped_with_the_connection_in_hand() -> None:
    """What is raised just before the first byte comes out as it is; the server gets nothing."""

    async def behave(exchange: Exchange) -> None:
        await exchange.answer()

    def stop() -> None:
        raise UnreachableError("held up")

    async with raw_server(behave) as server, transport_to(server.port) as transport:
        for fresh in (True, False):
            with pytest.raises(UnreachableError, match="held up"):
                await transport.send("POST", f"{server.url}/x", content=b"a=1", fresh=fresh, leaving=stop)
        reply = await transport.send("POST", f"{server.url}/x", content=b"a=1", leaving=lambda: None)

    assert reply.status == 200
    assert len(server.requests) == 1


async def test_a_closed_transport_sends_nothing() -> None:
    """After close no request leaves, and closing twice is harmless."""

    async def behave(exchange: Exchange) -> None:
        await exchange.answer()

    async with raw_server(behave) as server, transport_to(server.port) as transport:
        await transport.send("GET", f"{server.url}/x")
        await transport.close()
        with pytest.raises(UnreachableError):
            await transport.send("GET", f"{server.url}/x")

    assert len(server.requests) == 1


async def test_the_query_goes_out_as_given() -> None:
    """What was signed is what is sent: neither library rewrites a query of the kind we send."""

    async def behave(exchange: Exchange) -> None:
        await exchange.answer()

    async with raw_server(behave) as server, transport_to(server.port) as transport:
        await transport.send("GET", f"{server.url}/log?info=cross-exchange+transfer&since=1&note=a%20b")

    assert server.requests[0].startswith("GET /log?info=cross-exchange+transfer&since=1&note=a%20b HTTP/1.1")
