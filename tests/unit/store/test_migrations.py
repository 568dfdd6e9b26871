"""Each step of the schema works from the shape before it and keeps what is there."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from kraken_desk.domain.errors import StoreTooNewError
from kraken_desk.store import migrations, whole_chain
from kraken_desk.store.database import Database
from kraken_desk.store.store import Store

CONTENT = {
    1: [
        "INSERT INTO environments VALUES (1, 'lab', 'custom', 'https://lab.example', '', '', '')",
        "INSERT INTO accounts VALUES (1, 'a', 'lab', 'Main', 'master', 'assumed', NULL, NULL)",
        (
            "INSERT INTO slots VALUES (1, 's', 'lab', 'a', 'spot', 'bot', 'k', 'PUBLIC',"
            " '2026-11-20T12:00:00.000000+00:00', 'p', '', '')"
        ),
        "INSERT INTO checks VALUES ('k', '2026-11-20T12:00:00.000000+00:00', 'unreached', NULL, NULL)",
    ],
    2: [
        (
            "INSERT INTO transfers VALUES (1, 't', 'lab', 'spot', 'a', 'b', 'spot', 'spot', 'BTC', '1.5',"
            " 'planned', 'Main', 'Sub', 'k', 'bot', 'AccountTransfer', '2026-11-20T12:00:00.000000+00:00',"
            " '2026-11-20T12:00:00.000000+00:00', NULL, '', '', NULL, NULL, '')"
        ),
        (
            "INSERT INTO transfer_moves VALUES (1, 't', 'planned', '2026-11-20T12:00:00.000000+00:00', NULL,"
            " NULL, '')"
        ),
    ],
    3: [
        "INSERT INTO nonces VALUES ('f', '1000')",
        "INSERT INTO failures VALUES (1, 'lab', 'f', '2026-11-20T12:00:00.000000+00:00', 'x')",
        (
            "INSERT INTO failing_keys VALUES ('f', '2026-11-20T12:00:00.000000+00:00',"
            " '2026-11-20T12:00:00.000000+00:00')"
        ),
        "INSERT INTO lockouts VALUES ('lab', '2026-11-20T12:00:00.000000+00:00')",
    ],
    4: ["INSERT INTO settings VALUES ('theme', 'dark')"],
    5: [
        (
            "INSERT INTO leases VALUES (1, 'l', 's', 'lab', 4711, 'boot 1', 'host',"
            " '2026-11-20T12:00:00.000000+00:00', 'bot', NULL, NULL, NULL)"
        ),
    ],
    6: [],  # its table is filled by the step itself
    7: [
        "INSERT INTO own_calls VALUES ('f', '2026-11-20T12:00:00.000000+00:00')",
        "INSERT INTO observations VALUES (1, 'k', '2026-11-20T12:00:00.000000+00:00', '{}')",
        "INSERT INTO use_findings VALUES ('k', 'expected', '2026-11-20T12:00:00.000000+00:00', '[]')",
        "INSERT INTO only_here VALUES ('s')",
    ],
    8: [
        "INSERT INTO roles VALUES ('trading', '{}')",
        "INSERT INTO hosts VALUES (1, 'h', 'box', '[]', '', 1)",
        (
            "INSERT INTO mutes VALUES (1, 'lab', 'open-to-withdraw', 's', 'known',"
            " '2026-11-20T12:00:00.000000+00:00', '2026-12-20T12:00:00.000000+00:00')"
        ),
        "INSERT INTO drift VALUES (1, 'k', '2026-11-20T12:00:00.000000+00:00', 'permissions', 'a', 'b')",
    ],
    9: [
        "INSERT INTO hand_overs VALUES ('s', '{}')",
        "INSERT INTO slot_events VALUES (1, 's', '2026-11-20T12:00:00.000000+00:00', 'added', 'Added')",
        "INSERT INTO reminders VALUES ('expiry:k', '2026-11-20T12:00:00.000000+00:00')",
    ],
    10: [
        (
            "INSERT INTO limits VALUES (1, 'l', 'lab', 'per-day', NULL, NULL, 'USD', '1000', NULL,"
            " '2026-11-20T12:00:00.000000+00:00')"
        ),
        "INSERT INTO destinations VALUES ('lab', 'b', 'Sub', '2026-11-20T12:00:00.000000+00:00')",
        "INSERT INTO transfer_values VALUES ('t', 'USD', '150000')",
        (
            "INSERT INTO plans VALUES (1, 'p', 'lab', 'sweep', 'Home', '2026-11-20T12:00:00.000000+00:00',"
            ' \'{"legs":[],"figures":[]}\')'
        ),
        "INSERT INTO two_factor_slots VALUES ('s')",
    ],
    11: [
        (
            "INSERT INTO rotations VALUES (1, 'r', 's', 'lab', 'create', 1, 'k', 'PUBLIC',"
            " '2026-11-20T12:00:00.000000+00:00', NULL, NULL, NULL, '2026-11-20T12:00:00.000000+00:00',"
            " '2026-11-20T12:00:00.000000+00:00', NULL, '{}')"
        ),
        "INSERT INTO rotation_moves VALUES (1, 'r', 'create', '2026-11-20T12:00:00.000000+00:00', 'Begun')",
    ],
    12: [
        (
            "INSERT INTO subaccount_creations VALUES (1, 'c', 'lab', 'd7', 'd@e.example', 'bot', 'unknown',"
            " '2026-11-20T12:00:00.000000+00:00', '2026-11-20T12:00:00.000000+00:00', NULL, '')"
        ),
        (
            "INSERT INTO linkings VALUES (1, 'g', 'lab', 'Basis', 'm@e.example', 's@e.example',"
            " '2026-11-20T12:00:00.000000+00:00', '2026-11-20T12:00:00.000000+00:00', '[]', NULL, NULL)"
        ),
        "INSERT INTO stops VALUES (1, 'p', 'lab', 1, '2026-11-20T12:00:00.000000+00:00', NULL)",
        (
            "INSERT INTO stop_steps VALUES ('p', 1, 'revoke key', 'k', 'bot', 'yours to do', NULL, NULL, '',"
            " '', NULL, NULL, '')"
        ),
    ],
    13: [
        (
            "INSERT INTO rehearsals VALUES (1, 'lab', 'bot', 's', 'spot', 'p', '', 'ccxt', '[]', 'open', '0',"
            " 'signed check', '2026-11-20T12:00:00.000000+00:00', '2026-11-20T12:00:00.000000+00:00', 1)"
        ),
    ],
}
"""One row in every table that a step adds, as a program of that version would have left it."""


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as opened:
        opened.execute("PRAGMA foreign_keys = ON")
        yield opened


def filled(connection: sqlite3.Connection, version: int) -> list[object]:
    """Build the shape of `version` step by step with rows in it; return all rows."""
    for number in range(1, version + 1):
        migrations.migrate(connection, number)
        for statement in CONTENT[number]:
            connection.execute(statement)
    return rows(connection)


def tables(connection: sqlite3.Connection) -> list[str]:
    found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    return [name for (name,) in found]


def rows(connection: sqlite3.Connection) -> list[object]:
    return [
        (name, *row)
        for name in tables(connection)
        for row in connection.execute(f"SELECT * FROM {name}").fetchall()
    ]


def kept(row: object, later: list[object]) -> bool:
    """Say whether a row is still there; a later step may have given it more columns."""
    assert isinstance(row, tuple)
    return any(isinstance(found, tuple) and found[: len(row)] == row for found in later)


def test_every_step_has_content_here() -> None:
    """A new step needs rows in this test."""
    assert [step.number for step in migrations.steps()] == list(CONTENT)
    assert migrations.newest() == len(CONTENT)


@pytest.mark.parametrize("version", list(CONTENT)[:-1])
def test_step_keeps_what_the_version_before_left(connection: sqlite3.Connection, version: int) -> None:
    """A filled database of each earlier version goes to the newest without losing or changing a row."""
    before = filled(connection, version)

    migrations.migrate(connection, migrations.newest())

    assert [row for row in before if not kept(row, rows(connection))] == []
    assert migrations.version_of(connection) == migrations.newest()
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_every_table_is_filled_by_the_content(connection: sqlite3.Connection) -> None:
    """The content above leaves no table empty, so nothing escapes the test of the steps."""
    found = {row[0] for row in filled(connection, migrations.newest()) if isinstance(row, tuple)}

    assert found == set(tables(connection))


def test_all_tables_are_strict(connection: sqlite3.Connection) -> None:
    """SQLite checks the type of every column."""
    migrations.migrate(connection, migrations.newest())

    loose = connection.execute("SELECT name FROM pragma_table_list WHERE schema = 'main' AND strict = 0")
    assert [name for (name,) in loose if not name.startswith("sqlite_")] == []


def test_no_column_is_meant_for_a_secret(connection: sqlite3.Connection) -> None:
    """No table has a column whose name suggests a secret."""
    migrations.migrate(connection, migrations.newest())

    columns = [
        f"{table}.{column[1]}"
        for table in tables(connection)
        for column in connection.execute(f"PRAGMA table_info({table})")
    ]
    assert [name for name in columns if any(w in name for w in ("secret", "private", "password"))] == []
    assert "slots.api_key" in columns


def test_journal_from_before_the_chain_is_sealed(connection: sqlite3.Connection) -> None:
    """The step to the chain seals the lines that were there, in order, and notes where they end."""
    filled(connection, 5)
    connection.execute(
        "INSERT INTO transfer_moves VALUES (2, 't', 'rejected', '2026-11-20T12:00:01.000000+00:00', NULL,"
        " NULL, 'too late')"
    )
    connection.execute(
        "UPDATE transfers SET state = 'rejected', changed_at = '2026-11-20T12:00:01.000000+00:00',"
        " note = 'too late'"
    )

    migrations.migrate(connection, 6)

    report = whole_chain.verify(lambda statement, given=(): connection.execute(statement, given).fetchall())
    assert (report.lines, report.findings) == (2, ())
    hashes = [sealed for (sealed,) in connection.execute("SELECT hash FROM transfer_moves ORDER BY position")]
    assert [len(sealed) for sealed in hashes] == [64, 64]
    assert connection.execute("SELECT lines, hash FROM journal_head").fetchall() == [(2, hashes[1])]
    with pytest.raises(sqlite3.IntegrityError, match="only grows"):
        connection.execute("UPDATE transfer_moves SET hash = 'forged'")


def test_failing_step_leaves_the_old_shape(connection: sqlite3.Connection) -> None:
    """A step that breaks in the middle is undone with the transaction around it."""
    migrations.migrate(connection, 1)
    step = migrations.Step(2, "broken", "CREATE TABLE half (a TEXT) STRICT;\nSELECT nonsense;\n")
    connection.execute("BEGIN IMMEDIATE")

    first, second = step.statements()
    connection.execute(first)
    with pytest.raises(sqlite3.OperationalError):
        connection.execute(second)
    connection.execute("ROLLBACK")

    assert "half" not in tables(connection)
    assert migrations.version_of(connection) == 1


def test_step_that_ends_inside_a_statement_is_refused() -> None:
    """A forgotten semicolon is found before anything runs twice."""
    with pytest.raises(ValueError, match="ends inside"):
        list(migrations.Step(9, "open", "CREATE TABLE a (b TEXT)").statements())


def test_triggers_are_one_statement() -> None:
    """The semicolons inside a trigger do not cut it."""
    trigger = "CREATE TRIGGER t BEFORE DELETE ON a\nBEGIN\n    SELECT 1;\nEND;\n"

    assert list(migrations.Step(9, "trigger", trigger).statements()) == [trigger]


async def test_newer_database_is_refused_and_untouched(tmp_path: Path) -> None:
    """A version this program does not know is neither read nor written."""
    path = tmp_path / "desk.db"
    await (await Store.open(path)).close()
    with closing(sqlite3.connect(path)) as later:
        later.execute("PRAGMA user_version = 99")
    before = path.read_bytes()

    with pytest.raises(StoreTooNewError) as caught:
        await Store.open(path)

    assert "version 99" in caught.value.detail
    assert path.read_bytes() == before


async def test_database_migrated_under_a_running_program_is_refused(tmp_path: Path) -> None:
    """When a newer program migrates the open file, this one stops using it."""
    path = tmp_path / "desk.db"
    store = await Store.open(path)
    with closing(sqlite3.connect(path)) as later:
        later.execute("PRAGMA user_version = 99")

    with pytest.raises(StoreTooNewError):
        await store.save_setting("theme", "dark")
    with pytest.raises(StoreTooNewError):
        await store.setting("theme")

    await store.close()


async def test_old_file_is_brought_up_to_date(tmp_path: Path) -> None:
    """Opening a file of the first version migrates it in place."""
    path = tmp_path / "desk.db"
    await (await Database.open(path, version=1)).close()

    store = await Store.open(path)
    await store.save_setting("theme", "dark")
    await store.close()

    with closing(sqlite3.connect(path)) as looked:
        assert migrations.version_of(looked) == migrations.newest()
