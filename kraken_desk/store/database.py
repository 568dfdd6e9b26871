"""The connection, its settings and its transactions.

Methods ending in `_blocking` run on the store's thread, everything else on the event loop. WAL lets
readers of other processes go on during a write; `synchronous=FULL` makes a commit survive a power
cut, which the journal and the nonces need (a third of a millisecond per commit).
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, cast

from kraken_desk.store import files, migrations
from kraken_desk.store.errors import damaged, is_busy, too_new, translated
from kraken_desk.store.migrations import APPLICATION_ID
from kraken_desk.store.scrub import Parameters, scrubbed

if TYPE_CHECKING:  # the thread needs an event loop, which a run does without
    from kraken_desk.store.at_once import AtOnce
    from kraken_desk.store.worker import StoreThread

T = TypeVar("T")

BUSY_TIMEOUT_S = 5.0


class Session:
    """One transaction's view of the database; parameters are scrubbed of secrets on the way in."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def execute(self, statement: str, parameters: Parameters = ()) -> int:
        """Run a statement and return the number of changed rows."""
        return self._connection.execute(statement, scrubbed(parameters)).rowcount

    def rows(self, statement: str, parameters: Parameters = ()) -> list[sqlite3.Row]:
        return self._connection.execute(statement, scrubbed(parameters)).fetchall()

    def row(self, statement: str, parameters: Parameters = ()) -> sqlite3.Row | None:
        return next(iter(self.rows(statement, parameters)), None)

    def value(
        self, statement: str, parameters: Parameters = ()
    ) -> Any:  # as SQLite stores it: str, int, None
        """Return the first column of the first row, or None without a row."""
        row = self.row(statement, parameters)
        return row[0] if row is not None else None

    def tuples(self, statement: str, parameters: Parameters = ()) -> list[tuple[Any, ...]]:
        """Read many rows for who looks for damage: plain, and text that is no UTF-8 as it is."""
        cursor = self._connection.cursor()
        cursor.row_factory = None
        try:
            return cursor.execute(statement, scrubbed(parameters)).fetchall()
        except sqlite3.OperationalError:  # also for a text that cannot be decoded, which costs no time before
            with self.undecodable_kept():
                return cursor.execute(statement, scrubbed(parameters)).fetchall()

    @contextlib.contextmanager
    def undecodable_kept(self) -> Iterator[None]:
        """Read text that is no UTF-8 as it is, for who looks for damage; elsewhere it is an error."""
        self._connection.text_factory = _lenient
        try:
            yield
        finally:
            self._connection.text_factory = str


