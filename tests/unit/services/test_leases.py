"""Leases: exclusive, released at any kind of death, and shown with who holds them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from kraken_desk.domain.errors import LeaseHeldError, StoreUnwritableError
from kraken_desk.domain.leases import Lease, LeaseId, ProcessMark, program_name
from kraken_desk.services.leases import LeasesService
from kraken_desk.store import Store
from kraken_desk.store.lease_locks import LeaseLocks
from kraken_desk.store.processes import mark_of
from tests.helpers.builders import NOW, a_slot
from tests.helpers.fakes import FakeClock, Faulty


@pytest.fixture
def leases(store: Store, clock: FakeClock, tmp_path: Path) -> LeasesService:
    return LeasesService(store.leases, LeaseLocks(tmp_path / "locks"), clock, mark_of)


async def test_a_taken_slot_is_shown_until_it_is_released(leases: LeasesService) -> None:
    """Holder, command and time are told while the lease holds, and nothing afterwards."""
    held = await leases.take(a_slot(), "mm-bot")

    [shown] = await leases.current()
    assert (shown.slot_id, shown.command, shown.since) == ("slot-1", "mm-bot", NOW)
    assert shown.holder.pid == os.getpid()
    assert await leases.leased_slots() == {"slot-1"}

    await held.release()
    assert await leases.current() == ()


async def test_what_a_dead_holder_left_is_removed(store: Store, clock: FakeClock, tmp_path: Path) -> None:
    """Whoever notices the end of a lease tidies up after it while the slot is free, and only then."""
    tidied: list[str] = []
    leases = LeasesService(store.leases, LeaseLocks(tmp_path / "locks"), clock, mark_of, tidied.append)
    dead, alive = await leases.take(a_slot(1), "killed"), await leases.take(a_slot(2), "at work")
    assert tidied == ["slot-1", "slot-2"]  # the next holder looks too

    os.close(dead.descriptor)  # what the system does for a killed process

    assert [lease.slot_id for lease in await leases.current()] == ["slot-2"]
    assert tidied == ["slot-1", "slot-2", "slot-1"]
    await alive.release()


async def test_a_taking_that_fails_holds_nothing(store: Store, clock: FakeClock, tmp_path: Path) -> None:
    """Whatever goes wrong behind the lock, the slot is free for the next."""
    locks = LeaseLocks(tmp_path / "locks")

    def fail(_slot: object) -> None:
        raise OSError("no tidying here")

    with pytest.raises(OSError, match="no tidying"):
        await LeasesService(store.leases, locks, clock, mark_of, fail).take(a_slot(), "mm-bot")

    assert not locks.is_held(a_slot().slot_id)


async def test_a_second_process_is_refused_with_the_holders_name(leases: LeasesService) -> None:
    """The refusal says who holds the key and since when."""
    held = await leases.take(a_slot(name="mm key"), "mm-bot")
    await held.child_started(4711)

    with pytest.raises(LeaseHeldError) as caught:
        await leases.take(a_slot(name="mm key"), "other")

    assert "“mm-bot” (process 4711, since 2026-11-20 12:00:00 UTC) holds “mm key”" in caught.value.detail
    await held.release()


async def test_other_slots_are_free(leases: LeasesService) -> None:
    """A lease is about one slot."""
    first = await leases.take(a_slot(1), "a")
    second = await leases.take(a_slot(2), "b")

    assert len(await leases.current()) == 2
    await first.release()
    await second.release()


async def test_a_row_without_a_lock_is_a_dead_holders(
    leases: LeasesService, store: Store, clock: FakeClock
) -> None:
    """A lease in the store whose number now belongs to a living process holds nothing."""
    ours = (await _ended_lease(leases)).host
    slot = a_slot(7)
    reused = ProcessMark(os.getpid(), "another boot 1")
    await store.leases.begin(
        Lease(LeaseId("old"), slot.slot_id, slot.environment, reused, ours, clock.now(), "mm-bot")
    )

    shown = await leases.current()
    taken = await leases.take(slot, "mm-bot")

    assert shown == ()
    assert [lease.ended_at for lease in await store.leases.of_slot(slot.slot_id)] == [None, NOW]
    await taken.release()


async def test_a_lease_of_another_host_is_shown_but_not_judged(
    leases: LeasesService, store: Store, clock: FakeClock
) -> None:
    """On a shared disk the lock of another machine cannot be seen, so its lease is not ended here."""
    slot = a_slot(3)
    elsewhere = Lease(
        LeaseId("far"), slot.slot_id, slot.environment, ProcessMark(1), "far-host", clock.now(), "bot"
    )
    await store.leases.begin(elsewhere)

    assert await leases.current() == (elsewhere,)


async def test_a_child_that_outlives_the_release_keeps_the_lease(leases: LeasesService) -> None:
    """While somebody still has the descriptor, the slot stays leased and is shown so."""
    held = await leases.take(a_slot(), "mm-bot")
    child = an_heir_of(held.descriptor)
    await held.release()

    shown = len(await leases.current())
    with pytest.raises(LeaseHeldError):
        await leases.take(a_slot(), "other")
    child.kill()
    child.wait()

    assert shown == 1
    assert await leases.current() == ()


async def test_a_lease_that_cannot_be_written_down_is_not_taken(
    store: Store, clock: FakeClock, tmp_path: Path
) -> None:
    """When the store fails, the lock is given back."""
    faulty = Faulty(store.leases)
    leases = LeasesService(faulty, LeaseLocks(tmp_path / "locks"), clock, mark_of)
    faulty.failures["begin"] = StoreUnwritableError("full")

    with pytest.raises(StoreUnwritableError):
        await leases.take(a_slot(), "mm-bot")
    faulty.failures.clear()
    held = await leases.take(a_slot(), "mm-bot")

    await held.release()


async def test_a_store_that_fails_at_the_end_does_not_keep_the_slot(
    store: Store, clock: FakeClock, tmp_path: Path
) -> None:
    """The slot is free although its end could not be written."""
    faulty = Faulty(store.leases)
    leases = LeasesService(faulty, LeaseLocks(tmp_path / "locks"), clock, mark_of)
    held = await leases.take(a_slot(), "mm-bot")
    faulty.failures["end"] = faulty.failures["child_started"] = StoreUnwritableError("full")

    await held.child_started(1)
    await held.release()
    faulty.failures.clear()

    assert await leases.current() == ()


def test_a_command_is_named_without_path_and_arguments() -> None:
    """Arguments may hold anything, so they are never kept."""
    assert program_name(("/usr/bin/freqtrade", "trade", "--secret", "x")) == "freqtrade"
    assert program_name(()) == ""


def an_heir_of(descriptor: int) -> subprocess.Popen[bytes]:
    """Start a process that inherits the descriptor and lasts until it is killed."""
    return subprocess.Popen(["sleep", "60"], pass_fds=(descriptor,))


async def _ended_lease(leases: LeasesService) -> Lease:
    held = await leases.take(a_slot(9), "x")
    await held.release()
    return held.lease
