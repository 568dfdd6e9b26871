"""Authentication failures and lockouts: the GuardStore port on SQLite."""

from __future__ import annotations

from datetime import datetime

from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.standing import Standing
from kraken_desk.store import codec
from kraken_desk.store.database import Database, Session


class SqliteGuard:
    """What every process of the profile must know before it makes a signed call."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def record_failure(
        self, environment: EnvironmentName, fingerprint: str, at: datetime, kind: str
    ) -> None:
        await self._database.write(
            lambda session: _record_failure(session, environment, fingerprint, codec.time_text(at), kind)
        )

    async def record_success(
        self,
        environment: EnvironmentName,  # noqa: ARG002  # the port's; a fingerprint already includes it
        fingerprint: str,
        at: datetime,
    ) -> None:
        """Forget the key's failures up to `at`; a later failure, seen by another process, stays.

        Most calls succeed, so the common case only reads.
        """
        if await self._database.read(lambda session: _failing_since(session, fingerprint)) is None:
            return
        await self._database.write(
            lambda session: session.execute(
                "DELETE FROM failing_keys WHERE fingerprint = ? AND latest <= ?",
                (fingerprint, codec.time_text(at)),
            )
        )

    async def standing(self, environment: EnvironmentName, fingerprint: str, since: datetime) -> Standing:
        """Return everything that is asked before a call in one job of the store's thread."""
        return await self._database.read(
            lambda session: Standing(
                failures=_failures(session, environment, codec.time_text(since)),
                failing_since=_failing_since(session, fingerprint),
                locked_out_until=_locked_out_until(session, environment),
            )
        )

    async def lock_out(self, environment: EnvironmentName, until: datetime) -> None:
        await self._database.write(
            lambda session: session.execute(
                "INSERT INTO lockouts (environment, until) VALUES (?, ?)"
                " ON CONFLICT (environment) DO UPDATE SET until = max(until, excluded.until)",
                (environment, codec.time_text(until)),
            )
        )

    async def locked_out_until(self, environment: EnvironmentName) -> datetime | None:
        return await self._database.read(lambda session: _locked_out_until(session, environment))


def _failures(session: Session, environment: EnvironmentName, since: str) -> int:
    statement = "SELECT count(*) FROM failures WHERE environment = ? AND at > ?"
    return int(session.value(statement, (environment, since)))


def _failing_since(session: Session, fingerprint: str) -> datetime | None:
    text = session.value("SELECT since FROM failing_keys WHERE fingerprint = ?", (fingerprint,))
    with codec.reading("a failing key"):
        return codec.optional_time_from(text)


def _locked_out_until(session: Session, environment: EnvironmentName) -> datetime | None:
    text = session.value("SELECT until FROM lockouts WHERE environment = ?", (environment,))
    with codec.reading("a lockout"):
        return codec.optional_time_from(text)


def _record_failure(
    session: Session, environment: EnvironmentName, fingerprint: str, at: str, kind: str
) -> None:
    session.execute(
        "INSERT INTO failures (environment, fingerprint, at, kind) VALUES (?, ?, ?, ?)",
        (environment, fingerprint, at, kind),
    )
    session.execute(
        "INSERT INTO failing_keys (fingerprint, since, latest) VALUES (?, ?, ?)"
        " ON CONFLICT (fingerprint) DO UPDATE SET since = min(since, excluded.since),"
        " latest = max(latest, excluded.latest)",
        (fingerprint, at, at),
    )
