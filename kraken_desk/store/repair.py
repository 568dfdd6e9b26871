"""Repairs a damaged database: keeps it aside, reads out what can be read, and puts a new one in its place.

Nothing is destroyed, and the journal is never smoothed: where lines are gone, its verification says so
from then on. When anything about money was lost, the profile is set to read only. Blocking.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from kraken_desk.domain.errors import StoreCorruptError, StoreError
from kraken_desk.domain.upkeep import MONEY, RepairReport, TableOutcome
from kraken_desk.store import files, migrations, salvage, whole_chain
from kraken_desk.store.aside import held_alone, put_aside, remove_logs
from kraken_desk.store.errors import damaged, too_new, translated

_PLACEHOLDER = "Recovered account"
_HEADER = "The file's header was damaged and was written anew."
_END = (
    "The journal's noted end was lost and made anew of its last line: lines cut off behind it are not seen."
)
_FAR = 1_000
"""A version so much newer is no version."""


def repair(path: Path, at: datetime) -> RepairReport:
    """Repair the database at `path`, which no connection may have open.

    Raises StoreBusyError while another process has it, StoreTooNewError for a newer one,
    StoreCorruptError when nothing can be read out or it is another program's, StoreUnwritableError when
    there is no room; the file is then as it was.
    """
    with translated(path), held_alone(path) as held:
        _refuse_newer(path, held)
        before = frozenset(path.parent.glob("damaged-*"))
        aside = put_aside(path, held, at)
        with _scratch(path, aside) as (work, mended):
            try:
                fresh, report = _rebuild(work, path, aside, mended)
            except BaseException:
                if aside not in before:  # nothing was done: the file itself is all there is to keep
                    shutil.rmtree(aside, ignore_errors=True)
                raise
            _put_in_place(fresh, path)
    return report


def _refuse_newer(path: Path, held: int) -> None:
    """Leave a database alone that a newer program wrote; a number out of all reason is damage."""
    os.lseek(held, 0, os.SEEK_SET)
    head = os.read(held, 100)
    version, newest = int.from_bytes(head[60:64], "big"), migrations.newest()
    ours = head.startswith(salvage.MAGIC) and int.from_bytes(head[68:72], "big") == migrations.APPLICATION_ID
    if ours and newest < version < newest + _FAR:
        raise too_new(path, version, newest)


@contextmanager
def _scratch(path: Path, aside: Path) -> Iterator[tuple[Path, bool]]:
    """Yield a copy that may be changed, in a folder on the same disk, and whether it was mended."""
    with tempfile.TemporaryDirectory(prefix=".repair-", dir=path.parent) as name:
        folder = Path(name)
        for copy in aside.iterdir():
            shutil.copyfile(copy, folder / copy.name)
        work = folder / path.name
        newest = migrations.newest()
        yield work, salvage.mend_header(work, application=migrations.APPLICATION_ID, version=newest)


def _rebuild(work: Path, path: Path, aside: Path, mended: bool) -> tuple[Path, RepairReport]:
    """Fill a new database beside the copy with what can be read out of it."""
    fresh = work.with_name("fresh.sqlite3")
    with closing(salvage.open_copy(work)) as old:
        known = salvage.tables(old)
        if not known:
            raise _unreadable(path)
        with closing(_new_database(fresh, _version(old))) as new:
            wanted = _tables(new)
            if not known & wanted:
                raise damaged(path, "it is another program's database")
            outcomes = tuple(_carry_over(old, new, table, known) for table in sorted(wanted))
            if not any(outcome.kept for outcome in outcomes):
                raise _unreadable(path)
            report = _finish(new, outcomes, aside, mended)
            _check(new, path)
    return fresh, report


def _finish(
    new: sqlite3.Connection, outcomes: tuple[TableOutcome, ...], aside: Path, mended: bool
) -> RepairReport:
    """Bring the new database to its newest shape, make up what it leans on, and judge it."""
    new.execute("BEGIN IMMEDIATE")
    migrations.migrate(new, migrations.newest())
    accounts, end_lost = _complete_accounts(new), _complete_journal(new)
    report = whole_chain.verify(
        lambda statement, parameters=(): new.execute(statement, parameters).fetchall()
    )
    money_lost = end_lost or not report.whole or any(not t.whole for t in outcomes if t.table in MONEY)
    if money_lost:
        new.execute("INSERT OR REPLACE INTO settings (name, value) VALUES ('read-only', 'on')")
    new.execute("COMMIT")
    notes = [_HEADER] * mended + [_END] * end_lost
    if accounts:
        notes.append(f"{accounts} accounts were lost while their keys were not: look for “{_PLACEHOLDER}”.")
    return RepairReport(str(aside), outcomes, report, money_lost, tuple(notes))


def _unreadable(path: Path) -> StoreError:
    return StoreCorruptError(
        "Nothing can be read out of the database",
        f"{path} is empty or damaged from its beginning; it was left as it is.",
        "Restore a backup: kraken-desk backup restore FILE --replace. The secrets in the keychain are safe.",
    )


def _version(old: sqlite3.Connection) -> int:
    """Return the shape of the damaged database; one that cannot be told is taken for the newest."""
    try:
        version = migrations.version_of(old)
    except sqlite3.DatabaseError:
        return migrations.newest()
    return version if 1 <= version <= migrations.newest() else migrations.newest()


def _new_database(path: Path, version: int) -> sqlite3.Connection:
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, files.PRIVATE_FILE))
    connection = sqlite3.connect(path, isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(f"PRAGMA application_id = {migrations.APPLICATION_ID:d}")
    migrations.migrate(connection, version)
    connection.execute("COMMIT")
    return connection


def _tables(connection: sqlite3.Connection) -> frozenset[str]:
    found = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    )
    return frozenset(str(row[0]) for row in found)


def _columns(connection: sqlite3.Connection, table: str) -> tuple[str, ...]:
    try:
        return tuple(str(row[1]) for row in connection.execute(f'PRAGMA table_info("{table}")'))
    except sqlite3.DatabaseError:
        return ()


def _carry_over(
    old: sqlite3.Connection, new: sqlite3.Connection, table: str, known: frozenset[str]
) -> TableOutcome:
    """Copy one table; a row that the new database's rules refuse counts as lost."""
    there = _columns(old, table) if table in known else ()
    columns = tuple(name for name in _columns(new, table) if name in there)
    if not columns:
        return TableOutcome(table, 0, None)
    found = salvage.read_table(old, table, columns)
    names = ", ".join(f'"{name}"' for name in columns)
    marks = ", ".join("?" for _ in columns)
    new.execute("BEGIN")
    if table == "journal_head":
        new.execute("DELETE FROM journal_head")  # the step that made it has written its beginning
    kept = 0
    for row in found.rows:
        try:
            new.execute(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', row)  # noqa: S608  # names of our own schema
        except sqlite3.Error:
            found.lose(1)
        else:
            kept += 1
    new.execute("COMMIT")
    return TableOutcome(table, kept, found.lost)


def _complete_accounts(new: sqlite3.Connection) -> int:
    """Make up an account for keys that have lost theirs; returns how many."""
    orphans = new.execute(
        "SELECT DISTINCT account_id, environment FROM slots s WHERE NOT EXISTS (SELECT 1 FROM accounts a"
        " WHERE a.account_id = s.account_id AND a.environment = s.environment)"
    ).fetchall()
    for number, (account_id, environment) in enumerate(orphans, 1):
        new.execute(
            "INSERT INTO accounts (account_id, environment, label, kind, kind_source)"
            " VALUES (?, ?, ?, 'subaccount', 'assumed')",
            (account_id, environment, f"{_PLACEHOLDER} {number}"),
        )
    return len(orphans)


def _complete_journal(new: sqlite3.Connection) -> bool:
    """Note the journal's end anew where that is gone; True when it was."""
    if new.execute("SELECT 1 FROM journal_head").fetchone() is not None:
        return False
    last = new.execute("SELECT position, hash FROM transfer_moves ORDER BY position DESC LIMIT 1").fetchone()
    new.execute("INSERT INTO journal_head VALUES (1, ?, ?)", tuple(last) if last else (0, ""))
    return True


def _check(new: sqlite3.Connection, path: Path) -> None:
    [verdict] = new.execute("PRAGMA integrity_check(1)").fetchone()
    if verdict != "ok":
        raise damaged(path, f"the new database is not whole either: {verdict}")


def _put_in_place(fresh: Path, path: Path) -> None:
    """Replace the damaged file at once; its log goes first, or it would be played into the new one."""
    with fresh.open("rb+") as file:
        os.fsync(file.fileno())
    remove_logs(path)
    fresh.replace(path)
