"""Thousands of transfers with everything going wrong that can: nothing lost, moved twice or misjudged.

The simulator runs here, where its truth can be read; the program runs as another process and is
killed again and again, at every step of the journal and on the wire. Both clocks are moved
instead of waiting.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from bench.report import Claim
from bench.transfer_courses import Booking, Course, EveryLeg, SpotAccounts, Way, move
from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.transfers import SettledBy, TransferRecord, TransferState
from kraken_desk.simulator import Simulator, World
from kraken_desk.simulator.messages import Reply, Request
from kraken_desk.store import Store

TRANSFERS, PER_ROUND, SUBACCOUNTS, SEED = 10_000, 250, 15, 5
LEGS = 2_000
DEMO = EnvironmentName("demo")

FAULTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("reply_lost_before_execution", {}),
    ("reply_lost_after_execution", {}),
    ("connection_reset", {}),
    ("connection_reset", {"executed": True}),
    ("html_520", {}),
    ("html_520", {"executed": True}),
    ("html_502", {"executed": True}),
    ("truncated_json", {}),
    ("empty_body", {}),
    ("server_error_after_execution", {}),
    ("internal_error", {}),
    ("silence", {"delay_s": 0.02}),
    ("late_reply", {"delay_s": 0.05}),
    ("busy", {}),
)
STEPS = (
    "before plan",
    "after plan",
    "before move:sent",
    "after move:sent",
    "on the wire",
    "before move:confirmed",
    "after move:confirmed",
    "before move:unknown",
    "after move:unknown",
)
SETTLING_STEPS = (
    "before move:settled: executed",
    "after move:settled: executed",
    "before move:settled: not executed",
    "after move:settled: not executed",
)
LAGS_S = (0.0, 3.0, 90.0, 500.0)
REFIDS = ("transfer_id", "unrelated", "per_side")
TWIN = 0.02
"""How often somebody else makes an equal transfer at the same moment, and how often minutes later."""


@dataclass
class Truth:
    """What really happened, by the way that a course tells its transfers apart by."""

    requests: Counter[Way] = field(default_factory=Counter)
    executed: Counter[Way] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    twins: int = 0
    kills: Counter[str] = field(default_factory=Counter)


class Campaign:
    """One simulator, one profile, and what the program did to them."""

    def __init__(
        self, simulator: Simulator, course: Course, home: Path, seed: int, count: int, per_round: int
    ) -> None:
        self.simulator = simulator
        self.course = course
        self.truth = Truth()
        self.by_person = 0
        self._home, self._count, self._per_round = home, count, per_round
        self._seed = seed
        self._random = random.Random(seed)  # noqa: S311  # a repeatable course, no secret
        self._offset_s = 0.0
        self._watch()

    @property
    def world(self) -> World:
        return self.simulator.world

    async def run(self) -> list[Claim]:
        self.world.switches.rate_limits = False
        self.course.prepare(self.world)
        before = self.world.totals()
        for number, first in enumerate(range(0, self._count, self._per_round)):
            self._set_scene(number)
            await self._transfer(number, first, min(first + self._per_round, self._count))
            self.world.faults.clear(None)
            await self._settle(number)
            if first + self._per_round < self._count:
                await self._decide()
            done = min(first + self._per_round, self._count)
            print(f"  {done} of {self._count} transfers", file=sys.stderr)  # a bench's progress
        return await self._claims(before)

    def _watch(self) -> None:
        """Note every request to move money and whether it did; sometimes let somebody else do the same."""
        exchange = self.simulator._exchange  # noqa: SLF001  # the truth is inside
        handle = exchange.handle

        def watched(request: Request) -> Reply:
            way = self.course.of_request(request)
            if way is None:
                return handle(request)
            booked: list[Booking] = []
            observe = lambda account, entry: booked.append((account, entry))  # noqa: E731  # compared by identity below
            self.world.spot_observers.append(observe)
            self.world.futures_observers.append(observe)
            reply = handle(request)
            self.world.spot_observers.remove(observe)
            self.world.futures_observers.remove(observe)
            self.truth.requests[way] += 1
            self.truth.executed[way] += bool(booked)
            self.truth.faults[self.world.requests.since(self.world.requests.total - 1)[-1].fault] += 1
            if booked and self._random.random() < TWIN:
                self.truth.twins += self.course.repeat(self.world, booked)
            return reply

        exchange.handle = watched  # type: ignore[method-assign]  # the one place that all requests pass

    def _set_scene(self, number: int) -> None:
        switches = self.world.switches
        switches.ledger_lag_s = switches.futures_log_lag_s = LAGS_S[number % len(LAGS_S)]
        switches.futures_withdrawal_uid_in_log = number % 2 == 0
        switches.transfer_refid = REFIDS[number % len(REFIDS)]  # type: ignore[assignment]  # its positions
        rules = [(path, name, given) for path in self.course.paths for name, given in FAULTS]
        for place, (path, name, given) in enumerate(rules):
            seed = self._seed * 1000 + number * 50 + place
            self.world.faults.add(name, path=path, count=None, probability=0.02, seed=seed, **given)

    async def _transfer(self, number: int, first: int, last: int) -> None:
        """Make a round's transfers; the program is started anew after each kill."""
        kills = 0
        while first < last:
            step = STEPS[(number + kills) % len(STEPS)]
            rare = "unknown" in step
            after = self._random.randrange(3 if rare else max(4, self._per_round // 4))
            kill = {"step": step, "after": after} if kills < 4 else None
            reached, killed = await self._child(
                work=self.course.work, first=first, last=last, kill=kill, seed=self._seed + first
            )
            if killed:
                kills += 1
                self.truth.kills[step] += 1
            elif reached < last - 1:
                raise RuntimeError(f"the program ended by itself at transfer {reached}")
            first = reached + 1

    async def _settle(self, number: int) -> None:
        """Look at what is unknown soon, after the dead are known as such, and long after."""
        for moved in (5.0, 240.0, 900.0):
            self._move(moved)
            if moved == 240.0:
                await self._late_twins()
            step = SETTLING_STEPS[(number + int(moved)) % len(SETTLING_STEPS)]
            kill = {"step": step, "after": 1}
            _, killed = await self._child(work="settle", kill=kill, seed=1)
            if killed:
                self.truth.kills[step] += 1
                await self._child(work="settle", kill=None, seed=1)

    async def _late_twins(self) -> None:
        """Let somebody else make, minutes later, a transfer that of ours did not execute."""
        for record in await self._unknown():
            done = self.truth.executed[self._way(record)]
            if not done and self._random.random() < 5 * TWIN:
                self.truth.twins += move(self.world, record)

    async def _decide(self) -> None:
        """Let a person settle what the traces left open, so that its route serves the next round."""
        decisions = {r.journal_id: bool(self.truth.executed[self._way(r)]) for r in await self._unknown()}
        self.by_person += len(decisions)
        await self._child(work="decide", decisions=decisions, kill=None, seed=1)

    def _move(self, seconds: float) -> None:
        self._offset_s += seconds
        self.world.clock.advance(seconds)

    async def _child(self, **job: Any) -> tuple[int, bool]:
        """Run the program; return the last transfer that it began, and whether it was killed."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bench.transfer_child",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            cwd=Path(__file__).parents[1],
        )
        whole = {"home": str(self._home), "offset_s": self._offset_s, **job}
        text = json.dumps({**whole, "description": dict(self.simulator.description)})
        said, _ = await process.communicate(text.encode())
        lines = said.decode().split()
        if process.returncode not in (0, -9):
            raise RuntimeError(f"the program ended with {process.returncode}")
        first = int(job.get("first", 0))
        return (int(lines[-1]) if lines else first - 1), process.returncode == -9

    async def _records(self) -> tuple[TransferRecord, ...]:
        store = await Store.open(self._home / "desk.sqlite3")
        try:
            return await store.journal.records(DEMO)
        finally:
            await store.close()

    async def _unknown(self) -> list[TransferRecord]:
        return [r for r in await self._records() if r.state is TransferState.UNKNOWN]

    def _way(self, record: TransferRecord) -> Way:
        return self.course.of_record(self.world, record)

    async def _claims(self, before: dict[str, Decimal]) -> list[Claim]:
        records = await self._records()
        truth = self.truth
        states = Counter(r.state for r in records)
        ways = Counter(self._way(r) for r in records)
        lost = [way for way, done in truth.executed.items() if done and not ways[way]]
        twice = [way for way, times in truth.requests.items() if times > max(1, ways[way])]
        wrong = [r for r in records if ways[self._way(r)] == 1 and self._misjudged(r)]
        store = await Store.open(self._home / "desk.sqlite3")
        chain = await store.journal.verify()
        await store.close()
        open_ones = states[TransferState.PLANNED] + states[TransferState.SENT]
        by_traces = Counter(r.state for r in records if r.settled_by is SettledBy.TRACES)
        faults = sum(times for name, times in truth.faults.items() if name)
        kills = sum(truth.kills.values())
        told = (
            f"{len(records)} records: {states[TransferState.CONFIRMED]} confirmed,"
            f" {states[TransferState.REJECTED]} rejected, {by_traces[TransferState.EXECUTED]} settled as"
            f" executed and {by_traces[TransferState.NOT_EXECUTED]} as not executed by traces,"
            f" {self.by_person} left to a person, {states[TransferState.UNKNOWN]} unknown at the end"
        )
        return [
            Claim(
                "totals per asset over all accounts stay the same",
                self.world.totals() == before,
                f"{faults} faults, {truth.twins} equal transfers by others, {kills} kills at"
                f" {len(truth.kills)} steps",
            ),
            Claim(
                "every request is sent at most once",
                not twice,
                f"{sum(truth.requests.values())} requests, {len(twice)} sent twice",
            ),
            Claim("every line is settled or honestly unknown", open_ones == 0, told),
            Claim("no transfer that moved money lacks its record", not lost, f"{len(lost)} lost"),
            Claim(
                "no state says other than what happened", not wrong, f"{len(wrong)} wrong {wrong[:1] or ''}"
            ),
            Claim(
                "the journal's chain is whole", chain.whole, f"{chain.lines} lines, {chain.found} findings"
            ),
        ]

    def _misjudged(self, record: TransferRecord) -> bool:
        executed = bool(self.truth.executed[self._way(record)])
        said = {
            TransferState.CONFIRMED: True,
            TransferState.EXECUTED: True,
            TransferState.REJECTED: False,
            TransferState.NOT_EXECUTED: False,
        }.get(record.state)
        return said is not None and said is not executed


def measure(runs: int) -> list[Claim]:  # noqa: ARG001  # one campaign is one run
    with tempfile.TemporaryDirectory(prefix="kraken-desk-bench-") as home:
        return asyncio.run(campaign(Path(home)))


def measure_legs(runs: int) -> list[Claim]:  # noqa: ARG001  # one campaign is one run
    with tempfile.TemporaryDirectory(prefix="kraken-desk-bench-") as home:
        return asyncio.run(campaign(Path(home), course=EveryLeg(), count=LEGS))


async def campaign(
    home: Path,
    *,
    course: Course | None = None,
    count: int = TRANSFERS,
    per_round: int = PER_ROUND,
    seed: int = SEED,
) -> list[Claim]:
    """Run a course, by default between Spot accounts, in an empty directory; return what must hold."""
    simulator = await Simulator.start(population=f"large:{SUBACCOUNTS}", seed=seed)
    try:
        return await Campaign(simulator, course or SpotAccounts(), home, seed, count, per_round).run()
    finally:
        await simulator.stop()
