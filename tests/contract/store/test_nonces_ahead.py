"""Nonces of the desk's own keys: few commits, and no nonce twice whatever ends when."""

from __future__ import annotations

import asyncio
import os
import random
from pathlib import Path

import pytest

from kraken_desk.domain.errors import StoreUnwritableError
from kraken_desk.domain.foreign_use import OwnCall
from kraken_desk.store import nonces as nonces_module
from kraken_desk.store.nonces import SqliteNonces
from kraken_desk.store.store import Store
from tests.contract.store.samples import at
from tests.contract.store.test_processes import child, start, wait_until_ready

AHEAD = 100


async def mark_on_disk(store: Store, fingerprint: str = "f") -> int:
    """Return what a power cut would leave of a key's nonces."""
    text = await store._database.read(
        lambda s: s.value("SELECT last FROM nonces WHERE fingerprint = ?", (fingerprint,))
    )
    return int(text)


def after_restart_of_the_machine(store: Store) -> SqliteNonces:
    """Return the store's nonces as they are when the operating system has started anew."""
    return SqliteNonces(store._database, store.locks, session=lambda: "another-session")


async def take(nonces: SqliteNonces, *candidates: int, ahead: int = AHEAD) -> list[int]:
    return [await nonces.next_nonce("f", candidate, ahead=ahead) for candidate in candidates]


async def test_nonces_up_to_the_mark_need_no_commit(store: Store) -> None:
    """The mark is set ahead once; nonces follow the clock, and the mark is moved when it is reached."""
    assert await take(store.nonces, 1000) == [1000]
    assert await mark_on_disk(store) == 1100

    assert await take(store.nonces, 1000, 1050, 1100) == [1001, 1050, 1100]
    assert await mark_on_disk(store) == 1100

    assert await take(store.nonces, 1100) == [1101]
    assert await mark_on_disk(store) == 1201


async def test_a_clock_set_back_goes_on_from_the_last_nonce(store: Store) -> None:
    """A lower candidate gives the last nonce plus one, below the mark and beyond it."""
    await take(store.nonces, 1000)

    assert await take(store.nonces, *[7] * 102) == list(range(1001, 1103))


async def test_another_process_goes_on_where_the_first_one_is(store: Store) -> None:
    """Two programs that use a key in turns leave no gap: neither begins above the other's mark."""
    other = await Store.open(store.path)

    taken = [await take(each.nonces, 1000) for _ in range(3) for each in (store, other)]
    await other.close()

    assert taken == [[1000], [1001], [1002], [1003], [1004], [1005]]


async def test_a_key_of_another_process_is_never_put_ahead(store: Store) -> None:
    """Without leave to be ahead each nonce is on disk, and even a power cut skips none."""
    await take(store.nonces, 1000, 1000, ahead=0)

    assert await mark_on_disk(store) == 1001
    assert await take(after_restart_of_the_machine(store), 1000, ahead=0) == [1002]


async def test_a_power_cut_lets_nonces_begin_above_the_mark(store: Store) -> None:
    """What was noted in memory is void after a restart of the machine, also when the clock is behind."""
    await take(store.nonces, 1000, 1000, 1000)

    assert await take(after_restart_of_the_machine(store), 1000, 1000) == [1101, 1102]


@pytest.mark.parametrize("damage", [b"", b"garbage", b"x 1 2 3", b"\0" * 256])
async def test_a_damaged_note_lets_nonces_begin_above_the_mark(store: Store, damage: bytes) -> None:
    """A lock file that was emptied, overwritten or cut short is not believed."""
    await take(store.nonces, 1000, 1000)
    (store.path.parent / "locks" / "f.lock").write_bytes(damage)

    assert await take(store.nonces, 1000) == [1101]


async def test_a_changed_digit_is_noticed(store: Store) -> None:
    """A note with another number in it than was written counts for nothing."""
    await take(store.nonces, 1000, 1001)
    file = store.path.parent / "locks" / "f.lock"
    file.write_bytes(file.read_bytes().replace(b"1001", b"0001"))

    assert await take(store.nonces, 1000) == [1101]


