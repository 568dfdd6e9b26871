"""Two processes, every kind of failure, in any order: the journal and the money always agree."""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import dataclass
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from kraken_desk.domain.errors import (
    KeychainLockedError,
    KrakenDeskError,
    OutcomeUnknownError,
    RefusedError,
    StoreBusyError,
    UnavailableError,
)
from kraken_desk.domain.transfers import TransferReceipt, TransferState
from kraken_desk.store import Store
from tests.helpers.builders import LAB
from tests.helpers.fakes import Call, FakeClock
from tests.unit.services.bench import Bench
from tests.unit.services.treasury import a_plan, furnish

ANSWERS: dict[str, tuple[bool, object]] = {
    "confirmed": (True, TransferReceipt("T", "complete")),
    "refused": (False, RefusedError("no")),
    "lost": (True, OutcomeUnknownError("lost")),
    "lost before": (False, OutcomeUnknownError("lost")),
    "page": (True, UnavailableError("520")),
    "defect": (True, ZeroDivisionError("defect")),
}
"""What Kraken does with a transfer: whether it executes, and what it answers."""

FAILURES = [
    "",
    "",
    "plan",
    "move",
    "move:sent",
    "move:confirmed",
    "move:rejected",
    "records",
    "record_success",
]
DONE = (TransferState.CONFIRMED, TransferState.EXECUTED)


@dataclass(frozen=True)
class Step:
    """One send: by which process, what Kraken does, which write fails and when, and a cancellation."""

    process: int
    answer: str
    failing: str
    moment: str
    locked: bool
    cancel_after: int | None


STEPS = st.lists(
    st.builds(
        Step,
        process=st.integers(0, 1),
        answer=st.sampled_from(sorted(ANSWERS)),
        failing=st.sampled_from(FAILURES),
        moment=st.sampled_from(["failures", "after"]),
        locked=st.booleans(),
        cancel_after=st.one_of(st.none(), st.integers(0, 60)),
    ),
    min_size=1,
    max_size=5,
)


class Kraken:
    """Counts the transfers that really executed, whichever process asked for them."""

    def __init__(self) -> None:
        self.executed = 0
        self.executes = False

    async def on_call(self, call: Call) -> None:
        if call.operation == "transfer":
            self.executed += self.executes


async def send(bench: Bench, kraken: Kraken, step: Step) -> None:
    """Carry one step out and let the failures end with it."""
    kraken.executes, answer = ANSWERS[step.answer]
    bench.spot.answer("transfer", answer)
    plan = await a_plan(bench, "1")
    port = bench.guard_store if step.failing == "record_success" else bench.journal
    if step.failing:
        getattr(port, step.moment)[step.failing] = StoreBusyError("busy")
    if step.locked:
        bench.vault.failures["get"] = KeychainLockedError("locked")
    task = asyncio.get_running_loop().create_task(bench.transfers.send(plan))
    if step.cancel_after is not None:
        for _ in range(step.cancel_after):
            await asyncio.sleep(0)
        task.cancel()
    await asyncio.wait((task,))
    if not task.cancelled() and (error := task.exception()) is not None:
        assert isinstance(error, KrakenDeskError | ZeroDivisionError)
    for failing in (bench.journal, bench.guard_store):
        failing.failures.clear()
        failing.after.clear()
    bench.vault.failures.clear()


async def settle(bench: Bench, *, executed: bool) -> None:
    """Close what a died sender left, and settle what is unknown by what really happened."""
    bench.clock.move(minutes=4)
    for record in (await bench.transfers.load()).records:
        assert record.state not in (TransferState.PLANNED, TransferState.SENT)
        if record.state is TransferState.UNKNOWN:
            await bench.transfers.settle(record.journal_id, executed=executed)


async def play(steps: list[Step], path: Path) -> None:
    clock, kraken = FakeClock(), Kraken()
    store = await Store.open(path / "desk.sqlite3")
    try:
        first = Bench(store, clock)
        await furnish(first)
        second = Bench(store, clock, vault=first.vault)
        await second.fleet.load()
        for bench in (first, second):
            bench.spot.answer("balances", first.spot._answers["balances", first.fleet.slots()[0].api_key])
            bench.spot.on_call = kraken.on_call
        for step in steps:
            before = kraken.executed
            await send((first, second)[step.process], kraken, step)
            assert kraken.executed - before <= 1
            await settle(first, executed=kraken.executed > before)
            records = await store.journal.records(LAB.name)
            assert sum(record.state in DONE for record in records) == kraken.executed
    finally:
        await store.close()


@settings(max_examples=60)
@given(STEPS)
def test_the_journal_and_the_money_agree(steps: list[Step]) -> None:
    """As many records are done as transfers executed: none twice, none unnoticed, none called rejected."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(play(steps, Path(folder)))
