"""Rotations: the RotationStore port on SQLite.

Each write is one transaction over the rotation, its history and the slot's own row, so that a crash leaves
either the step before or the step after it.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from datetime import timedelta
from typing import Any

from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.errors import DuplicateKeyError, RotationStepError
from kraken_desk.domain.keys import KeyId, SlotId
from kraken_desk.domain.rotation import (
    Generation,
    Proof,
    ProofOutcome,
    Rotation,
    RotationId,
    RotationMove,
    Stage,
    Watch,
)
from kraken_desk.store import codec, secret_notes
from kraken_desk.store.database import Database, Session
from kraken_desk.store.rotation_keys import OPEN, holder_besides, holding_slot

Json = Any  # what json.loads returns; every use is checked by the readers below


class SqliteRotations:
    """The rotations of every slot, under way and past."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, rotation: Rotation, note: str) -> Rotation:
        """Write a new rotation; raises RotationStepError while another one of the slot is under way."""
        return await self._database.write(lambda session: _begin(session, rotation, note))

    async def save(self, rotation: Rotation, note: str) -> Rotation:
        """Write the next state of a rotation and make its current key the slot's; returns it as stored.

        Raises RotationStepError when it was changed since it was read, and DuplicateKeyError when
        another slot holds the new API key.
        """
        return await self._database.write(lambda session: _save(session, rotation, note))

    async def under_way(self, environment: EnvironmentName) -> tuple[Rotation, ...]:
        statement = f"SELECT * FROM rotations WHERE environment = ? AND {OPEN} ORDER BY position"  # noqa: S608  # a constant
        return await self._database.read(lambda session: _all(session.rows(statement, (environment,))))

    async def of_slot(self, slot_id: SlotId) -> tuple[Rotation, ...]:
        """Return the rotations of a slot, newest first."""
        statement = "SELECT * FROM rotations WHERE slot_id = ? ORDER BY position DESC"
        return await self._database.read(lambda session: _all(session.rows(statement, (slot_id,))))

    async def moves(self, rotation_id: RotationId) -> tuple[RotationMove, ...]:
        """Return what has happened, oldest first."""
        statement = "SELECT stage, at, note FROM rotation_moves WHERE rotation_id = ? ORDER BY position"
        return await self._database.read(lambda session: _moves(session.rows(statement, (rotation_id,))))

    async def holder(self, api_key: str) -> SlotId | None:
        """Return the slot whose rotation under way holds this API key, as old or as new."""
        return await self._database.read(lambda session: holding_slot(session, api_key))


def _begin(session: Session, rotation: Rotation, note: str) -> Rotation:
    if session.row(f"SELECT 1 FROM rotations WHERE slot_id = ? AND {OPEN}", (rotation.slot_id,)) is not None:  # noqa: S608  # a constant
        raise RotationStepError(
            "The key is being rotated already",
            "A rotation of this key is under way, here or in another program.",
            "Go on with it, or abandon it first.",
        )
    if (
        session.value("SELECT key_id FROM slots WHERE slot_id = ?", (rotation.slot_id,))
        != rotation.old.key_id
    ):
        raise _changed_meanwhile()
    written = replace(rotation, revision=1)
    columns = _columns(written)
    names, places = ", ".join(columns), ", ".join(f":{name}" for name in columns)
    session.execute(f"INSERT INTO rotations ({names}) VALUES ({places})", columns)  # noqa: S608  # our own names
    _note(session, written, note)
    return written


def _save(session: Session, rotation: Rotation, note: str) -> Rotation:
    if rotation.new is not None:
        _refuse_duplicate(session, rotation.new.api_key, rotation.slot_id)
    written = replace(rotation, revision=rotation.revision + 1)
    columns = _columns(written)
    changes = ", ".join(f"{name} = :{name}" for name in columns)
    changed = session.execute(
        f"UPDATE rotations SET {changes} WHERE rotation_id = :rotation_id AND revision = :seen",  # noqa: S608  # our own names
        {**columns, "seen": rotation.revision},
    )
    if changed != 1:
        raise _changed_meanwhile()
    current = written.current
    session.execute(
        "UPDATE slots SET key_id = ?, api_key = ?, added_at = ? WHERE slot_id = ? AND key_id IN (?, ?)",
        (
            current.key_id,
            current.api_key,
            codec.time_text(current.added_at),
            written.slot_id,
            *(generation.key_id for generation in (written.generations * 2)[:2]),
        ),
    )
    gone = (written.old.key_id,) if written.stage is Stage.FINISHED else ()
    for key_id in (*written.leftovers, *gone):
        for table in ("checks", "observations", "use_findings"):
            session.execute(f"DELETE FROM {table} WHERE key_id = ?", (key_id,))  # noqa: S608  # a constant
    for generation in written.generations:
        secret_notes.take_back(session, generation.key_id)
    if note:
        _note(session, written, note)
    return written


