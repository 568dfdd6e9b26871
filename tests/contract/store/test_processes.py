"""Window and command line at once, and a process that dies at any moment."""

from __future__ import annotations

import contextlib
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.transfers import TransferState
from kraken_desk.store.database import Session
from kraken_desk.store.store import Store
from tests.contract.store.samples import LAB, a_route, a_transfer

ROOT = Path(__file__).resolve().parents[3]

Child = subprocess.Popen[str]


@contextlib.contextmanager
def child(path: Path, task: str, name: str) -> Iterator[Child]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.contract.store.child", str(path), task, name],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def wait_until_ready(process: Child) -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"


def start(process: Child) -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def race(path: Path, task: str) -> list[list[str]]:
    """Let two processes open the same new file and do `task` at the same time; return what each said."""
    with child(path, task, "left") as left, child(path, task, "right") as right:
        for process in (left, right):
            wait_until_ready(process)
        for process in (left, right):
            start(process)
        said = [process.communicate()[0].splitlines() for process in (left, right)]
        assert (left.returncode, right.returncode) == (0, 0)
    return said


def test_two_processes_never_share_a_nonce(tmp_path: Path) -> None:
    """A hundred nonces each, taken at once: rising for each, all different, without a gap."""
    left, right = ([int(line) for line in said] for said in race(tmp_path / "desk.db", "nonces"))

    assert left == sorted(set(left))
    assert right == sorted(set(right))
    assert sorted(left + right) == list(range(1000, 1200))


async def test_two_processes_never_open_one_route(tmp_path: Path) -> None:
    """When two processes plan on the same routes, exactly one wins each, and its record is the one kept."""
    path = tmp_path / "desk.db"

    left, right = race(path, "plans")

    outcomes = [{one.split()[1], other.split()[1]} for one, other in zip(left, right, strict=True)]
    assert outcomes == [{"won", "blocked"}] * 20
    store = await Store.open(path)
    winners = {
        f"{number} won": record.key_name
        for number in range(20)
        for record in await store.journal.open_on(a_route(destination=AccountId(f"acc-{number}")))
    }
    await store.close()
    expected = {line: "left" for line in left if line.endswith("won")}
    assert winners == expected | {line: "right" for line in right if line.endswith("won")}


@pytest.mark.parametrize("seed", range(6))
async def test_killed_process_leaves_a_true_journal(tmp_path: Path, seed: int) -> None:
    """After SIGKILL in the middle of writing everything promised is there, and at most one step more."""
    path = tmp_path / "desk.db"
    promised = _run_and_kill(path, lines=random.Random(seed).randint(1, 60))

    store = await Store.open(path)
    records = await store.journal.records(LAB)
    history = await store._database.read(_history)
    sound = await store._database.read(lambda session: session.value("PRAGMA integrity_check"))
    await store.close()

    assert sound == "ok"
    assert history[: len(promised)] == promised
    assert len(history) <= len(promised) + 1
    last_moves = dict(history)
    assert {record.journal_id: str(record.state) for record in records} == last_moves
    assert sum(record.blocks_route for record in records) <= 1


async def test_survivor_goes_on_after_the_other_was_killed(tmp_path: Path) -> None:
    """A window that stays open while the command line is killed reads and writes on at once."""
    path = tmp_path / "desk.db"
    store = await Store.open(path)

    promised = _run_and_kill(path, lines=20)
    for record in await store.journal.open_on(a_route()):
        if record.state is TransferState.PLANNED:
            await store.journal.move(record.journal_id, TransferState.REJECTED, record.planned_at)
        else:
            await store.journal.move(record.journal_id, TransferState.UNKNOWN, record.planned_at)
            await store.journal.move(record.journal_id, TransferState.EXECUTED, record.planned_at)
    await store.journal.plan(a_transfer(1))

    [newest, *_] = await store.journal.records(LAB)
    await store.close()
    assert newest == a_transfer(1)
    assert len(promised) >= 20


def _run_and_kill(path: Path, *, lines: int) -> list[tuple[str, str]]:
    """Let a process write transfers, kill it after `lines` promises, and return those promises."""
    with child(path, "transfers", "run") as process:
        wait_until_ready(process)
        start(process)
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(lines)]
        process.kill()
        # What it managed to say between the last line read and its end was promised as well.
        said += process.stdout.readlines()
    complete = [line for line in said if line.endswith("\n")]
    return [(line.split()[0], line.split()[1]) for line in complete]


def _history(session: Session) -> list[tuple[str, str]]:
    rows = session.rows("SELECT journal_id, state FROM transfer_moves ORDER BY position")
    return [(row["journal_id"], row["state"]) for row in rows]
