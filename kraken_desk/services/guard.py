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
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType

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
from kraken_desk.domain.guard_report import GuardReport, RestingKey
from kraken_desk.domain.signer import Signer
from kraken_desk.domain.standing import Standing
from kraken_desk.services.ports import Clock, Confirm, GuardStore

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
        self._failed: Counter[EnvironmentName] = Counter()
        self._name = secrets.token_hex(8)  # tells this process's attempts, which have places, from others'
        self._news = 0
        self.on_lockout: Callable[[datetime], None] = lambda _until: None
        self._changed = asyncio.Event()

    def admit(self, signer: Signer, *, asked: bool = False) -> AbstractAsyncContextManager[Confirm]:
        """Enter before signing; see the port."""
        return Admission(self, signer, asked=asked)

    async def locked_out_until(self, environment: EnvironmentName) -> datetime | None:
        """Return the end of a lockout that is still running, or None."""
        return self._still_locked(environment, await self._store.locked_out_until(environment))

    async def report(self, environment: EnvironmentName, signers: Mapping[str, Signer]) -> GuardReport:
        """Return how the address and these keys, by name, stand; makes no call."""
        now = self._clock.now()
        resting = []
        for name, signer in signers.items():
            standing = await self._store.standing(environment, signer.fingerprint, now - LOCKOUT, now)
            if standing.failing_since is not None:
                resting.append(RestingKey(name, standing.failing_since))
        address = await self._store.standing(environment, "", now - LOCKOUT, now)
        return GuardReport(
            failures=address.failures,
            budget=FAILURE_BUDGET,
            locked_out_until=self._still_locked(environment, address.locked_out_until),
            resting=tuple(resting),
        )

    async def begin_attempt(self, environment: EnvironmentName) -> Attempt:
        """Count a key's call as refused until `end_attempt`: the process may be ended before it can note it.

        Otherwise wrong pastes that are broken off one after another, before a slow answer, would
        add up at Kraken and nowhere else.
        """
        attempt = Attempt(f"{self._name}-{secrets.token_hex(8)}", environment, self._clock.now())
        await self._store.begin_attempt(environment, attempt.name, attempt.at)
        return attempt

    async def end_attempt(self, attempt: Attempt) -> None:
        await _written(self._store.end_attempt(attempt.environment, attempt.name))

    def leave_attempt(self, attempt: Attempt) -> None:
        """Go on counting a call that was broken off; other processes see it in the store."""
        self._unwritten.append((attempt.environment, attempt.at))
        self._news += 1

    async def remember(self, signer: Signer, error: BaseException | None) -> None:
        """Note how a call has ended."""
        if error is None or isinstance(error, ForbiddenError | RefusedError):
            # Kraken authenticated the key before it refused; other refusals may come from its front servers
            await self._remember_success(signer)
        elif isinstance(error, AuthRejectedError | NonceStaleError):
            try:
                await self._remember_failure(signer, type(error).__name__)
            finally:
                self._news += 1
        elif isinstance(error, LockedOutError):
            await self._remember_lockout(signer.environment)

    def confirm(self, environment: EnvironmentName) -> None:
        """Refuse an admitted call that has not left yet when a lockout has become known meanwhile."""
        if environment in self._locked_until:
            self._refuse_when_locked_out(environment, Standing())

    async def take_place(self, signer: Signer, *, asked: bool) -> None:
        """Wait for a place in the budget; everything is looked at anew after each wait.

        The place is taken before the look into the store and given back if it does not do:
        otherwise all waiting calls would look each time one ends.
        """
        environment = signer.environment
        while True:
            while self._under_way[environment] >= self._places_at_most(signer):
                await self._changed.wait()
            self._under_way[environment] += 1
            try:
                places = await self._places(signer, asked=asked)
            except BaseException:
                self.give_back(environment)
                raise
            if self._under_way[environment] <= places:
                return
            self.give_back(environment)

    def give_back(self, environment: EnvironmentName) -> None:
        """Free a place and wake the calls that wait; must not wait itself: calls end by cancellation too."""
        self._under_way[environment] -= 1
        self._changed.set()
        self._changed = asyncio.Event()

    async def _places(self, signer: Signer, *, asked: bool) -> int:
        """Return how many calls the address may have under way, or refuse this one."""
        environment = signer.environment
        while True:
            news, since = self._news, self._clock.now() - LOCKOUT
            standing = await self._store.standing(
                environment, signer.fingerprint, since, since + LOCKOUT, besides=self._name
            )
            if news == self._news:
                break  # otherwise a failure was noted while the store was read, so the answer may be old
        self._refuse_when_locked_out(environment, standing)
        if not asked:
            _refuse_when_resting(standing)
        failed = standing.failures + sum(at > since for where, at in self._unwritten if where == environment)
        self._failed[environment] = failed
        places = self._places_besides(signer, failed)
        if places <= 0:
            raise LockoutGuardError(
                "Too many refused keys",
                f"{failed} calls from this address were refused or broken off in the last 15 minutes.",
                "Further checks wait, because Kraken locks an address out after repeated failures.",
            )
        return places

    def _places_at_most(self, signer: Signer) -> int:
        """Return the places by the failures last seen; one at least, since time makes places free."""
        return max(1, self._places_besides(signer, self._failed[signer.environment]))

    def _places_besides(self, signer: Signer, failed: int) -> int:
        return FAILURE_BUDGET - (0 if self.is_proven(signer) else KEPT_FOR_PROVEN) - failed

    def _refuse_when_locked_out(self, environment: EnvironmentName, standing: Standing) -> None:
        until = self._still_locked(environment, standing.locked_out_until)
        if until is not None:
            minutes = max(1, round((until - self._clock.now()).total_seconds() / 60))
            raise LockoutGuardError(
                "Kraken has locked this address out",
                f"Private calls pause until {until:%H:%M:%S} UTC ({minutes} min); a try would prolong it.",
                "Wait. Keys and balances are safe; nothing is sent meanwhile.",
            )

    def _still_locked(self, environment: EnvironmentName, stored: datetime | None) -> datetime | None:
        ends = [end for end in (stored, self._locked_until.get(environment)) if end is not None]
        until = max(ends, default=None)
        return until if until is not None and until > self._clock.now() else None

    def is_proven(self, signer: Signer) -> bool:
        """Say whether Kraken accepted the key only just now, in this process."""
        accepted = self._accepted_at.get(signer.fingerprint)
        return accepted is not None and timedelta(0) <= self._clock.now() - accepted < PROVEN

    async def _remember_failure(self, signer: Signer, kind: str) -> None:
        now = self._clock.now()
        self._accepted_at.pop(signer.fingerprint, None)
        noted = self._store.record_failure(signer.environment, signer.fingerprint, now, kind)
        if not await _written(noted):
            self._unwritten.append((signer.environment, now))

    async def _remember_lockout(self, environment: EnvironmentName) -> None:
        until = self._clock.now() + LOCKOUT
        self._locked_until[environment] = until
        self.on_lockout(until)
        self._news += 1
        await _written(self._store.lock_out(environment, until))

    async def _remember_success(self, signer: Signer) -> None:
        known = self.is_proven(signer)
        self._accepted_at[signer.fingerprint] = self._clock.now()
        if not known:
            await _written(
                self._store.record_success(signer.environment, signer.fingerprint, self._clock.now())
            )


