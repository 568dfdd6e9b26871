"""What was rehearsed, written in the transaction of the check that passed: the RehearsalStore port on SQLite.

Evidence outlives its slot: a rehearsal's keys are removed when it is over.
"""

from __future__ import annotations

import json
import sqlite3

from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.keys import CheckOutcome, KeyCheck, SlotId, Venue
from kraken_desk.domain.rehearsal import Call, Configuration, Rehearsal, configuration_from
from kraken_desk.domain.rights import RightId
from kraken_desk.store import codec
from kraken_desk.store.database import Database, Session

_SHAPE = "slot_id, venue, process, role, client, rights, width, nonce_window, call"


class SqliteRehearsals:
    """Reads the evidence of a profile."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self, environment: EnvironmentName) -> tuple[Rehearsal, ...]:
        """Return what has worked in an environment, in the order in which it was first seen."""
        rows = await self._database.read(
            lambda session: session.rows(
                "SELECT * FROM rehearsals WHERE environment = ? ORDER BY position", (environment,)
            )
        )
        return tuple(map(_rehearsal, rows))


def note(session: Session, check: KeyCheck) -> None:
    """Write down that a key's configuration was accepted; a check of no known slot is no evidence."""
    if check.info is None or check.outcome is not CheckOutcome.ACCEPTED:
        return
    row = session.row("SELECT * FROM slots WHERE key_id = ?", (check.key_id,))
    if row is None:
        return
    with codec.reading("a key"):
        found = configuration_from(
            Venue(row["venue"]), row["process"], row["role"], row["client"], check.info
        )
    at = codec.time_text(check.checked_at)
    session.execute(
        f"INSERT INTO rehearsals (environment, name, {_SHAPE}, first_at, last_at, count)"  # noqa: S608  # a constant
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)"
        f" ON CONFLICT ({_SHAPE}) DO UPDATE SET count = count + 1, name = excluded.name,"
        " first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at)",
        (
            row["environment"],
            row["name"],
            row["slot_id"],
            found.venue,
            found.process,
            found.role,
            found.client,
            json.dumps(found.rights),
            found.width,
            found.window,
            Call.CHECK,
            at,
            at,
        ),
    )


def _rehearsal(row: sqlite3.Row) -> Rehearsal:
    with codec.reading("a rehearsal"):
        configuration = Configuration(
            venue=Venue(row["venue"]),
            process=row["process"],
            role=row["role"],
            client=row["client"],
            rights=tuple(RightId(right) for right in json.loads(row["rights"])),
            width=row["width"],
            window=row["nonce_window"],
        )
        return Rehearsal(
            environment=EnvironmentName(row["environment"]),
            slot_id=SlotId(row["slot_id"]),
            name=row["name"],
            configuration=configuration,
            call=Call(row["call"]),
            first_at=codec.time_from(row["first_at"]),
            last_at=codec.time_from(row["last_at"]),
            count=row["count"],
        )
