"""Sockets of the feeds: carries frames between one WebSocket connection and one `Feed`.

Imports aiohttp. One task reads, one writes and ticks; both end with the connection or with the server.
"""

import asyncio
import contextlib
from collections.abc import Callable

from aiohttp import WSMsgType, web

from kraken_desk.simulator.feeds import futures_feed, spot_feed
from kraken_desk.simulator.feeds.futures_feed import FuturesFeed
from kraken_desk.simulator.feeds.outbox import NORMAL, RESTART, Close, Feed
from kraken_desk.simulator.feeds.spot_feed import SpotFeed
from kraken_desk.simulator.world import World

FEEDS: dict[str, Callable[[World], Feed]] = {
    spot_feed.PATH: SpotFeed,
    futures_feed.PATH: FuturesFeed,
}
TICK_S = 0.2


class FeedConnection:
    """Runs one feed over one socket until either side ends it, the server stops, or the world is replaced."""

    def __init__(self, feed: Feed, stopping: asyncio.Event, still_valid: Callable[[], bool]) -> None:
        self._feed = feed
        self._stopping = stopping
        self._still_valid = still_valid
        self._wake = asyncio.Event()
        self._socket = web.WebSocketResponse(autoping=False, max_msg_size=1 << 20)

    async def run(self, http: web.BaseRequest) -> web.WebSocketResponse:
        await self._socket.prepare(http)
        self._feed.outbox.on_output = self._wake.set
        self._feed.open(_now())
        try:
            async with asyncio.TaskGroup() as tasks:
                writer = tasks.create_task(self._write(), name="simulator feed writer")
                await self._read()
                writer.cancel()
        finally:
            self._feed.closed()
        return self._socket

    async def _read(self) -> None:
        async for message in self._socket:
            if message.type is WSMsgType.TEXT:
                self._feed.receive(message.data, _now())
            elif message.type is WSMsgType.PING:
                self._feed.pinged(_now())
                with contextlib.suppress(ConnectionError):
                    await self._socket.pong(message.data)

    async def _write(self) -> None:
        """Send what the feed has, at once when it has something, and let it tick in between."""
        while True:
            self._wake.clear()
            for frame in self._feed.outbox.take():
                if isinstance(frame, Close):
                    await self._socket.close(code=frame.code)
                    return
                with contextlib.suppress(ConnectionError):
                    await self._socket.send_str(frame)
            if self._stopping.is_set() or not self._still_valid():
                await self._socket.close(code=NORMAL if self._stopping.is_set() else RESTART)
                return
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TICK_S):
                    await self._wake.wait()
            self._feed.tick(_now())


def _now() -> float:
    return asyncio.get_running_loop().time()
