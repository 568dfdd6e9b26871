"""A first look at a profile: what its window shows when it is first painted, in one quick read.

Runs before there is an event loop and a store, on the thread that asks. It writes nothing, waits for
nobody and complains of nothing: where anything is not as usual, there is no first look, and whoever
opens the store says what is the matter.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import datetime
from pathlib import Path

from kraken_desk.domain.environments import BUILT_IN, PRODUCTION, Environment
from kraken_desk.domain.errors import StoreError
from kraken_desk.domain.first_look import FirstLook
from kraken_desk.domain.fleet import unjudged_fleet
from kraken_desk.domain.setting_names import LOCK_POLICY, LOCK_VERIFIER
from kraken_desk.store import migrations, rows

_LOCKED = (
    "SELECT 1 FROM settings WHERE name = ? AND value <> ''"
    " OR name = ? AND value <> '' AND json_extract(value, '$.by_system')"
)


def first_look(path: Path, wanted: str | None, now: datetime) -> FirstLook | None:
    """Read a profile's fleet; `wanted` names an environment, else it is the only one with keys.

    None for a profile that is new, empty, damaged, older or newer than the program, in somebody's hands
    just now, or locked when it starts: by a passphrase or by the system's question.
    """
    if not path.is_file():
        return None
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", timeout=0, uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            connection.execute("BEGIN")
            return _look(connection, wanted, now)
    except (sqlite3.Error, StoreError):
        return None


def _look(connection: sqlite3.Connection, wanted: str | None, now: datetime) -> FirstLook | None:
    [ours] = connection.execute("PRAGMA application_id").fetchone()
    if ours != migrations.APPLICATION_ID or migrations.version_of(connection) != migrations.newest():
        return None
    if connection.execute(_LOCKED, (LOCK_VERIFIER, LOCK_POLICY)).fetchone():
        return None
    environment = _environment(connection, wanted)
    if environment is None:
        return None
    name = environment.name
    slots = tuple(map(rows.slot, connection.execute(rows.SLOTS, (name,))))
    accounts = tuple(map(rows.account, connection.execute(rows.ACCOUNTS, (name,))))
    checks = map(rows.check, connection.execute(rows.CHECKS, {"name": name}))
    fleet = unjudged_fleet(name, accounts, slots, {check.key_id: check for check in checks}, now)
    return FirstLook(environment, fleet) if slots else None


def _environment(connection: sqlite3.Connection, wanted: str | None) -> Environment | None:
    known = (*BUILT_IN, *map(rows.environment, connection.execute(rows.ENVIRONMENTS)))
    if wanted is not None:
        return _named(known, wanted.strip().casefold())
    used = [name for (name,) in connection.execute("SELECT DISTINCT environment FROM slots")]
    in_use = [environment for environment in known if environment.name in used]
    return in_use[0] if len(in_use) == 1 else PRODUCTION


def _named(known: Iterable[Environment], name: str) -> Environment | None:
    return next((each for each in known if each.name.casefold() == name), None)
