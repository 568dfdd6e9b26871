"""Counts what the lockout guard notes by exchange instead of by environment.

Kraken counts failures per internet address, whatever we call the environment that they came from. So
two environments with the same host share one history, one budget and one lockout.
"""

from __future__ import annotations

from datetime import datetime

from kraken_desk.domain.environments import Environment, EnvironmentName, origin_of
from kraken_desk.domain.standing import Standing
from kraken_desk.services.ports import GuardStore


def guarded_origin(environment: Environment) -> EnvironmentName:
    """Return what the guard's notes of an environment go under: its Spot host, or else its Futures host."""
    return EnvironmentName(origin_of(environment.spot_url or environment.futures_url))


class GuardByOrigin:
    """A GuardStore for one environment, over the one that all of them share."""

    def __init__(self, store: GuardStore, origin: EnvironmentName) -> None:
        self._store = store
        self._origin = origin

    async def record_failure(
        self,
        environment: EnvironmentName,  # noqa: ARG002  # the port's
        fingerprint: str,
        at: datetime,
        kind: str,
    ) -> None:
        await self._store.record_failure(self._origin, fingerprint, at, kind)

    async def record_success(
        self,
        environment: EnvironmentName,  # noqa: ARG002  # the port's
        fingerprint: str,
        at: datetime,
    ) -> None:
        await self._store.record_success(self._origin, fingerprint, at)

    async def standing(
        self,
        environment: EnvironmentName,  # noqa: ARG002  # the port's
        fingerprint: str,
        since: datetime,
        now: datetime,
        *,
        besides: str = "-",
    ) -> Standing:
        return await self._store.standing(self._origin, fingerprint, since, now, besides=besides)

    async def begin_attempt(self, environment: EnvironmentName, attempt: str, at: datetime) -> None:  # noqa: ARG002  # the port's
        await self._store.begin_attempt(self._origin, attempt, at)

    async def end_attempt(self, environment: EnvironmentName, attempt: str) -> None:  # noqa: ARG002  # the port's
        await self._store.end_attempt(self._origin, attempt)

    async def lock_out(self, environment: EnvironmentName, until: datetime) -> None:  # noqa: ARG002  # the port's
        await self._store.lock_out(self._origin, until)

    async def locked_out_until(self, environment: EnvironmentName) -> datetime | None:  # noqa: ARG002  # the port's
        return await self._store.locked_out_until(self._origin)