def _lenient(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


class Database:
    """One open database file. A crash at any instruction leaves it openable and whole."""

    def __init__(self, path: Path, thread: StoreThread | AtOnce) -> None:
        self.path = path
        self._thread = thread
        self._connection: sqlite3.Connection | None = None
        self._joint: deque[_JointWork[Any]] = deque()
        self._watch: sqlite3.Connection | None = None

    @classmethod
    async def open(cls, path: Path, *, version: int | None = None, at_once: bool = False) -> Self:
        """Open or create the file and bring it to the newest version.

        `version` stops the migration earlier; it is for tests of the steps. With `at_once` everything
        is done in the caller's thread, and nothing awaited here needs an event loop.
        """
        database = cls(path, _thread(at_once=at_once))
        target = version or migrations.newest()
        try:
            await database._thread.run(lambda: database._open_blocking(target))
        except BaseException:
            await database.close()
            raise
        return database

    async def read(self, work: Callable[[Session], T]) -> T:
        """Run `work` in one consistent view; it must not write."""
        return await self._thread.run(lambda: self._transact_blocking("BEGIN", work))

    async def write(self, work: Callable[[Session], T]) -> T:
        """Run `work` alone among all processes; durable when this returns."""
        return await self._thread.run(lambda: self._transact_blocking("BEGIN IMMEDIATE", work))

    async def write_jointly(self, work: Callable[[Session], T]) -> T:
        """Do as `write` does, in one commit with other such works that have been asked for by then.

        For small frequent writes: the disk makes a commit slow, and while it is busy more are
        asked for. Each is durable when its caller is answered, and none depends on another.
        """
        joint = _JointWork(work)
        self._joint.append(joint)
        return await self._thread.run(lambda: self._joint_blocking(joint))

    async def watch(self) -> None:
        """Make `commits` tell something from now on."""
        if self._watch is None:
            await self._thread.run(self._watch_blocking)

    def commits(self) -> int | None:
        """Return a number that changes with every commit of any process, this one included.

        None when it cannot be told just now. For the event loop's thread: a look into memory that
        SQLite shares between processes, without the disk and without waiting.
        """
        if self._watch is None:
            return None
        try:
            [version] = self._watch.execute("PRAGMA data_version").fetchone()
        except sqlite3.Error:  # busy with a recovery, or closed
            return None
        return int(version)

    async def copy_to(self, path: Path) -> None:
        """Write a consistent copy, without a write-ahead log, to a file that is not there yet."""
        await self._thread.run(lambda: self._copy_blocking(path))

    async def close(self) -> None:
        """Finish all writes that were asked for, then close; a second call does nothing."""
        await self._thread.close(self._close_blocking)

    def _open_blocking(self, target: int) -> None:
        with translated(self.path):
            if files.was_emptied(self.path):
                raise damaged(self.path, "it is empty, although this profile has been in use")
            files.create(self.path)
            connection = sqlite3.connect(self.path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
            connection.row_factory = sqlite3.Row
            self._connection = connection
            self._check_ours(connection, target)
            # SQLite gives its write-ahead log the mode of the database, so this comes before the log.
            files.close_to_others(self.path)
            _use_write_ahead_log(connection)
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA trusted_schema = OFF")
            if migrations.version_of(connection) < target:
                self._migrate_blocking(connection, target)

    def _check_ours(self, connection: sqlite3.Connection, target: int) -> None:
        """Look before anything is changed: a file that is not ours, or too new, is left as it is."""
        with _transaction(connection, "BEGIN"):
            [application] = connection.execute("PRAGMA application_id").fetchone()
            [objects] = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            version = migrations.version_of(connection)
        if application != APPLICATION_ID and (application, objects, version) != (0, 0, 0):
            raise damaged(self.path, "it is another program's database")
        if version > target:
            raise too_new(self.path, version, target)

    def _migrate_blocking(self, connection: sqlite3.Connection, target: int) -> None:
        with _transaction(connection, "BEGIN IMMEDIATE"):
            # Another process may have been quicker, so the version counts again from here.
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID:d}")
            migrations.migrate(connection, target)

    def _transact_blocking(self, begin: str, work: Callable[[Session], T]) -> T:
        connection = self._connection
        if connection is None:
            raise RuntimeError("the store is not open")
        with translated(self.path), _transaction(connection, begin):
            # A newer program may have migrated the file under a running one.
            version = migrations.version_of(connection)
            if version > migrations.newest():
                raise too_new(self.path, version, migrations.newest())
            return work(Session(connection))

    def _joint_blocking(self, joint: _JointWork[T]) -> T:
        """Do all that waits, unless an earlier job has already done this work with its own."""
        if not joint.ended:
            waiting = [self._joint.popleft() for _ in range(len(self._joint))]
            try:
                self._transact_blocking("BEGIN IMMEDIATE", lambda session: _do_all(waiting, session))
            except Exception:  # noqa: BLE001  # none may fail for another's sake, so each is tried alone
                for each in waiting:
                    self._alone_blocking(each)
        return joint.outcome()

    def _alone_blocking(self, joint: _JointWork[Any]) -> None:
        joint.ended = True
        try:
            joint.result = self._transact_blocking("BEGIN IMMEDIATE", joint.work)
        except Exception as error:  # noqa: BLE001  # kept for its caller
            joint.error = error

    def _watch_blocking(self) -> None:
        """Open a connection of its own for that, since a connection does not count its own commits."""
        if self._watch is None:
            with translated(self.path):
                self._watch = sqlite3.connect(
                    self.path, timeout=0, isolation_level=None, check_same_thread=False
                )

    def _copy_blocking(self, path: Path) -> None:
        connection = self._connection
        if connection is None:
            raise RuntimeError("the store is not open")
        with translated(path):
            connection.execute("VACUUM INTO ?", (str(path),))

    def _close_blocking(self) -> None:
        watch, self._watch = self._watch, None
        if watch is not None:
            watch.close()
        connection, self._connection = self._connection, None
        if connection is not None:
            with translated(self.path):
                connection.close()


def _thread(*, at_once: bool) -> StoreThread | AtOnce:
    if at_once:
        from kraken_desk.store.at_once import AtOnce

        return AtOnce()
    from kraken_desk.store.worker import StoreThread

    return StoreThread()


class _JointWork(Generic[T]):
    """One of several works in a commit, and how it ended."""

    def __init__(self, work: Callable[[Session], T]) -> None:
        self.work = work
        self.ended = False
        self.result: T | None = None
        self.error: Exception | None = None

    def outcome(self) -> T:
        if self.error is not None:
            raise self.error
        return cast("T", self.result)


def _do_all(works: list[_JointWork[Any]], session: Session) -> None:
    results = [each.work(session) for each in works]
    for each, result in zip(works, results, strict=True):
        each.result, each.ended = result, True


@contextlib.contextmanager
def _transaction(connection: sqlite3.Connection, begin: str) -> Iterator[None]:
    connection.execute(begin)
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    """Switch to WAL; SQLite does not wait for other openers here by itself."""
    deadline = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if not is_busy(error) or time.monotonic() >= deadline:
                raise
            time.sleep(0.01)
        else:
            return