@dataclass(frozen=True, slots=True)
class Attempt:
    """A call that counts as refused until it is known how it ended."""

    name: str
    environment: EnvironmentName
    at: datetime


class Admission:
    """One call: takes a place on entry; on exit notes how the call ended and gives the place back."""

    def __init__(self, guard: LockoutGuard, signer: Signer, *, asked: bool) -> None:
        self._guard = guard
        self._signer = signer
        self._asked = asked
        self._attempt: Attempt | None = None

    async def __aenter__(self) -> Confirm:
        if self._asked and not self._guard.is_proven(self._signer):
            self._attempt = await self._guard.begin_attempt(self._signer.environment)
        try:
            await self._guard.take_place(self._signer, asked=self._asked)
        except BaseException:
            if self._attempt is not None:
                await self._guard.end_attempt(self._attempt)
            raise
        return self._confirm

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        ended = error
        try:
            await self._guard.remember(self._signer, error)
        except BaseException as cut_off:
            ended = cut_off
            raise
        finally:
            self._guard.give_back(self._signer.environment)
            if self._attempt is not None:
                await self._settle(self._attempt, ended)

    def _confirm(self) -> None:
        self._guard.confirm(self._signer.environment)

    async def _settle(self, attempt: Attempt, ended: BaseException | None) -> None:
        if ended is None or isinstance(ended, Exception):
            await self._guard.end_attempt(attempt)
        else:
            self._guard.leave_attempt(attempt)


def _refuse_when_resting(standing: Standing) -> None:
    if standing.failing_since is not None:
        raise KeyRestingError(
            "This key is left alone",
            f"Kraken refused it at {standing.failing_since:%Y-%m-%d %H:%M} UTC; "
            "more failures lock the address out.",
            "Mend the cause, then check this one key.",
        )


async def _written(note: Awaitable[None]) -> bool:
    """Write a note about a call that has ended; a store that cannot must not hide how it ended."""
    try:
        await note
    except StoreError as error:
        _log.warning("the end of a call was not noted: %s", error.category)
        return False
    return True
