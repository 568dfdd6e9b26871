"""The LeaseStore port, the locks of leases, and marks of processes."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from kraken_desk.domain.keys import SlotId
from kraken_desk.domain.leases import Lease, LeaseId, ProcessMark
from kraken_desk.store.lease_locks import LeaseLocks
from kraken_desk.store.processes import is_running, mark_of, own_mark
from kraken_desk.store.store import Store
from tests.contract.store.samples import LAB, at

SLOT = SlotId("0123abcd")

HOLDER = """
import asyncio, sys
from pathlib import Path
from kraken_desk.domain.keys import SlotId
from kraken_desk.store.lease_locks import LeaseLocks
print(asyncio.run(LeaseLocks(Path(sys.argv[1])).take(SlotId(sys.argv[2]))) is not None, flush=True)
sys.stdin.read()
"""


def a_lease(number: int = 1) -> Lease:
    return Lease(
        LeaseId(f"lease-{number}"), SLOT, LAB, ProcessMark(4711, "boot 99"), "host", at(number), "mm-bot"
    )


def holder(directory: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(directory), SLOT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "True\n"
    return process


def an_heir_of(descriptor: int) -> subprocess.Popen[bytes]:
    """Start a process that inherits the descriptor and lasts until it is killed."""
    return subprocess.Popen(["sleep", "60"], pass_fds=(descriptor,))


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


async def test_a_lease_comes_back_as_it_was_written(store: Store) -> None:
    """Holder, host, time, command and child are kept."""
    await store.leases.begin(a_lease())
    await store.leases.child_started(LeaseId("lease-1"), ProcessMark(4712, "boot 100"))

    assert await store.leases.open_leases() == (replace(a_lease(), child=ProcessMark(4712, "boot 100")),)


async def test_a_new_lease_ends_the_one_a_dead_holder_left(store: Store) -> None:
    """A slot has one open lease at most, and its history keeps both."""
    await store.leases.begin(a_lease(1))
    await store.leases.begin(a_lease(2))

    assert [lease.lease_id for lease in await store.leases.open_leases()] == ["lease-2"]
    assert [(one.lease_id, one.ended_at) for one in await store.leases.of_slot(SLOT)] == [
        ("lease-2", None),
        ("lease-1", at(2)),
    ]


async def test_an_end_is_noted_once(store: Store) -> None:
    """A later note does not move the end."""
    await store.leases.begin(a_lease())
    await store.leases.end(LeaseId("lease-1"), at(5))
    await store.leases.end(LeaseId("lease-1"), at(9))

    assert await store.leases.open_leases() == ()
    assert [lease.ended_at for lease in await store.leases.of_slot(SLOT)] == [at(5)]


async def test_a_held_slot_is_refused_and_a_kill_frees_it(tmp_path: Path) -> None:
    """The operating system releases the lock of a process that was killed."""
    locks = LeaseLocks(tmp_path / "locks")
    other = holder(tmp_path / "locks")

    refused, seen = await locks.take(SLOT), locks.is_held(SLOT)
    kill(other)
    taken = await locks.take(SLOT)

    assert (refused, seen) == (None, True)
    assert taken is not None
    os.close(taken)
    assert not locks.is_held(SLOT)


async def test_a_child_that_inherited_the_lock_keeps_it(tmp_path: Path) -> None:
    """The lease lasts as long as anybody has the descriptor, also when its taker is gone."""
    locks = LeaseLocks(tmp_path)
    descriptor = await locks.take(SLOT)
    assert descriptor is not None
    child = an_heir_of(descriptor)
    os.close(descriptor)

    held = locks.is_held(SLOT)
    child.kill()
    child.wait()

    assert held
    assert not locks.is_held(SLOT)


async def test_looking_does_not_make_a_lease_fail(tmp_path: Path) -> None:
    """Somebody who looks at the lock all the time does not keep others from taking it."""
    locks = LeaseLocks(tmp_path)
    first = await locks.take(SLOT)
    assert first is not None
    os.close(first)

    def look() -> None:
        for _ in range(2000):
            locks.is_held(SLOT)

    looking = asyncio.gather(*(asyncio.to_thread(look) for _ in range(2)))
    taken = []
    while not looking.done():
        descriptor = await locks.take(SLOT)
        taken.append(descriptor is not None)
        if descriptor is not None:
            os.close(descriptor)
        await asyncio.sleep(0)
    await looking

    assert taken
    assert all(taken)


def test_an_unknown_slot_is_free(tmp_path: Path) -> None:
    """Looking makes no file."""
    assert not LeaseLocks(tmp_path).is_held(SlotId("never"))
    assert list(tmp_path.iterdir()) == []


def test_a_slot_id_cannot_leave_the_directory(tmp_path: Path) -> None:
    """Whatever an id contains, its lock lies in the directory of locks."""
    descriptor = asyncio.run(LeaseLocks(tmp_path / "locks").take(SlotId("../../evil")))

    assert descriptor is not None
    os.close(descriptor)
    assert [path.name for path in (tmp_path / "locks").iterdir()] == ["lease-______evil.lock"]


def test_a_reused_process_number_is_another_process() -> None:
    """The same number with another start is not the process that was marked."""
    mine = own_mark()

    assert mine.pid == os.getpid()
    assert is_running(mine)
    if mine.started:
        assert not is_running(ProcessMark(mine.pid, "another boot 1"))


def test_a_dead_process_is_not_running() -> None:
    """A mark outlives its process without being mistaken for alive."""
    child = subprocess.Popen(["sleep", "60"])
    mark = mark_of(child.pid)
    alive = is_running(mark)
    child.kill()
    child.wait()

    assert alive
    assert not is_running(mark)
