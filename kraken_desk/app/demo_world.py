"""The demo: an embedded simulator, a throw-away store and a keychain in memory."""

from __future__ import annotations

import asyncio
import importlib
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from kraken_desk.app.clock import SystemClock
from kraken_desk.app.wiring import OpenDesk
from kraken_desk.domain.accounts import Account, AccountId, AccountKind, KindSource, normal_iiban
from kraken_desk.domain.clients import CLIENTS, DESK_CLIENT
from kraken_desk.domain.environments import Environment, EnvironmentKind, EnvironmentName
from kraken_desk.domain.keys import DESK_PROCESS, KeyId, KeySlot, SlotId, Venue
from kraken_desk.domain.secrets import ApiSecret
from kraken_desk.keychain.memory import MemoryVault
from kraken_desk.services.ports import KeyVault
from kraken_desk.simulator import Simulator
from kraken_desk.store import Store

IN_USE_SINCE = timedelta(days=60)
"""How long the demo's keys have been in the desk: its fleet is not one of yesterday."""


class DemoWorld:
    """The running demo; `simulator.world` is at hand for rehearsing faults."""

    def __init__(self, simulator: Simulator, store: Store) -> None:
        self.simulator = simulator
        self.environment = environment_of(self.description)
        self._store = store
        self._vault = MemoryVault()
        self._clock = SystemClock()
        self.open_desk = OpenDesk(
            self.environment, store, self._vault, self._clock, before_connecting=self._listen
        )

    @property
    def store(self) -> Store:
        return self._store

    @property
    def vault(self) -> MemoryVault:
        return self._vault

    @property
    def description(self) -> dict[str, Any]:
        """The simulator's ready line: plain JSON, so it is read without types."""
        return dict(self.simulator.description)

    @classmethod
    @asynccontextmanager
    async def running(
        cls,
        *,
        population: str = "demo",
        seed: int = 1,
        latency_s: float = 0.0,
        without: frozenset[str] = frozenset(),
    ) -> AsyncIterator[DemoWorld]:
        """Start the simulator and move its fleet in, `without` some keys; leave nothing behind."""
        async with AsyncExitStack() as stack:
            home = Path(tempfile.mkdtemp(prefix="kraken-desk-demo-"))
            stack.callback(shutil.rmtree, home, ignore_errors=True)
            simulator = Simulator.prepare(population=population, seed=seed, latency_s=latency_s)
            stack.push_async_callback(simulator.stop)
            store = await Store.open(home / "demo.sqlite3")
            stack.push_async_callback(store.close)
            world = cls(simulator, store)
            stack.push_async_callback(world.open_desk.close)
            await world.move_in(without)
            yield world

    async def move_in(self, without: frozenset[str] = frozenset()) -> None:
        """Store the simulator's accounts and keys as an operator would have done by hand."""
        since = self._clock.now() - IN_USE_SINCE
        moved = await move_in_fleet(
            self._store, self._vault, self.environment.name, self.description, since, without
        )
        for account in moved:
            await self.open_desk.desk.treasury.limits.confirm(account)
        await self.open_desk.desk.fleet.load()
        await self.open_desk.desk.transfers.load()

    async def _listen(self) -> None:
        """Load the server off the event loop's thread, then serve."""
        await asyncio.to_thread(importlib.import_module, "kraken_desk.simulator.server")
        await self.simulator.listen()

    async def check_desk_keys(self) -> None:
        """Check the desk's own keys, so that a single command finds them usable."""
        desk = self.open_desk.desk
        nodes = desk.fleet.snapshot.value.keys()
        await desk.keys.check(tuple(n.slot.slot_id for n in nodes if n.slot.is_desk_key), asked=False)


async def move_in_fleet(
    store: Store,
    vault: KeyVault,
    environment: EnvironmentName,
    description: dict[str, Any],
    since: datetime,
    without: frozenset[str] = frozenset(),
) -> tuple[Account, ...]:
    """Store the accounts and keys of a simulator's ready line as if they had been added at `since`."""
    moved = []
    for entry in description["accounts"]:
        account = _account(environment, entry)
        await store.metadata.save_account(account)
        for key in entry["keys"]:
            if key["name"] not in without:
                await _move_in_key(store, vault, account, key, since)
        moved.append(account)
    return tuple(moved)


async def _move_in_key(
    store: Store, vault: KeyVault, account: Account, key: dict[str, Any], since: datetime
) -> None:
    key_id = KeyId(secrets.token_hex(16))
    await vault.put(key_id, ApiSecret(key["api_secret"]))
    process = DESK_PROCESS if key.get("desk") else str(key.get("process") or "")
    client = str(key.get("client") or "")
    await store.metadata.save_slot(
        KeySlot(
            slot_id=SlotId(secrets.token_hex(8)),
            environment=account.environment,
            account_id=account.account_id,
            venue=Venue(key["venue"]),
            name=key["name"],
            key_id=key_id,
            api_key=key["api_key"],
            added_at=since,
            process=process,
            role=str(key.get("role") or ""),
            client=DESK_CLIENT if key.get("desk") else (client if client in CLIENTS else ""),
        )
    )


def environment_of(description: dict[str, Any]) -> Environment:
    """Return the demo environment of a running simulator."""
    return Environment(
        EnvironmentName("demo"),
        EnvironmentKind.DEMO,
        description["spot_url"],
        description["spot_ws_url"],
        description["futures_url"],
        description["futures_ws_url"],
    )


def _account(environment: EnvironmentName, entry: dict[str, Any]) -> Account:
    return Account(
        account_id=AccountId(secrets.token_hex(8)),
        environment=environment,
        label=entry["label"],
        kind=AccountKind(entry["kind"]),
        iiban=normal_iiban(entry["iiban"]),
        futures_uid=entry["futures_uid"],
        kind_source=KindSource.KRAKEN,
    )
