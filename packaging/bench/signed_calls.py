"""CPU time and rate of a signed private call at ten at once: ours, two SDKs, httpx and httpx2.

Every contestant has ten keys of its own with one call in flight each, makes the same call to the
same local exchange, and is turned on in every run. CPU time is that of this process with all its
threads; the exchange runs in another.
"""

from __future__ import annotations

import asyncio
import gc
import tempfile
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from statistics import median

from bench import contestants
from bench.contestants import Call, Caller
from bench.local_exchange import LocalExchange, local_exchange
from bench.report import Figure, figure

AT_ONCE = 10
EACH = 25
DURABLE, IN_MEMORY = "ours, durable", "ours, nonces and guard in memory"
SDKS = ("python-kraken-sdk", "ccxt")
TARGET = 1.5
Series = dict[str, list[float]]


def measure(runs: int) -> list[Figure]:
    with (
        local_exchange(f"large:{len(_line_up(Path())) * AT_ONCE}") as exchange,
        tempfile.TemporaryDirectory(prefix="kraken-desk-bench-") as home,
    ):
        exchange.switch(rate_limits=False)
        return asyncio.run(_measure(runs, exchange, _line_up(Path(home))))


def _line_up(home: Path) -> dict[str, Caller]:
    return {
        DURABLE: contestants.ours(home),
        IN_MEMORY: contestants.ours(None),
        "python-kraken-sdk": contestants.python_kraken_sdk,
        "ccxt": contestants.ccxt,
        "httpx": contestants.httpx,
        "httpx2": contestants.httpx2,
    }


async def _measure(runs: int, exchange: LocalExchange, line_up: dict[str, Caller]) -> list[Figure]:
    keys = [key for key in exchange.keys("spot", "monitor") if key["name"] != "desk monitor"]
    cpu: Series = {name: [] for name in line_up}
    wall: Series = {name: [] for name in line_up}
    async with AsyncExitStack() as stack:
        calls: dict[str, list[Call]] = {}
        for number, (name, caller) in enumerate(line_up.items()):
            own = keys[number * AT_ONCE : (number + 1) * AT_ONCE]
            calls[name] = await caller(exchange.description, own, stack)
            await _round(calls[name], 2)
        gc.collect()
        gc.freeze()
        for turn in range(runs):
            for name in _rotated(list(line_up), turn):
                cpu_s, wall_s = await _round(calls[name], EACH)
                cpu[name].append(cpu_s)
                wall[name].append(wall_s)
        gc.unfreeze()
    return _figures(cpu, wall)


async def _round(calls: list[Call], each: int) -> tuple[float, float]:
    """Make calls on all keys at once; return CPU and elapsed seconds per call."""

    async def one_key(call: Call) -> None:
        for _ in range(each):
            await call()

    cpu, wall = time.process_time(), time.perf_counter()
    await asyncio.gather(*map(one_key, calls))
    made = each * len(calls)
    return (time.process_time() - cpu) / made, (time.perf_counter() - wall) / made


def _rotated(names: list[str], turn: int) -> list[str]:
    """Let another contestant begin each time, so that nobody always comes after the same one."""
    start = turn % len(names)
    return names[start:] + names[:start]


def _figures(cpu: Series, wall: Series) -> list[Figure]:
    better = min(SDKS, key=lambda name: median(cpu[name]))
    quicker = min(SDKS, key=lambda name: median(wall[name]))
    return [
        *_against(better, cpu, "CPU per signed call", lambda name: TARGET if name == IN_MEMORY else None),
        *_against(quicker, wall, "time per signed call", lambda _: None),
    ]


def _against(baseline: str, series: Series, what: str, target: Callable[[str], float | None]) -> list[Figure]:
    return [
        figure(f"{what}, {name}", series[name], baseline, series[baseline], _rate(name), target(name))
        for name in series
        if name != baseline
    ]


def _rate(name: str) -> str:
    if name == DURABLE:
        return "as the window does: nonces' marks on disk, locks across processes, lockout guard (5 at once)"
    return ""
