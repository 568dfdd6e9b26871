"""A check of the whole demo fleet at 50 ms latency, against the slowest single key, and its loop gaps."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from math import ceil

from bench.report import Figure, figure
from kraken_desk.app.application import make_application
from kraken_desk.app.demo_world import DemoWorld
from kraken_desk.app.paths import resource_root
from kraken_desk.app.qt_loop import loop_factory
from kraken_desk.services.guard import FAILURE_BUDGET
from kraken_desk.ui.shell import build_window

LATENCY_S = 0.05
KEYS = 20
TICK_S = 0.005


def measure(runs: int) -> list[Figure]:
    app = make_application([])
    with asyncio.Runner(loop_factory=loop_factory(app)) as runner:
        return runner.run(_measure(runs))


async def _measure(runs: int) -> list[Figure]:
    doubtful = await _refused_keys()
    async with DemoWorld.running(latency_s=LATENCY_S, without=doubtful) as world:
        world.simulator.world.switches.rate_limits = False
        desk = world.open_desk.desk
        window = build_window(desk, resource_root())
        window.show()
        await world.open_desk.connect()
        nodes = desk.fleet.snapshot.value.keys()
        keys = tuple(node.slot.slot_id for node in nodes)[:KEYS]
        await desk.keys.check(keys, asked=False)
        fleet, slowest, gaps, idle = [], [], [], []
        for _ in range(runs):
            fleet.append(await _seconds(desk.keys.check(keys)))
            slowest.append(max([await _seconds(desk.keys.check((slot,))) for slot in keys]))
            gaps.append(await _longest_gap(desk.keys.check(keys)))
            idle.append(await _longest_gap(asyncio.sleep(fleet[-1])))
        window.close_for_good()
    waves = 1 + ceil((len(keys) - 1) / FAILURE_BUDGET)
    count = f"{len(keys)} keys"
    return [
        figure(
            f"fleet check, {count}, 50 ms latency",
            fleet,
            "slowest single key alone",
            slowest,
            f"one key first, then at most {FAILURE_BUDGET} at once (lockout guard): {waves} times at least",
        ),
        figure(
            "longest event-loop gap during it",
            gaps,
            "longest gap of an idle window, as long",
            idle,
            f"tick {TICK_S * 1000:.0f} ms; window, client and simulator share this one thread",
        ),
    ]


async def _refused_keys() -> frozenset[str]:
    """Try the demo's keys once: those that Kraken refuses would use up the lockout guard's places."""
    async with DemoWorld.running() as world:
        nodes = world.open_desk.desk.fleet.snapshot.value.keys()
        checks = await world.open_desk.desk.keys.check(tuple(n.slot.slot_id for n in nodes), asked=False)
        return frozenset(
            node.slot.name for node, check in zip(nodes, checks, strict=True) if check.outcome != "accepted"
        )


async def _seconds(work: Awaitable[object]) -> float:
    started = time.perf_counter()
    await work
    return time.perf_counter() - started


async def _longest_gap(work: Awaitable[object]) -> float:
    """Tick while `work` runs; return the longest pause between two ticks in seconds."""
    longest = 0.0

    async def tick() -> None:
        nonlocal longest
        last = time.perf_counter()
        while True:
            await asyncio.sleep(TICK_S)
            now = time.perf_counter()
            longest = max(longest, now - last)
            last = now

    ticking = asyncio.get_running_loop().create_task(tick(), name="ticker")
    try:
        await work
    finally:
        ticking.cancel()
    return longest
