"""What has happened to slots, and the reminders given: the SlotHistory and ReminderStore ports on SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from kraken_desk.domain.keys import SlotId
from kraken_desk.domain.slot_history import EventKind, SlotEvent
from kraken_desk.store import codec
from kraken_desk.store.database import Database, Session

KEPT = 400
"""Events kept per slot."""


class SqliteHistory:
    """The past of slots."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def note(self, events: Sequence[SlotEvent]) -> None:
        """Keep events; the oldest of a slot go when there are many."""
        await self._database.write(lambda session: _note(session, events))

    async def events(self, slot_id: SlotId) -> tuple[SlotEvent, ...]:
        """Return what has happened to a slot, newest first."""
        rows = await self._database.read(
            lambda session: session.rows(
                "SELECT * FROM slot_events WHERE slot_id = ? ORDER BY position DESC", (slot_id,)
            )
        )
        return tuple(_event(row) for row in rows)

    async def claim(self, reminder_ids: Sequence[str], at: datetime) -> frozenset[str]:
        """Note reminders as given; return those that nobody had given before, in any process."""
        return await self._database.write(lambda session: _claim(session, reminder_ids, at))


def _note(session: Session, events: Sequence[SlotEvent]) -> None:
    for event in events:
        session.execute(
            "INSERT INTO slot_events (slot_id, at, kind, text) VALUES (?, ?, ?, ?)",
            (event.slot_id, codec.time_text(event.at), event.kind, event.text),
        )
    for slot_id in {event.slot_id for event in events}:
        session.execute(
            "DELETE FROM slot_events WHERE slot_id = :slot_id AND position <= (SELECT position FROM"
            " slot_events WHERE slot_id = :slot_id ORDER BY position DESC LIMIT 1 OFFSET :kept)",
            {"slot_id": slot_id, "kept": KEPT},
        )


def _claim(session: Session, reminder_ids: Sequence[str], at: datetime) -> frozenset[str]:
    new = set()
    for reminder_id in reminder_ids:
        if session.row("SELECT 1 FROM reminders WHERE reminder_id = ?", (reminder_id,)) is None:
            session.execute(
                "INSERT INTO reminders (reminder_id, given_at) VALUES (?, ?)",
                (reminder_id, codec.time_text(at)),
            )
            new.add(reminder_id)
    return frozenset(new)


def _event(row: sqlite3.Row) -> SlotEvent:
    with codec.reading("a slot's history"):
        return SlotEvent(
            SlotId(row["slot_id"]), codec.time_from(row["at"]), EventKind(row["kind"]), row["text"]
        )
