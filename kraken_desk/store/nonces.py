"""The last nonce of each key: the NonceStore port on SQLite."""

from __future__ import annotations

from kraken_desk.store import codec
from kraken_desk.store.database import Database, Session


class SqliteNonces:
    """Nonces that rise for ever, over restarts and in every process of the profile."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def next_nonce(self, fingerprint: str, candidate: int) -> int:
        return await self._database.write_jointly(lambda session: _next(session, fingerprint, candidate))


def _next(session: Session, fingerprint: str, candidate: int) -> int:
    last = session.value("SELECT last FROM nonces WHERE fingerprint = ?", (fingerprint,))
    with codec.reading("a nonce"):
        nonce = candidate if last is None else max(candidate, int(last) + 1)
    session.execute(
        "INSERT INTO nonces (fingerprint, last) VALUES (?, ?)"
        " ON CONFLICT (fingerprint) DO UPDATE SET last = excluded.last",
        (fingerprint, str(nonce)),
    )
    return nonce
