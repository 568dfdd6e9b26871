"""A burst of balance updates on 200 live accounts, with the real window: does anything hold it up?

The exchange is a process of its own. Between two looks of a fast timer nothing else of ours may have
worked for long: that is measured in processor time, which other processes on a busy machine do not
lengthen, and on the clock, beside the same window with nothing to do.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

from PySide6.QtCore import QObject, Qt, QTimerEvent

from bench.fleet_refresh import _Elsewhere
from bench.report import Claim, Figure, Result, figure
from kraken_desk.app.application import make_application
from kraken_desk.app.demo_world import DemoWorld
from kraken_desk.app.desktop import start_work
from kraken_desk.app.garbage import MainThreadCollector
from kraken_desk.app.paths import resource_root
from kraken_desk.app.qt_loop import loop_factory
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.live import FeedState
from kraken_desk.simulator import Simulator
from kraken_desk.store import Store
from kraken_desk.ui.shell import build_window

ACCOUNTS = int(os.environ.get("BENCH_ACCOUNTS", "200"))
RATE = 1_000
SECONDS = 10.0
QUIET_S = 5.0
LONGEST_S = 0.016
SETTLE_S = 60.0
NAMES = {"XXBT": "BTC", "ZUSD": "USD", "XETH": "ETH", "ZEUR": "EUR"}


class Gaps(QObject):
    """Notes, every two milliseconds if Qt's loop can, how much processor and clock time has passed.

    An operator's click waits as long as this timer does. A task waits longer in a burst: callbacks
    have a queue of their own, which `waited` tells of.
    """

    def __init__(self) -> None:
        super().__init__()
        self.worked: list[float] = []
        self.passed: list[float] = []
        self.waited: list[float] = []
        self._cpu, self._clock = time.thread_time(), time.perf_counter()
        self.startTimer(2, Qt.TimerType.PreciseTimer)

    def timerEvent(self, _event: QTimerEvent) -> None:  # noqa: N802  # Qt's name
        cpu, clock = time.thread_time(), time.perf_counter()
        self.worked.append(cpu - self._cpu)
        self.passed.append(clock - self._clock)
        self._cpu, self._clock = cpu, clock

    async def watch(self) -> None:
        clock = time.perf_counter()
        while True:
            await asyncio.sleep(0.002)
            now = time.perf_counter()
            self.waited.append(now - clock)
            clock = now

    async def during(self, seconds: float) -> Spell:
        """Return what a span of time was like."""
        for figures in (self.worked, self.passed, self.waited):
            figures.clear()
        await asyncio.sleep(seconds)
        turns = sorted(self.worked)
        return Spell(
            turns[-1],
            turns[int(len(turns) * 0.99)],
            sum(turn > LONGEST_S for turn in turns),
            max(self.passed),
            max(self.waited),
            sum(gap > LONGEST_S for gap in self.passed),
        )


@dataclass(frozen=True, slots=True)
class Spell:
    """A span of time: its longest turn, the 99th percentile, how many were too long, gap and task's wait.

    `gaps` counts what was too long on the clock: our turns, and everything that others do on the machine.
    """

    worked_s: float
    usual_s: float
    too_long: int
    passed_s: float
    waited_s: float
    gaps: int


def measure(runs: int) -> list[Result]:
    del runs  # one burst is long enough, and the keys' call counters would not bear many
    app = make_application(["kraken-desk"])
    collector = MainThreadCollector()
    collector.start()
    command = [sys.executable, "-m", "bench.burst_exchange", f"large:{ACCOUNTS}"]
    try:
        with (
            subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True) as process,
            tempfile.TemporaryDirectory(prefix="kraken-desk-bench-") as home,
            asyncio.Runner(loop_factory=loop_factory(app)) as runner,
        ):
            try:
                return runner.run(_measure(process, Path(home)))
            finally:
                process.terminate()
    finally:
        collector.stop()


async def _measure(process: subprocess.Popen[str], home: Path) -> list[Result]:
    description = await _line(process)
    async with _window(description, home) as world:
        gaps = Gaps()
        watching = asyncio.get_running_loop().create_task(gaps.watch())
        quiet = await gaps.during(QUIET_S)
        burst = asyncio.get_running_loop().create_task(_ask(process))
        busy = await gaps.during(SECONDS)
        told = await burst
        wrong = await _settled(world, told["balances"])
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching
    name = f"{told['made'] / SECONDS:.0f} balance updates a second on {ACCOUNTS} live accounts"
    return [
        _longest(f"{name}: longest work in one go", busy.worked_s, quiet.worked_s, "processor time"),
        _longest(f"{name}: 99 of 100 turns are shorter", busy.usual_s, quiet.usual_s, "processor time"),
        _longest(f"{name}: longest gap of the event loop", busy.passed_s, quiet.passed_s, "on the clock"),
        _longest(f"{name}: longest wait of a task", busy.waited_s, quiet.waited_s, "on the clock"),
        figure(f"{name}: longest work in one go", [busy.worked_s], "16 ms", [LONGEST_S], "the aim", 1.0),
        Claim("no turn over 16 ms of processor time", not busy.too_long, _counted(busy, quiet)),
        Claim("figures end as the exchange's", not wrong, f"{len(wrong)} differ {wrong[:3]}"),
    ]


def _counted(busy: Spell, quiet: Spell) -> str:
    beside = f"{quiet.gaps} in {QUIET_S:.0f} s with nothing to do"
    return f"{busy.too_long} were longer; on the clock {busy.gaps} gaps in {SECONDS:.0f} s, {beside}"


def _longest(name: str, busy_s: float, quiet_s: float, note: str) -> Figure:
    return figure(name, [busy_s], "the same window with nothing to do", [quiet_s], note)


@contextlib.asynccontextmanager
async def _window(description: dict[str, Any], home: Path) -> AsyncIterator[DemoWorld]:
    """Show the window over the exchange, with every account's feed live."""
    store = await Store.open(home / "bench.sqlite3")
    world = DemoWorld(cast("Simulator", _Elsewhere(cast("Any", _Described(description)))), store)
    keys = [key for account in description["accounts"] for key in account["keys"]]
    await world.move_in(without=frozenset(key["name"] for key in keys if key["role"] != "monitor"))
    desk = world.open_desk.desk
    window = build_window(desk, resource_root(), "dark")
    window.resize(1440, 900)
    window.show()
    start_work(world.open_desk)

    def live() -> int:
        return sum(report.live.state is FeedState.LIVE for report in desk.status.status.value.feeds)

    try:
        all_live = asyncio.Event()
        desk.status.status.subscribe(lambda _status: all_live.set() if live() >= ACCOUNTS else None)
        await asyncio.wait_for(all_live.wait(), 180)
        await asyncio.sleep(3.0)
        gc.collect()
        gc.freeze()
        yield world
    finally:
        await desk.scope.close()
        window.close_for_good()
        await world.open_desk.close()
        await store.close()


