"""The last nonce of each key and when it was used: the NonceStore port on SQLite."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kraken_desk.store import codec
from kraken_desk.store.database import Database, Session

if TYPE_CHECKING:  # a run only allocates, and is to start quickly
    from datetime import datetime

    from kraken_desk.domain.foreign_use import OwnCall


class SqliteNonces:
    """Nonces that rise for ever, over restarts and in every process of the profile."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def next_nonce(self, fingerprint: str, candidate: int, *, at: datetime | None = None) -> int:
        return await self._database.write_jointly(
            lambda session: _next(session, fingerprint, candidate, codec.optional_time_text(at))
        )

    async def last_call(self, fingerprint: str) -> OwnCall | None:
        return await self._database.read(lambda session: _last_call(session, fingerprint))


def _next(session: Session, fingerprint: str, candidate: int, at: str | None) -> int:
    last = session.value("SELECT last FROM nonces WHERE fingerprint = ?", (fingerprint,))
    with codec.reading("a nonce"):
        nonce = candidate if last is None else max(candidate, int(last) + 1)
    session.execute(
        "INSERT INTO nonces (fingerprint, last) VALUES (?, ?)"
        " ON CONFLICT (fingerprint) DO UPDATE SET last = excluded.last",
        (fingerprint, str(nonce)),
    )
    if at is not None:
        session.execute(
            "INSERT INTO own_calls (fingerprint, at) VALUES (?, ?)"
            " ON CONFLICT (fingerprint) DO UPDATE SET at = excluded.at",
            (fingerprint, at),
        )
    return nonce


def _last_call(session: Session, fingerprint: str) -> OwnCall | None:
    row = session.row(
        "SELECT last, at FROM nonces LEFT JOIN own_calls USING (fingerprint) WHERE fingerprint = ?",
        (fingerprint,),
    )
    if row is None:
        return None
    from kraken_desk.domain.foreign_use import OwnCall

    with codec.reading("a nonce"):
        return OwnCall(int(row["last"]), codec.optional_time_from(row["at"]))
