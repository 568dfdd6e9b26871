"""Authentication failures and lockouts: the GuardStore port on SQLite."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.standing import Standing
from kraken_desk.store import codec
from kraken_desk.store.database import Database, Session

_UNANSWERED = "unanswered"
"""The kind of a failure that is only feared: its call has not ended, or its process died meanwhile."""

_TOLERANCE = timedelta(minutes=1)
"""Clocks are set by seconds in everyday life; that is no reason to rewrite anything."""


@dataclass(frozen=True, slots=True)
class _CleanLook:
    """When a key and its address were seen without failure and lockout."""

    commits: int
    besides: str
    at: datetime

    def is_good(self, commits: int | None, besides: str, now: datetime) -> bool:
        """Say whether that still holds: nothing was noted since, and nothing older counts again."""
        return self.commits == commits and self.besides == besides and self.at <= now


class SqliteGuard:
    """What every process of the profile must know before it makes a signed call."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._clean: dict[tuple[EnvironmentName, str], _CleanLook] = {}

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

    async def standing(
        self,
        environment: EnvironmentName,
        fingerprint: str,
        since: datetime,
        now: datetime,
        *,
        besides: str = "-",
    ) -> Standing:
        """Return everything that is asked before a call in one job of the store's thread.

        While nobody commits anything, an address and a key without a blemish stay without one, so the
        store is not asked again.
        """
        last = self._clean.get((environment, fingerprint))
        if last is not None and last.is_good(self._database.commits(), besides, now):
            return Standing()
        await self._database.watch()
        commits = self._database.commits()
        standing = await self._look(environment, fingerprint, since, now, besides)
        if commits is not None and standing.is_clean(now):
            self._clean[environment, fingerprint] = _CleanLook(commits, besides, now)
        return standing

    async def _look(
        self, environment: EnvironmentName, fingerprint: str, since: datetime, now: datetime, besides: str
    ) -> Standing:
        def look(session: Session) -> tuple[Standing, bool]:
            standing = Standing(
                failures=_failures(session, environment, codec.time_text(since), besides),
                failing_since=_failing_since(session, fingerprint),
                locked_out_until=_locked_out_until(session, environment),
            )
            return standing, _clock_was_ahead(session, now, now + (now - since))

        standing, ahead = await self._database.read(look)
        if ahead:
            await self._database.write(lambda session: _date_anew(session, now, now + (now - since)))
            standing, _ = await self._database.read(look)
        return standing

    async def begin_attempt(self, environment: EnvironmentName, attempt: str, at: datetime) -> None:
        await self._database.write(
            lambda session: session.execute(
                "INSERT INTO failures (environment, fingerprint, at, kind) VALUES (?, ?, ?, ?)",
                (environment, attempt, codec.time_text(at), _UNANSWERED),
            )
        )

    async def end_attempt(self, environment: EnvironmentName, attempt: str) -> None:
        await self._database.write(
            lambda session: session.execute(
                "DELETE FROM failures WHERE environment = ? AND fingerprint = ? AND kind = ?",
                (environment, attempt, _UNANSWERED),
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


def _clock_was_ahead(session: Session, now: datetime, latest_end: datetime) -> bool:
    """Say whether something was noted by a clock that was ahead: it would count until that time comes."""
    times = {"now": codec.time_text(now + _TOLERANCE), "end": codec.time_text(latest_end + _TOLERANCE)}
    return bool(
        session.value(
            "SELECT EXISTS (SELECT 1 FROM failures WHERE at > :now)"
            " OR EXISTS (SELECT 1 FROM failing_keys WHERE latest > :now)"
            " OR EXISTS (SELECT 1 FROM lockouts WHERE until > :end)",
            times,
        )
    )


def _date_anew(session: Session, now: datetime, latest_end: datetime) -> None:
    """Let what a clock ahead has noted count as noted just now: its true time is not known."""
    at, late = codec.time_text(now), codec.time_text(now + _TOLERANCE)
    session.execute("UPDATE failures SET at = ? WHERE at > ?", (at, late))
    session.execute(
        "UPDATE failing_keys SET since = min(since, ?), latest = ? WHERE latest > ?", (at, at, late)
    )
    session.execute(
        "UPDATE lockouts SET until = ? WHERE until > ?",
        (codec.time_text(latest_end), codec.time_text(latest_end + _TOLERANCE)),
    )


def _failures(session: Session, environment: EnvironmentName, since: str, besides: str) -> int:
    statement = (
        "SELECT count(*) FROM failures WHERE environment = ? AND at > ?"
        " AND (kind <> ? OR substr(fingerprint, 1, length(?)) <> ?)"
    )
    return int(session.value(statement, (environment, since, _UNANSWERED, besides, besides)))


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
