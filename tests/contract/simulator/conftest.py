"""A running local exchange and a plain HTTP client for it."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest_asyncio

from kraken_desk.simulator import Simulator
from kraken_desk.simulator.credentials import FuturesKey, SpotKey
from kraken_desk.simulator.messages import Request
from tests.unit.simulator.asking import futures_request, spot_request


class Client:
    """Sends what the unit tests build, over real sockets."""

    def __init__(self, simulator: Simulator, session: aiohttp.ClientSession) -> None:
        self.simulator = simulator
        self.session = session

    def spot_key(self, name: str) -> SpotKey:
        return next(key for key in self.simulator.world.keys.spot.values() if key.name == name)

    def futures_key(self, name: str) -> FuturesKey:
        return next(key for key in self.simulator.world.keys.futures.values() if key.name == name)

    async def spot(self, key: SpotKey, name: str, parameters: dict[str, str] | None = None) -> Any:
        async with self.send("spot_url", spot_request(key, name, parameters)) as response:
            return await response.json()

    async def futures(
        self, key: FuturesKey, method: str, path: str, parameters: dict[str, str] | None = None
    ) -> Any:
        async with self.send("futures_url", futures_request(key, method, path, parameters)) as response:
            return await response.json()

    def send(self, base: str, request: Request) -> Any:  # aiohttp's private request context
        url = f"{self.simulator.description[base]}{request.path}"
        if request.query:
            url = f"{url}?{request.query}"
        return self.session.request(
            request.method, url, data=request.body, headers=dict(request.headers), allow_redirects=False
        )

    async def control(self, method: str, path: str, body: Any = None) -> Any:
        url = f"{self.simulator.description['control_url']}{path}"
        async with self.session.request(method, url, json=body) as response:
            return await response.json()


@pytest_asyncio.fixture
async def client() -> AsyncIterator[Client]:
    simulator = await Simulator.start(population="demo", seed=7)
    try:
        async with aiohttp.ClientSession() as session:
            yield Client(simulator, session)
    finally:
        await simulator.stop()