def _refuse_duplicate(session: Session, api_key: str, slot_id: SlotId) -> None:
    row = session.row("SELECT name FROM slots WHERE api_key = ? AND slot_id <> ?", (api_key, slot_id))
    holder = row["name"] if row is not None else holder_besides(session, api_key, slot_id)
    if holder is not None:
        raise DuplicateKeyError(
            "This API key is already here",
            f"“{holder}” holds it.",
            "One key serves one process; create another key at Kraken.",
        )


def _changed_meanwhile() -> RotationStepError:
    return RotationStepError(
        "Another program was quicker",
        "The rotation has been changed since it was read; nothing was done here.",
        "Look where it stands now.",
    )


def _note(session: Session, rotation: Rotation, note: str) -> None:
    session.execute(
        "INSERT INTO rotation_moves (rotation_id, stage, at, note) VALUES (?, ?, ?, ?)",
        (rotation.rotation_id, rotation.stage, codec.time_text(rotation.changed_at), note),
    )


def _columns(rotation: Rotation) -> dict[str, Json]:
    new = rotation.new
    return {
        "rotation_id": rotation.rotation_id,
        "slot_id": rotation.slot_id,
        "environment": rotation.environment,
        "stage": rotation.stage,
        "revision": rotation.revision,
        "old_key_id": rotation.old.key_id,
        "old_api_key": rotation.old.api_key,
        "old_added_at": codec.time_text(rotation.old.added_at),
        "new_key_id": new.key_id if new else None,
        "new_api_key": new.api_key if new else None,
        "new_added_at": codec.time_text(new.added_at) if new else None,
        "started_at": codec.time_text(rotation.started_at),
        "changed_at": codec.time_text(rotation.changed_at),
        "handed_over_at": codec.optional_time_text(rotation.handed_over_at),
        "facts": _facts_text(rotation),
    }


def _facts_text(rotation: Rotation) -> str:
    watch, proof = rotation.watch, rotation.proof
    return json.dumps(
        {
            "accepted": rotation.accepted,
            "leftovers": rotation.leftovers,
            "watch": None
            if watch is None
            else {
                "quiet_for_s": watch.quiet_for.total_seconds(),
                "quiet_since": codec.time_text(watch.quiet_since),
                "looks": watch.looks,
                "last_look_at": codec.optional_time_text(watch.last_look_at),
                "marked": watch.marked,
                "sign": watch.sign,
                "sign_at": codec.optional_time_text(watch.sign_at),
            },
            "proof": None
            if proof is None
            else {
                "asked_at": codec.time_text(proof.asked_at),
                "outcome": proof.outcome,
                "text": proof.text,
            },
        },
        ensure_ascii=False,
    )


def _all(rows: list[sqlite3.Row]) -> tuple[Rotation, ...]:
    with codec.reading("a rotation"):
        return tuple(_rotation(row) for row in rows)


def _moves(rows: list[sqlite3.Row]) -> tuple[RotationMove, ...]:
    with codec.reading("a rotation's history"):
        return tuple(RotationMove(Stage(r["stage"]), codec.time_from(r["at"]), r["note"]) for r in rows)


def _rotation(row: sqlite3.Row) -> Rotation:
    facts = json.loads(row["facts"])
    new = None
    if row["new_key_id"] is not None:
        new = Generation(KeyId(row["new_key_id"]), row["new_api_key"], codec.time_from(row["new_added_at"]))
    return Rotation(
        rotation_id=RotationId(row["rotation_id"]),
        slot_id=SlotId(row["slot_id"]),
        environment=EnvironmentName(row["environment"]),
        stage=Stage(row["stage"]),
        old=Generation(KeyId(row["old_key_id"]), row["old_api_key"], codec.time_from(row["old_added_at"])),
        started_at=codec.time_from(row["started_at"]),
        changed_at=codec.time_from(row["changed_at"]),
        new=new,
        accepted=tuple(facts["accepted"]),
        handed_over_at=codec.optional_time_from(row["handed_over_at"]),
        watch=_watch(facts["watch"]),
        proof=_proof(facts["proof"]),
        leftovers=tuple(KeyId(key_id) for key_id in facts["leftovers"]),
        revision=row["revision"],
    )


def _watch(facts: Json) -> Watch | None:
    if facts is None:
        return None
    return Watch(
        quiet_for=timedelta(seconds=facts["quiet_for_s"]),
        quiet_since=codec.time_from(facts["quiet_since"]),
        looks=int(facts["looks"]),
        last_look_at=codec.optional_time_from(facts["last_look_at"]),
        marked=bool(facts["marked"]),
        sign=str(facts["sign"]),
        sign_at=codec.optional_time_from(facts["sign_at"]),
    )


def _proof(facts: Json) -> Proof | None:
    if facts is None:
        return None
    outcome = None if facts["outcome"] is None else ProofOutcome(facts["outcome"])
    return Proof(codec.time_from(facts["asked_at"]), outcome, str(facts["text"]))
