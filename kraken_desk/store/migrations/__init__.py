"""The steps that build the database: numbered SQL files, each from the version before it.

`PRAGMA user_version` holds the number of the last step. A step is never edited once released; a
change of shape is a new file. Steps run in the caller's transaction, so a crash in the middle
leaves the old shape.

How to add a step: the next number, a test from the shape before it (tests/unit/store/test_migrations.py), and
no value that could be a secret. A repair (../repair.py) copies tables by the names of their columns; one
whose loss could let money move twice belongs into MONEY of domain/upkeep.py.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from kraken_desk.domain.values import dataclass

APPLICATION_ID = 0x4B44736B
"""Marks the file as ours (“KDsk”), so that another program's database is never migrated."""

_FILE = re.compile(r"(\d{4})_(\w+)\.sql")


@dataclass(frozen=True, slots=True)
class Step:
    """One numbered SQL file."""

    number: int
    name: str
    script: str

    def statements(self) -> Iterator[str]:
        """Yield the statements one by one: sqlite3's executescript would commit before the first."""
        statement = ""
        for line in self.script.splitlines(keepends=True):
            statement += line
            if sqlite3.complete_statement(statement):
                yield statement
                statement = ""
        if statement.strip():
            raise ValueError(f"step {self.number} ends inside a statement")


@cache
def steps() -> tuple[Step, ...]:
    """Return all steps in order; their numbers run from 1 without a gap."""
    found = []
    for file in Path(__file__).parent.iterdir():  # importlib.resources would load much for every start
        if match := _FILE.fullmatch(file.name):
            found.append(Step(int(match[1]), match[2], file.read_text("utf-8")))
    found.sort(key=lambda step: step.number)
    if [step.number for step in found] != list(range(1, len(found) + 1)):
        raise ValueError("the migration steps are not numbered from 1 without a gap")
    return tuple(found)


def _seal_journal(connection: sqlite3.Connection) -> None:
    from kraken_desk.store.chain import seal_all  # every start loads this module, few migrate

    seal_all(connection)


FOLLOW_UPS: dict[str, Callable[[sqlite3.Connection], None]] = {"journal_chain": _seal_journal}
"""What a step does beyond SQL, by its name, right after its script and in the same transaction."""


@cache
def newest() -> int:
    """Return the number of the last step, by the names of the files alone."""
    return max(
        int(match[1]) for file in Path(__file__).parent.iterdir() if (match := _FILE.fullmatch(file.name))
    )


def version_of(connection: sqlite3.Connection) -> int:
    [version] = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def migrate(connection: sqlite3.Connection, to: int) -> None:
    """Apply the missing steps up to version `to`; the caller holds a write transaction."""
    for step in steps()[version_of(connection) : to]:
        for statement in step.statements():
            connection.execute(statement)
        if step.name in FOLLOW_UPS:
            FOLLOW_UPS[step.name](connection)
        connection.execute(f"PRAGMA user_version = {step.number:d}")