async def test_a_removed_lock_directory_costs_no_nonce(store: Store) -> None:
    """Someone who tidies up beside a running program does not make it repeat nonces."""
    await take(store.nonces, 1000, 1000)
    for file in (store.path.parent / "locks").iterdir():
        file.unlink()

    assert await take(store.nonces, 1000) == [1101]


async def test_without_a_name_for_its_session_every_nonce_is_committed(store: Store) -> None:
    """Systems other than Linux get the same order with a commit for each nonce."""
    nonces = SqliteNonces(store._database, store.locks, session=lambda: None)

    assert await take(nonces, 1000, 1000) == [1000, 1001]
    assert await mark_on_disk(store) == 1001


async def test_a_note_that_cannot_be_written_stops_the_call(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a full disk no nonce is given out, and the next one is above all that went before."""
    await take(store.nonces, 1000)

    def full(*_: object) -> None:
        raise OSError(28, os.strerror(28))

    with monkeypatch.context() as patch:
        patch.setattr(nonces_module, "write_note", full)
        with pytest.raises(StoreUnwritableError) as caught:
            await take(store.nonces, 1000)
    assert "lock file: No space left on device. Nothing was sent." in caught.value.detail

    assert await take(store.nonces, 1000) == [1001]


async def test_the_last_call_is_told_exactly(store: Store) -> None:
    """Not the mark but the last nonce and its time are told in every process; after a power cut no time."""
    for seconds in (1, 2):
        await store.nonces.next_nonce("f", 1000, at=at(seconds), ahead=AHEAD)
    other = await Store.open(store.path)
    seen = await other.nonces.last_call("f")
    await other.close()

    assert seen == await store.nonces.last_call("f") == OwnCall(1001, at(2))
    assert await after_restart_of_the_machine(store).last_call("f") == OwnCall(1100, None)


async def test_the_last_call_of_another_processes_key_outlives_a_power_cut(store: Store) -> None:
    """Its nonce and time are on disk."""
    await store.nonces.next_nonce("f", 1000, at=at(1))

    assert await after_restart_of_the_machine(store).last_call("f") == OwnCall(1000, at(1))


async def test_marks_end_with_the_numbers_of_kraken(store: Store) -> None:
    """The mark is no larger than an unsigned number of 64 bits."""
    assert await take(store.nonces, 2**64 - 2) == [2**64 - 2]
    assert await mark_on_disk(store) == 2**64 - 1


async def test_tasks_of_one_process_share_no_nonce(store: Store) -> None:
    """Callers who hold no lock of their own get different, rising nonces all the same."""
    taken = await asyncio.gather(*(store.nonces.next_nonce("f", 1000, ahead=AHEAD) for _ in range(20)))

    assert sorted(taken) == list(range(1000, 1020))


def test_two_processes_with_marks_ahead_never_share_a_nonce(tmp_path: Path) -> None:
    """Racing for one key, each sees rising nonces and together they leave no gap."""
    path = tmp_path / "desk.db"
    with child(path, "nonces_ahead", "left") as left, child(path, "nonces_ahead", "right") as right:
        for process in (left, right):
            wait_until_ready(process)
        for process in (left, right):
            start(process)
        said = [[int(line) for line in p.communicate()[0].split()] for p in (left, right)]

    assert all(numbers == sorted(set(numbers)) for numbers in said)
    assert sorted(said[0] + said[1]) == list(range(1000, 1400))


@pytest.mark.parametrize("seed", range(4))
async def test_a_process_killed_at_any_moment_loses_no_nonce(tmp_path: Path, seed: int) -> None:
    """After SIGKILL between mark, note and use the next nonce is above all that were given out."""
    path = tmp_path / "desk.db"
    with child(path, "nonces_for_ever", "run") as process:
        wait_until_ready(process)
        start(process)
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(random.Random(seed).randint(1, 60))]
        process.kill()
        said += process.stdout.read().splitlines()
    last = max(int(line) for line in said if line.strip())

    store = await Store.open(path)
    [after_kill] = await take(store.nonces, 1000, ahead=10)
    [after_power_cut] = await take(after_restart_of_the_machine(store), 1000, ahead=10)
    await store.close()

    assert last < after_kill <= last + 2
    assert after_kill < after_power_cut <= after_kill + 11
