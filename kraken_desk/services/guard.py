"""The lockout guard: stops before Kraken's lockout would, in every mixture of our processes.

Kraken refuses a whole address for about 15 minutes after repeated authentication failures; the
number it allows is not published. So each signed call reserves one possible failure out of a
small budget until it is answered, and a key that failed is left alone until a person asks.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime, timedelta

from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.errors import (
    AuthRejectedError,
    KeyRestingError,
    LockedOutError,
    LockoutGuardError,
    NonceStaleError,
    RejectedError,
)
from kraken_desk.domain.signer import Signer
from kraken_desk.services.ports import Clock, GuardStore, KeyLocks

LOCKOUT = timedelta(minutes=15)
"""How long Kraken's temporary lockout lasts (Kraken support: about 15 minutes)."""

FAILURE_BUDGET = 5
"""Authentication failures per address that we allow ourselves within `LOCKOUT`; a choice of ours."""

PROVEN = timedelta(minutes=10)
"""A key accepted this recently reserves nothing: its next failure is unlikely to be one of many."""


class LockoutGuard:
    """Admits signed calls; implements the CallGuard port over a GuardStore.

    With `locks`, a key is also held against the other processes of the profile until its answer
    is here, so that nonces arrive in order.
    """

    def __init__(self, store: GuardStore, clock: Clock, locks: KeyLocks | None = None) -> None:
        self._store = store
        self._locks = locks
        self._clock = clock
        self._reserved: dict[EnvironmentName, int] = {}
        self._accepted_at: dict[str, datetime] = {}
        self._released = asyncio.Condition()

    def admit(self, signer: Signer, *, asked: bool = False) -> AbstractAsyncContextManager[None]:
        """Enter before signing; see the port."""
        return self._held(signer, asked=asked) if self._locks else self._admit(signer, asked=asked)

    async def locked_out_until(self, environment: EnvironmentName) -> datetime | None:
        """Return the end of a lockout that is still running, or None."""
        until = await self._store.locked_out_until(environment)
        return until if until is not None and until > self._clock.now() else None

    @asynccontextmanager
    async def _held(self, signer: Signer, *, asked: bool) -> AsyncIterator[None]:
        assert self._locks is not None
        async with self._locks.hold(signer.fingerprint), self._admit(signer, asked=asked):
            yield

    @asynccontextmanager
    async def _admit(self, signer: Signer, *, asked: bool) -> AsyncIterator[None]:
        await self._refuse_when_locked_out(signer)
        if not asked:
            await self._refuse_when_resting(signer)
        reserves = not self._is_proven(signer)
        if reserves:
            await self._reserve(signer)
        try:
            yield
        except (AuthRejectedError, NonceStaleError) as error:
            await self._remember_failure(signer, type(error).__name__)
            raise
        except LockedOutError:
            await self._store.lock_out(signer.environment, self._clock.now() + LOCKOUT)
            raise
        except RejectedError:
            await self._remember_success(signer)
            raise
        else:
            await self._remember_success(signer)
        finally:
            if reserves:
                await self._release(signer)

    async def _refuse_when_locked_out(self, signer: Signer) -> None:
        until = await self.locked_out_until(signer.environment)
        if until is not None:
            minutes = max(1, round((until - self._clock.now()).total_seconds() / 60))
            raise LockoutGuardError(
                "Kraken has locked this address out",
                f"Private calls pause until {until:%H:%M:%S} UTC ({minutes} min); a try would prolong it.",
                "Wait. Keys and balances are safe; nothing is sent meanwhile.",
            )

    async def _refuse_when_resting(self, signer: Signer) -> None:
        since = await self._store.failing_since(signer.fingerprint)
        if since is not None:
            raise KeyRestingError(
                "This key is left alone",
                f"Kraken refused it at {since:%Y-%m-%d %H:%M} UTC; more failures lock the address out.",
                "Mend the cause, then check this one key.",
            )

    def _is_proven(self, signer: Signer) -> bool:
        accepted = self._accepted_at.get(signer.fingerprint)
        return accepted is not None and self._clock.now() - accepted < PROVEN

    async def _reserve(self, signer: Signer) -> None:
        environment = signer.environment
        async with self._released:
            while True:
                failed = await self._store.failures_since(environment, self._clock.now() - LOCKOUT)
                if failed >= FAILURE_BUDGET:
                    raise LockoutGuardError(
                        "Too many refused keys",
                        f"{failed} calls from this address were refused in the last 15 minutes.",
                        "Further checks wait, because Kraken locks an address out after repeated failures.",
                    )
                if failed + self._reserved.get(environment, 0) < FAILURE_BUDGET:
                    break
                await self._released.wait()
            self._reserved[environment] = self._reserved.get(environment, 0) + 1

    async def _release(self, signer: Signer) -> None:
        async with self._released:
            self._reserved[signer.environment] -= 1
            self._released.notify_all()

    async def _remember_failure(self, signer: Signer, kind: str) -> None:
        self._accepted_at.pop(signer.fingerprint, None)
        await self._store.record_failure(signer.environment, signer.fingerprint, self._clock.now(), kind)

    async def _remember_success(self, signer: Signer) -> None:
        known = self._is_proven(signer)
        self._accepted_at[signer.fingerprint] = self._clock.now()
        if not known:
            await self._store.record_success(signer.environment, signer.fingerprint, self._clock.now())