class _Described:
    def __init__(self, description: dict[str, Any]) -> None:
        self.description = description


async def _settled(world: DemoWorld, told: list[list[str]]) -> list[str]:
    """Wait until the figures are the exchange's; returns those that never become so."""
    wrong: list[str] = []
    for _ in range(int(SETTLE_S)):
        wrong = _differences(world, told)
        if not wrong:
            break
        await asyncio.sleep(1.0)
    return wrong


def _differences(world: DemoWorld, told: list[list[str]]) -> list[str]:
    desk = world.open_desk.desk
    ids = {a.iiban: a.account_id for a in desk.fleet.accounts()}
    shown = {}
    for sheet in desk.balances.snapshot.value.sheets:
        if sheet.venue is Venue.SPOT and sheet.rows:
            for row in sheet.rows:
                shown[sheet.account_id, str(row.asset), row.part] = (row.total, row.hold)
    read = {account for account, _, _ in shown}
    wrong = []
    for iiban, asset_id, balance, hold in told:
        account = ids.get(cast("Any", iiban))
        name, _, part = asset_id.partition(".")
        if account not in read:
            continue
        found = shown.get((account, NAMES.get(name, name), part))
        if found != (Decimal(balance), Decimal(hold)):
            wrong.append(f"{iiban} {asset_id}: {found} for {balance}")
    return wrong


async def _ask(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdin is not None
    process.stdin.write(f"{SECONDS} {RATE} 3\n")
    process.stdin.flush()
    return await _line(process)


async def _line(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    line = await asyncio.to_thread(process.stdout.readline)
    found = json.loads(line)
    assert isinstance(found, dict)
    return found
