"""Requests to create subaccounts, and linkings: the SubaccountStore port on SQLite."""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime

from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.keys import Problem
from kraken_desk.domain.linking import Linking, LinkingId, LinkStep
from kraken_desk.domain.subaccounts import MOVES, Creation, CreationId, CreationState
from kraken_desk.store import codec
from kraken_desk.store.database import Database, Session


class SqliteSubaccounts:
    """What is under way with subaccounts, and what was."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def plan(self, creation: Creation) -> None:
        await self._database.write(lambda session: _plan(session, creation))

    async def move(
        self,
        creation_id: CreationId,
        state: CreationState,
        at: datetime,
        *,
        problem: Problem | None = None,
        note: str = "",
    ) -> Creation:
        return await self._database.write(
            lambda session: _move(session, creation_id, state, at, problem, note)
        )

    async def creations(self, environment: EnvironmentName) -> tuple[Creation, ...]:
        rows = await self._database.read(
            lambda session: session.rows(
                "SELECT * FROM subaccount_creations WHERE environment = ? ORDER BY position DESC",
                (environment,),
            )
        )
        return tuple(map(_creation, rows))

    async def save_linking(self, linking: Linking) -> None:
        await self._database.write(lambda session: _save_linking(session, linking))

    async def linkings(self, environment: EnvironmentName) -> tuple[Linking, ...]:
        rows = await self._database.read(
            lambda session: session.rows(
                "SELECT * FROM linkings WHERE environment = ? ORDER BY position DESC", (environment,)
            )
        )
        return tuple(map(_linking, rows))


def _plan(session: Session, creation: Creation) -> None:
    for column, what in (("username", "user name"), ("email", "e-mail address")):
        taken = session.row(
            f"SELECT state FROM subaccount_creations WHERE environment = ? AND lower({column}) = lower(?)"  # noqa: S608  # a constant
            " AND state NOT IN ('refused', 'not created')",
            (creation.environment, getattr(creation, column)),
        )
        if taken is not None:
            raise InputError(
                "There is such a request already",
                f"A request with this {what} is {taken['state']}; it is never sent a second time.",
                "See: kraken-desk subaccounts list. An unknown one is settled first.",
            )
    session.execute(
        "INSERT INTO subaccount_creations (creation_id, environment, username, email, key_name, state,"
        " planned_at, changed_at, problem, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, '')",
        (
            creation.creation_id,
            creation.environment,
            creation.username,
            creation.email,
            creation.key_name,
            creation.state,
            codec.time_text(creation.planned_at),
            codec.time_text(creation.changed_at),
        ),
    )


def _move(
    session: Session,
    creation_id: CreationId,
    state: CreationState,
    at: datetime,
    problem: Problem | None,
    note: str,
) -> Creation:
    row = session.row("SELECT * FROM subaccount_creations WHERE creation_id = ?", (creation_id,))
    if row is None:
        raise ValueError(f"no request {creation_id}")
    before = _creation(row).state
    if state not in MOVES.get(before, frozenset()):
        raise ValueError(f"a request that is {before} cannot become {state}")
    session.execute(
        "UPDATE subaccount_creations SET state = ?, changed_at = ?, problem = coalesce(?, problem), note = ?"
        " WHERE creation_id = ?",
        (state, codec.time_text(at), codec.problem_text(problem), note, creation_id),
    )
    moved = session.row("SELECT * FROM subaccount_creations WHERE creation_id = ?", (creation_id,))
    assert moved is not None
    return _creation(moved)


def _save_linking(session: Session, linking: Linking) -> None:
    other = session.row(
        "SELECT label FROM linkings WHERE environment = ? AND lower(email) = lower(?) AND linking_id <> ?"
        " AND closed_at IS NULL",
        (linking.environment, linking.email, linking.linking_id),
    )
    if other is not None and linking.is_open:
        raise InputError(
            "It is being linked already",
            f"The linking of “{other['label']}” has this e-mail address.",
            "Go on with that one, or give it up first.",
        )
    session.execute(
        "INSERT INTO linkings (linking_id, environment, label, master_email, email, started_at, changed_at,"
        " done, futures_uid, closed_at) VALUES (:linking_id, :environment, :label, :master_email, :email,"
        " :started_at, :changed_at, :done, :futures_uid, :closed_at)"
        " ON CONFLICT (linking_id) DO UPDATE SET changed_at = excluded.changed_at, done = excluded.done,"
        " futures_uid = excluded.futures_uid, closed_at = excluded.closed_at",
        {
            "linking_id": linking.linking_id,
            "environment": linking.environment,
            "label": linking.label,
            "master_email": linking.master_email,
            "email": linking.email,
            "started_at": codec.time_text(linking.started_at),
            "changed_at": codec.time_text(linking.changed_at),
            "done": json.dumps([[step, codec.time_text(at)] for step, at in linking.done]),
            "futures_uid": linking.futures_uid,
            "closed_at": codec.optional_time_text(linking.closed_at),
        },
    )


def _creation(row: sqlite3.Row) -> Creation:
    with codec.reading("a subaccount's creation"):
        return Creation(
            creation_id=CreationId(row["creation_id"]),
            environment=EnvironmentName(row["environment"]),
            username=row["username"],
            email=row["email"],
            key_name=row["key_name"],
            state=CreationState(row["state"]),
            planned_at=codec.time_from(row["planned_at"]),
            changed_at=codec.time_from(row["changed_at"]),
            problem=codec.problem_from(row["problem"]),
            note=row["note"],
        )


def _linking(row: sqlite3.Row) -> Linking:
    with codec.reading("a subaccount's linking"):
        return Linking(
            linking_id=LinkingId(row["linking_id"]),
            environment=EnvironmentName(row["environment"]),
            label=row["label"],
            master_email=row["master_email"],
            email=row["email"],
            started_at=codec.time_from(row["started_at"]),
            changed_at=codec.time_from(row["changed_at"]),
            done=tuple((LinkStep(step), codec.time_from(at)) for step, at in json.loads(row["done"])),
            futures_uid=row["futures_uid"],
            closed_at=codec.optional_time_from(row["closed_at"]),
        )
