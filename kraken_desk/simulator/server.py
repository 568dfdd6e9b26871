"""Sockets of the local exchange: one aiohttp server on loopback for both venues and the control API.

Imports aiohttp. It turns HTTP into `Request` values and `Reply` values into HTTP, waits where a reply is
late and cuts connections where a fault says so; it knows no rule of Kraken. Runs on whatever asyncio loop
it is started on and never blocks it.
"""

import asyncio
import contextlib
import socket
import struct
import sys

from aiohttp import web

from kraken_desk.simulator.control import ROOT, Control
from kraken_desk.simulator.exchange import Exchange
from kraken_desk.simulator.feed_server import FEEDS, FeedConnection
from kraken_desk.simulator.messages import Ending, Reply, Request

_SHUTDOWN_S = 0.5
_LINGER = "hh" if sys.platform == "win32" else "ii"
_LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


class Server:
    """One listening socket in front of one exchange."""

    def __init__(self, exchange: Exchange, control: Control) -> None:
        self._exchange = exchange
        self._control = control
        self._stopping = asyncio.Event()
        self._runner = web.ServerRunner(
            web.Server(self._answer, access_log=None), shutdown_timeout=_SHUTDOWN_S
        )

    async def start(self, taken: socket.socket) -> None:
        """Listen on a bound socket."""
        await self._runner.setup()
        await web.SockSite(self._runner, taken).start()

    async def stop(self) -> None:
        """Cut what is waiting and close the socket."""
        self._stopping.set()
        await self._runner.cleanup()

    async def _answer(self, http: web.BaseRequest) -> web.StreamResponse:
        request = await self._read(http)
        if request.path == ROOT or request.path.startswith(f"{ROOT}/"):
            return _respond(self._direct(http, request))
        if request.path in FEEDS and "upgrade" in request.header("connection").lower():
            return await self._connect(http, request.path)
        reply = self._exchange.handle(request)
        delay_s = reply.delay_s + self._exchange.world.latency_s
        if delay_s:
            await self._wait(delay_s)
        if reply.ending is not Ending.ANSWER:
            _cut(http, reset=reply.ending is Ending.RESET)
        return await self._drip(http, reply) if reply.drip_s else _respond(reply)

    async def _drip(self, http: web.BaseRequest, reply: Reply) -> web.StreamResponse:
        """Answer byte by byte, until the client has enough."""
        body = reply.body.encode()
        answer = web.StreamResponse(status=reply.status, headers={"Content-Type": reply.content_type})
        answer.content_length = len(body)
        await answer.prepare(http)
        with contextlib.suppress(ConnectionError):
            for place in range(len(body)):
                if self._stopping.is_set():
                    break
                await answer.write(body[place : place + 1])
                await self._wait(reply.drip_s)
        return answer

    async def _connect(self, http: web.BaseRequest, path: str) -> web.StreamResponse:
        world = self._exchange.world
        feed = FEEDS[path](world)
        return await FeedConnection(feed, self._stopping, lambda: self._exchange.world is world).run(http)

    async def _read(self, http: web.BaseRequest) -> Request:
        path, _, query = http.raw_path.partition("?")
        return Request(
            method=http.method,
            path=path,
            query=query,
            headers={name.lower(): value for name, value in http.headers.items()},
            body=await http.read(),
            caller=self._exchange.world.caller_address,
        )

    def _direct(self, http: web.BaseRequest, request: Request) -> Reply:
        """Serve the control API to this machine's programs, not to a web page that found the port."""
        if "origin" in request.headers or (http.url.host or "") not in _LOCAL_NAMES:
            return Reply('{"error":"the control API serves programs of this machine only"}', 403)
        return self._control.handle(request)

    async def _wait(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()


def _respond(reply: Reply) -> web.Response:
    return web.Response(
        body=reply.body.encode(),
        status=reply.status,
        headers={"Content-Type": reply.content_type, **reply.headers},
    )


def _cut(http: web.BaseRequest, *, reset: bool) -> None:
    """Close the connection without an answer; with `reset` the peer sees ECONNRESET instead of an end."""
    transport = http.transport
    if transport is None:
        return
    peer = transport.get_extra_info("socket")
    if reset and peer is not None:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack(_LINGER, 1, 0))
    transport.abort()
