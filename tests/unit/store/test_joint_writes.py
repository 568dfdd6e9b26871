"""Works that share a commit: as durable and as separate as if each had one of its own."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from kraken_desk.domain.errors import StoreError
from kraken_desk.store.database import Database, Session
from kraken_desk.store.key_locks import KeyLocks
from kraken_desk.store.nonces import SqliteNonces


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await Database.open(tmp_path / "desk.db")
    yield opened
    await opened.close()


async def commits(database: Database) -> list[str]:
    """Return a list to which every commit from now on is added."""
    seen: list[str] = []

    def watch() -> None:
        assert database._connection is not None
        database._connection.set_trace_callback(lambda text: seen.append(text) if text == "COMMIT" else None)

    await database._thread.run(watch)
    return seen


def stored(path: Path) -> dict[str, int]:
    """Read the nonces as another process would after a crash."""
    with closing(sqlite3.connect(path)) as connection:
        return {key: int(last) for key, last in connection.execute("SELECT fingerprint, last FROM nonces")}


async def test_nonces_taken_at_once_share_commits(database: Database) -> None:
    """Nonces of ten keys that wait for the disk are given in one commit."""
    nonces = SqliteNonces(database, KeyLocks(database.path.parent / "locks"))
    made, gate = await commits(database), threading.Event()
    loop = asyncio.get_running_loop()
    busy = loop.create_task(database._thread.run(gate.wait))
    tasks = [loop.create_task(nonces.next_nonce(f"key {i}", 1000 + i)) for i in range(10)]
    await asyncio.sleep(0)
    gate.set()

    given = await asyncio.gather(*tasks)

    assert await busy
    assert given == [1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009]
    assert len(made) == 1


async def test_a_nonce_is_on_disk_when_it_is_given(database: Database) -> None:
    """At the moment a caller hears its nonce, another process already reads it."""
    nonces = SqliteNonces(database, KeyLocks(database.path.parent / "locks"))
    missing: list[str] = []

    async def take(key: str) -> None:
        nonce = await nonces.next_nonce(key, 7)
        if stored(database.path).get(key, 0) < nonce:
            missing.append(key)

    await asyncio.gather(*(take(f"key {i % 4}") for i in range(40)))

    assert missing == []


async def test_one_failing_work_fails_alone(database: Database) -> None:
    """A row that cannot be read stops its own caller; the others get their nonces, durably."""
    nonces = SqliteNonces(database, KeyLocks(database.path.parent / "locks"))
    await database.write(lambda s: s.execute("INSERT INTO nonces VALUES ('broken', 'no number')"))

    results = await asyncio.gather(
        *(nonces.next_nonce(key, 5) for key in ("a", "broken", "b")), return_exceptions=True
    )

    assert results[0] == results[2] == 5
    assert isinstance(results[1], StoreError)
    await database.write(lambda s: s.execute("DELETE FROM nonces WHERE fingerprint = 'broken'"))
    assert stored(database.path) == {"a": 5, "b": 5}


async def test_a_cancelled_caller_takes_nobody_with_it(database: Database) -> None:
    """The work of a cancelled caller is done all the same, and the others are answered."""
    nonces = SqliteNonces(database, KeyLocks(database.path.parent / "locks"))
    loop = asyncio.get_running_loop()
    tasks = [loop.create_task(nonces.next_nonce("key", 1)) for _ in range(3)]
    await asyncio.sleep(0)

    tasks[0].cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)

    assert isinstance(results[0], asyncio.CancelledError)
    assert results[1:] == [2, 3]


async def test_works_keep_their_own_results(database: Database) -> None:
    """Each caller hears what its own work returned."""

    def counted(number: int) -> asyncio.Future[int]:
        def work(session: Session) -> int:
            session.execute("INSERT INTO settings (name, value) VALUES (?, '')", (str(number),))
            return number

        return asyncio.ensure_future(database.write_jointly(work))

    assert await asyncio.gather(*map(counted, range(20))) == list(range(20))
