"""What checks saw of the keys' use: the UseStore port on SQLite."""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime
from typing import Any

from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.foreign_use import Observation, OwnCall, Sign, TraceKind, UseFinding, UseState
from kraken_desk.domain.keys import KeyId
from kraken_desk.store import codec
from kraken_desk.store.database import Database, Session

KEPT = 60
"""Looks kept per key: a month of daily checks, or the watch of a rotation."""

Json = Any  # what json.loads returns; every use is checked by the readers below

_NUMBERS = ("signed", "nonce", "nonce_window")
_TIMES = ("last_used", "modified_time")


class SqliteUse:
    """Looks at keys, and what was made of them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def observations(self, key_id: KeyId) -> tuple[Observation, ...]:
        rows = await self._database.read(
            lambda session: session.rows(
                "SELECT * FROM observations WHERE key_id = ? ORDER BY position", (key_id,)
            )
        )
        return tuple(_observation(row) for row in rows)

    async def observe(self, observation: Observation) -> None:
        await self._database.write(lambda session: _observe(session, observation))

    async def save_finding(self, finding: UseFinding) -> None:
        """Replace the key's finding."""
        await self._database.write(lambda session: _save_finding(session, finding))

    async def findings(self, environment: EnvironmentName) -> dict[KeyId, UseFinding]:
        rows = await self._database.read(
            lambda session: session.rows(
                "SELECT use_findings.* FROM use_findings JOIN slots USING (key_id)"
                " WHERE slots.environment = ?",
                (environment,),
            )
        )
        return {finding.key_id: finding for finding in map(_finding, rows)}


def _observe(session: Session, observation: Observation) -> None:
    session.execute(
        "INSERT INTO observations (key_id, at, facts) VALUES (?, ?, ?)",
        (observation.key_id, codec.time_text(observation.at), _facts(observation)),
    )
    session.execute(
        "DELETE FROM observations WHERE key_id = :key_id AND position <= (SELECT position FROM observations"
        " WHERE key_id = :key_id ORDER BY position DESC LIMIT 1 OFFSET :kept)",
        {"key_id": observation.key_id, "kept": KEPT},
    )


def _facts(look: Observation) -> str:
    """Write numbers as text: nonces are unsigned 64-bit numbers, which other JSON readers round."""
    own = look.before
    return json.dumps(
        {
            "accepted": look.accepted,
            "counted": look.counted,
            "before": own and {"nonce": str(own.nonce), "at": codec.optional_time_text(own.at)},
            **{name: _text(getattr(look, name)) for name in _NUMBERS},
            **{name: codec.optional_time_text(getattr(look, name)) for name in _TIMES},
        }
    )


def _observation(row: sqlite3.Row) -> Observation:
    with codec.reading("a look at a key"):
        facts = json.loads(row["facts"])
        own = facts["before"]
        return Observation(
            key_id=KeyId(row["key_id"]),
            at=codec.time_from(row["at"]),
            accepted=facts["accepted"],
            counted=facts["counted"],
            before=own and OwnCall(int(own["nonce"]), codec.optional_time_from(own["at"])),
            signed=_number(facts["signed"]),
            nonce=_number(facts["nonce"]),
            nonce_window=_number(facts["nonce_window"]),
            last_used=codec.optional_time_from(facts["last_used"]),
            modified_time=codec.optional_time_from(facts["modified_time"]),
        )


def _save_finding(session: Session, finding: UseFinding) -> None:
    signs = [
        {
            "state": sign.state,
            "kind": sign.kind,
            "seen_at": codec.time_text(sign.seen_at),
            "text": sign.text,
            "why": sign.why,
        }
        for sign in finding.signs
    ]
    session.execute(
        "INSERT INTO use_findings (key_id, state, judged_at, signs) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (key_id) DO UPDATE SET state = excluded.state, judged_at = excluded.judged_at,"
        " signs = excluded.signs",
        (finding.key_id, finding.state, codec.time_text(finding.judged_at), json.dumps(signs)),
    )


def _finding(row: sqlite3.Row) -> UseFinding:
    with codec.reading("a finding on a key's use"):
        return UseFinding(
            KeyId(row["key_id"]),
            UseState(row["state"]),
            codec.time_from(row["judged_at"]),
            tuple(_sign(sign) for sign in json.loads(row["signs"])),
        )


def _sign(raw: Json) -> Sign:
    seen_at: datetime = codec.time_from(raw["seen_at"])
    return Sign(UseState(raw["state"]), TraceKind(raw["kind"]), seen_at, raw["text"], raw["why"])


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)


def _number(text: str | None) -> int | None:
    return None if text is None else int(text)
