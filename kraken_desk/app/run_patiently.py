"""`run` in an event loop: where a token comes from Kraken, or the exchange of the demo lives here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from kraken_desk.app.clock import SystemClock
from kraken_desk.app.leasing import leases_of
from kraken_desk.app.logs import set_up_usual_logging
from kraken_desk.app.paths import database_path, profile_home
from kraken_desk.app.run_ground import Ground
from kraken_desk.app.run_slot import run_on
from kraken_desk.app.wiring import OpenDesk
from kraken_desk.domain.environments import BUILT_IN, Environment
from kraken_desk.domain.handover import RunRequest
from kraken_desk.domain.keys import KeySlot
from kraken_desk.domain.secrets import ApiSecret
from kraken_desk.keychain.vault import KeyringVault
from kraken_desk.store import Store


def run_patiently(home: Path | None, environment: str | None, request: RunRequest, place: int) -> int:
    set_up_usual_logging()
    is_demo = environment is not None and environment.strip().casefold() == "demo"
    return asyncio.run(run_on(_demo() if is_demo else _profile(home), environment, request, place))


@asynccontextmanager
async def _demo() -> AsyncIterator[Ground]:
    from kraken_desk.app.demo_world import DemoWorld  # the simulator's server is slow to import

    async with DemoWorld.running() as world:
        desk = world.open_desk
        await desk.connect()

        async def token(_: Environment, slot: KeySlot) -> ApiSecret:
            return await desk.websocket_token(slot)

        leases = leases_of(world.store, SystemClock())
        yield Ground(world.store, leases, world.vault, (world.environment,), asyncio.to_thread, token)


@asynccontextmanager
async def _profile(home: Path | None) -> AsyncIterator[Ground]:
    async with AsyncExitStack() as stack:
        store = await Store.open(database_path(profile_home(home)))
        stack.push_async_callback(store.close)
        vault = KeyringVault()
        stack.push_async_callback(vault.close)

        async def token(environment: Environment, slot: KeySlot) -> ApiSecret:
            desk = OpenDesk(environment, store, vault, SystemClock())
            stack.push_async_callback(desk.close)
            return await desk.websocket_token(slot)

        environments = (*BUILT_IN, *await store.metadata.environments())
        leases = leases_of(store, SystemClock())
        yield Ground(store, leases, vault, environments, asyncio.to_thread, token)
