"""Notes of secrets on their way into the keychain, so that none is left there without its slot.

Keychain and database cannot be written in one step. The id is noted before the secret is stored, and
the note goes in the transaction that saves the slot; what is still noted later was left by a process
that died between the two. A note is a setting: it holds the random id and the time, nothing else.
"""

from __future__ import annotations

from datetime import datetime

from kraken_desk.domain.keys import KeyId
from kraken_desk.store import codec
from kraken_desk.store.database import Session

_NOTE = "secret on its way: "


def announce(session: Session, key_id: KeyId, at: datetime) -> None:
    session.execute(
        "INSERT INTO settings (name, value) VALUES (?, ?)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (_NOTE + key_id, codec.time_text(at)),
    )


def take_back(session: Session, key_id: KeyId) -> None:
    session.execute("DELETE FROM settings WHERE name = ?", (_NOTE + key_id,))


def abandoned(session: Session, before: datetime) -> tuple[KeyId, ...]:
    """Return the ids noted before a time that no slot has come to hold."""
    rows = session.rows(
        "SELECT substr(name, length(:note) + 1) AS key_id FROM settings"
        " WHERE substr(name, 1, length(:note)) = :note AND value < :before"
        " AND substr(name, length(:note) + 1) NOT IN (SELECT key_id FROM slots UNION"
        " SELECT old_key_id FROM rotations WHERE stage NOT IN ('finished', 'abandoned') UNION"
        " SELECT new_key_id FROM rotations WHERE new_key_id IS NOT NULL)",
        {"note": _NOTE, "before": codec.time_text(before)},
    )
    return tuple(KeyId(row["key_id"]) for row in rows)
