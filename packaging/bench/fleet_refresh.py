"""Balances of 200 accounts at 50 ms latency, against the least time possible and against ccxt.

Calls on one key are serial and keys are parallel up to the cap, here the lockout guard's budget: so
the bound is the number of waves times the latency, and nothing else takes any time in it.
"""

from __future__ import annotations

import asyncio
import gc
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from math import ceil
from pathlib import Path
from typing import cast

from bench import contestants
from bench.local_exchange import LocalExchange, local_exchange
from bench.report import Figure, figure
from kraken_desk.app.demo_world import DemoWorld
from kraken_desk.domain.accounts import AccountId
from kraken_desk.exchange.transport import CONNECTIONS
from kraken_desk.services.guard import FAILURE_BUDGET
from kraken_desk.simulator import Simulator
from kraken_desk.store import Store

ACCOUNTS = 200
LATENCY_S = 0.05
CAP = min(CONNECTIONS, FAILURE_BUDGET)
MOST_RUNS = 10  # more would use up the keys' own call counters, which the program respects
TARGET = 1.25


def measure(runs: int) -> list[Figure]:
    with (
        local_exchange(f"large:{ACCOUNTS}") as exchange,
        tempfile.TemporaryDirectory(prefix="kraken-desk-bench-") as home,
    ):
        return asyncio.run(_measure(min(runs, MOST_RUNS), exchange, Path(home)))


async def _measure(runs: int, exchange: LocalExchange, home: Path) -> list[Figure]:
    ours: list[float] = []
    theirs: list[float] = []
    async with AsyncExitStack() as stack:
        refresh = await stack.enter_async_context(_our_refresh(exchange, home))
        one_by_one = await _ccxt_refresh(exchange, stack)
        await refresh()
        await one_by_one()
        exchange.control("PUT", "/latency", {"seconds": LATENCY_S})
        gc.collect()
        gc.freeze()
        for _ in range(runs):
            ours.append(await _seconds(refresh))
            theirs.append(await _seconds(one_by_one))
        gc.unfreeze()
    bound = ceil(ACCOUNTS / CAP) * LATENCY_S
    name = f"balances of {ACCOUNTS} accounts, {LATENCY_S * 1000:.0f} ms latency"
    cap = f"at most {CAP} calls under way: the lockout guard's budget; {CONNECTIONS} connections"
    return [
        figure(name, ours, f"lower bound, {CAP} keys at once", [bound] * runs, cap, TARGET),
        figure(name, ours, "ccxt, one account after another", theirs),
    ]


@asynccontextmanager
async def _our_refresh(exchange: LocalExchange, home: Path) -> AsyncIterator[Callable[[], Awaitable[object]]]:
    """Move the monitor keys into a desk of its own, check them, and refresh as the window does."""
    store = await Store.open(home / "bench.sqlite3")
    world = DemoWorld(cast("Simulator", _Elsewhere(exchange)), store)
    try:
        keys = [key for account in exchange.description["accounts"] for key in account["keys"]]
        await world.move_in(without=frozenset(key["name"] for key in keys if key["role"] != "monitor"))
        await world.check_desk_keys()
        desk = world.open_desk.desk
        subaccounts = tuple(a.account_id for a in desk.fleet.accounts() if not a.is_master)
        yield lambda: _complete(world, subaccounts)
    finally:
        await world.open_desk.close()
        await store.close()


class _Elsewhere:
    """Stands where the demo has its embedded simulator: this one is a process and listens already."""

    def __init__(self, exchange: LocalExchange) -> None:
        self.description = exchange.description

    async def listen(self) -> None:
        return


async def _complete(world: DemoWorld, wanted: tuple[AccountId, ...]) -> None:
    snapshot = await world.open_desk.desk.balances.refresh(wanted, automatic=True)
    read = [sheet for sheet in snapshot.sheets if sheet.rows and sheet.problem is None]
    if len(read) != ACCOUNTS:
        raise RuntimeError(f"only {len(read)} of {ACCOUNTS} balances were read")


async def _ccxt_refresh(exchange: LocalExchange, stack: AsyncExitStack) -> Callable[[], Awaitable[None]]:
    keys = exchange.keys("spot", "trading")
    calls = await contestants.ccxt(exchange.description, keys, stack)

    async def one_after_another() -> None:
        for call in calls:
            await call()

    return one_after_another


async def _seconds(work: Callable[[], Awaitable[object]]) -> float:
    started = time.perf_counter()
    await work()
    return time.perf_counter() - started
