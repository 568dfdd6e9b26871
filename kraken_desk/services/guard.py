"""The lockout guard: stops before Kraken's lockout would, in every mixture of our processes.

Kraken refuses a whole address for about 15 minutes after repeated authentication failures; the
number it allows is not published. So each signed call takes one place of a small budget until it
is answered, and a key that failed is left alone until a person asks. Failures and lockouts are in
the store, where every process sees them. The places of calls under way are this process's own;
`exclusive.py` lets one process at a time try keys that may well be wrong.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Awaitable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime, timedelta

from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.errors import (
    AuthRejectedError,
    ForbiddenError,
    KeyRestingError,
    LockedOutError,
    LockoutGuardError,
    NonceStaleError,
    RefusedError,
    StoreError,
)
from kraken_desk.domain.signer import Signer
from kraken_desk.services.ports import Clock, GuardStore

LOCKOUT = timedelta(minutes=15)
"""How long Kraken's temporary lockout lasts (Kraken support: about 15 minutes)."""

FAILURE_BUDGET = 5
"""Authentication failures per address that we allow ourselves within `LOCKOUT`; a choice of ours."""

KEPT_FOR_PROVEN = 1
"""Places of the budget that only proven keys may take, so that wrong pastes do not stop good keys."""

PROVEN = timedelta(minutes=10)
"""How recently Kraken must have accepted a key for it to count as proven."""

_log = logging.getLogger(__name__)


class LockoutGuard:
    """Admits signed calls; implements the CallGuard port over a GuardStore."""

    def __init__(self, store: GuardStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._under_way: Counter[EnvironmentName] = Counter()
        self._accepted_at: dict[str, datetime] = {}
        self._unwritten: list[tuple[EnvironmentName, datetime]] = []
        self._locked_until: dict[EnvironmentName, datetime] = {}
        self._changes = 0
        self._changed = asyncio.Event()

    def admit(self, signer: Signer, *, asked: bool = False) -> AbstractAsyncContextManager[None]:
        """Enter before signing; see the port."""
        return self._admit(signer, asked=asked)

    async def locked_out_until(self, environment: EnvironmentName) -> datetime | None:
        """Return the end of a lockout that is still running, or None."""
        stored = await self._store.locked_out_until(environment)
        ends = [end for end in (stored, self._locked_until.get(environment)) if end is not None]
        until = max(ends, default=None)
        return until if until is not None and until > self._clock.now() else None

    @asynccontextmanager
    async def _admit(self, signer: Signer, *, asked: bool) -> AsyncIterator[None]:
        await self._take_place(signer, asked=asked)
        try:
            yield
        except (AuthRejectedError, NonceStaleError) as error:
            await self._remember_failure(signer, type(error).__name__)
            raise
        except LockedOutError:
            await self._remember_lockout(signer.environment)
            raise
        except (ForbiddenError, RefusedError):
            # Kraken authenticated the key before it refused; other refusals may come from its front servers
            await self._remember_success(signer)
            raise
        else:
            await self._remember_success(signer)
        finally:
            self._under_way[signer.environment] -= 1
            self._announce()

    async def _take_place(self, signer: Signer, *, asked: bool) -> None:
        """Wait for a place in the budget; everything is looked at anew after each wait."""
        environment = signer.environment
        while True:
            changes = self._changes
            await self._refuse_when_locked_out(environment)
            if not asked:
                await self._refuse_when_resting(signer)
            failed = await self._failures(environment)
            if changes != self._changes:
                continue  # a call ended while the store was read, so these answers may be old
            places = FAILURE_BUDGET - (0 if self.is_proven(signer) else KEPT_FOR_PROVEN) - failed
            if places <= 0:
                raise LockoutGuardError(
                    "Too many refused keys",
                    f"{failed} calls from this address were refused in the last 15 minutes.",
                    "Further checks wait, because Kraken locks an address out after repeated failures.",
                )
            if self._under_way[environment] < places:
                self._under_way[environment] += 1
                return
            await self._changed.wait()

    def _announce(self) -> None:
        """Wake the calls that wait for a place; must not wait itself, since calls end by cancellation too."""
        self._changes += 1
        self._changed.set()
        self._changed = asyncio.Event()

    async def _refuse_when_locked_out(self, environment: EnvironmentName) -> None:
        until = await self.locked_out_until(environment)
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

    def is_proven(self, signer: Signer) -> bool:
        """Say whether Kraken accepted the key only just now, in this process."""
        accepted = self._accepted_at.get(signer.fingerprint)
        return accepted is not None and timedelta(0) <= self._clock.now() - accepted < PROVEN

    async def _failures(self, environment: EnvironmentName) -> int:
        since = self._clock.now() - LOCKOUT
        unwritten = sum(1 for where, at in self._unwritten if where == environment and at > since)
        return unwritten + await self._store.failures_since(environment, since)

    async def _remember_failure(self, signer: Signer, kind: str) -> None:
        now = self._clock.now()
        self._accepted_at.pop(signer.fingerprint, None)
        noted = self._store.record_failure(signer.environment, signer.fingerprint, now, kind)
        if not await _written(noted):
            self._unwritten.append((signer.environment, now))

    async def _remember_lockout(self, environment: EnvironmentName) -> None:
        until = self._clock.now() + LOCKOUT
        self._locked_until[environment] = until
        self._changes += 1
        await _written(self._store.lock_out(environment, until))

    async def _remember_success(self, signer: Signer) -> None:
        known = self.is_proven(signer)
        self._accepted_at[signer.fingerprint] = self._clock.now()
        if not known:
            await _written(
                self._store.record_success(signer.environment, signer.fingerprint, self._clock.now())
            )


async def _written(note: Awaitable[None]) -> bool:
    """Write a note about a call that has ended; a store that cannot must not hide how it ended."""
    try:
        await note
    except StoreError as error:
        _log.warning("the end of a call was not noted: %s", error.category)
        return False
    return True
