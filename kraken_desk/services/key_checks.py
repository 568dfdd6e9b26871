"""Checking stored keys: good ones side by side, doubtful ones with care, none more often than needed."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime

from kraken_desk.domain.errors import (
    AuthRejectedError,
    ExchangeError,
    ForbiddenError,
    InputError,
    KeychainError,
    KrakenDeskError,
    LeaseHeldError,
    LockedOutError,
    LockoutGuardError,
    NonceStaleError,
    OneTimePasswordError,
    RuleError,
    StoreError,
)
from kraken_desk.domain.keys import ApiKeyInfo, CheckOutcome, KeyCheck, KeyId, KeySlot, Problem, SlotId
from kraken_desk.services.fleet import FleetService
from kraken_desk.services.ports import Clock, ProgressReport
from kraken_desk.services.tasks import all_of

_AT_ONCE = 8
_REFUSALS_IN_A_ROW = 2

Ask = Callable[[KeySlot, bool], Awaitable[ApiKeyInfo]]
"""Makes the signed call for a key; the flag says whether a person asked for this very key."""


def problem_of(error: KrakenDeskError) -> Problem:
    """Keep an error as plain facts."""
    kraken = error.kraken if isinstance(error, ExchangeError) else ()
    return Problem(error.category, error.title, error.detail, error.hint, kraken)


class KeyChecker:
    """Runs checks and keeps the fleet informed; two runs that meet at a key share one call."""

    def __init__(self, fleet: FleetService, clock: Clock, ask: Ask) -> None:
        self._fleet = fleet
        self._clock = clock
        self._ask = ask
        self._turns: dict[KeyId, asyncio.Lock] = {}
        self._ended: Counter[KeyId] = Counter()

    async def check(
        self, slot_ids: tuple[SlotId, ...], *, asked: bool, progress: ProgressReport | None
    ) -> tuple[KeyCheck, ...]:
        """Check keys; see KeysService.check."""
        slots = [self._fleet.slot(slot_id) for slot_id in dict.fromkeys(slot_ids)]
        run = _CheckRun(self._fleet, slots, progress)
        try:
            if not asked:
                await self._leave_leased_alone(slots, run)
            sure = [s for s in slots if self._is_sure(s) and s.slot_id not in run.results]
            await self._check_sure(sure, run, asked=asked)
            for slot in slots:
                if slot.slot_id not in run.results:
                    run.record(slot, await self._check_doubtful(slot, run, asked=asked))
        finally:
            run.end()
        return tuple(run.results[slot_id] for slot_id in slot_ids)

    async def _leave_leased_alone(self, slots: list[KeySlot], run: _CheckRun) -> None:
        """Spend no nonce of a key that a process is using right now."""
        await self._fleet.look_at_leases()
        for slot in slots:
            lease = self._fleet.lease_of(slot.slot_id)
            if lease is not None:
                error = LeaseHeldError(
                    "Not checked while in use",
                    f"“{lease.command}” holds the key, and a check would spend one of its nonces.",
                    "Check this key by its name if you want it now.",
                )
                last = self._fleet.check_of(slot.key_id)
                run.record(slot, _left_alone(slot, last, error, self._clock.now()))

    def _is_sure(self, slot: KeySlot) -> bool:
        last = self._fleet.check_of(slot.key_id)
        if last is None or last.outcome is CheckOutcome.REJECTED or last.info is None:
            return False
        return not last.info.expired(self._clock.now())

    async def _check_sure(self, slots: list[KeySlot], run: _CheckRun, *, asked: bool) -> None:
        """Check one key alone first: if this address has lost Kraken's trust, one refusal tells."""
        if not slots:
            return
        first, *rest = slots
        run.record(first, await self._check_one(first, asked=asked))
        if run.refusals_in_a_row:
            for slot in rest:
                run.record(slot, await self._check_doubtful(slot, run, asked=asked))
            return
        places = asyncio.Semaphore(_AT_ONCE)

        async def one(slot: KeySlot) -> None:
            async with places:
                run.record(slot, await self._check_doubtful(slot, run, asked=asked))

        await all_of(one(slot) for slot in rest)

    async def _check_doubtful(self, slot: KeySlot, run: _CheckRun, *, asked: bool) -> KeyCheck:
        last = self._fleet.check_of(slot.key_id)
        if not asked and last is not None and last.info is not None and last.info.expired(self._clock.now()):
            return last
        if run.refusals_in_a_row >= _REFUSALS_IN_A_ROW:
            error = LockoutGuardError(
                "Not checked",
                "Two keys in a row were refused, and repeated failures lock this address out at Kraken.",
                "Look into the refused keys, then check this one by itself.",
            )
            return _left_alone(slot, last, error, self._clock.now())
        return await self._check_one(slot, asked=asked)

    async def _check_one(self, slot: KeySlot, *, asked: bool) -> KeyCheck:
        """Check a key now, or take the result of another run that asked about it meanwhile."""
        ended = self._ended[slot.key_id]
        async with self._turns.setdefault(slot.key_id, asyncio.Lock()):
            found = self._fleet.check_of(slot.key_id)
            if found is not None and self._ended[slot.key_id] != ended:
                return found
            check = await self._signed_check(slot, found, asked=asked)
            self._ended[slot.key_id] += 1
            return check

    async def _signed_check(self, slot: KeySlot, last: KeyCheck | None, *, asked: bool) -> KeyCheck:
        kept = last.info if last else None
        try:
            info = await self._ask(slot, asked)
        except (AuthRejectedError, NonceStaleError, ForbiddenError) as error:
            check = KeyCheck(slot.key_id, self._clock.now(), CheckOutcome.REJECTED, kept, problem_of(error))
        except (RuleError, LockedOutError, OneTimePasswordError) as error:
            return _left_alone(slot, last, error, self._clock.now())
        except (ExchangeError, KeychainError, InputError, StoreError) as error:
            check = KeyCheck(slot.key_id, self._clock.now(), CheckOutcome.UNREACHED, kept, problem_of(error))
            if last is not None and last.outcome is CheckOutcome.REJECTED:
                return check  # that Kraken refused the key remains the last thing known about it
        else:
            check = KeyCheck(slot.key_id, info.read_at, CheckOutcome.ACCEPTED, info)
        await self._fleet.save_check(check)
        return check


class _CheckRun:
    """One run over several keys: results, progress, refusals in a row, and the marks in the tree."""

    def __init__(self, fleet: FleetService, slots: list[KeySlot], progress: ProgressReport | None) -> None:
        self.results: dict[SlotId, KeyCheck] = {}
        self.refusals_in_a_row = 0
        self._fleet = fleet
        self._of = len(slots)
        self._marked = {slot.key_id for slot in slots}
        self._progress = progress
        fleet.begin_checking(self._marked)

    def record(self, slot: KeySlot, check: KeyCheck) -> None:
        self.results[slot.slot_id] = check
        self._marked.discard(slot.key_id)
        self._fleet.end_checking({slot.key_id})
        if self._progress is not None:
            self._progress(len(self.results), self._of)
        if check.outcome is CheckOutcome.REJECTED:
            self.refusals_in_a_row += 1
        elif check.outcome is CheckOutcome.ACCEPTED:
            self.refusals_in_a_row = 0

    def end(self) -> None:
        self._fleet.end_checking(self._marked)


def _left_alone(slot: KeySlot, last: KeyCheck | None, error: KrakenDeskError, now: datetime) -> KeyCheck:
    """Describe a check that was not made; it is not stored, so the last real one stays.

    A refused key that rests shows its refusal; a pause of the whole address is no matter of the key.
    """
    pause = isinstance(error, LockoutGuardError | LockedOutError)
    if last is not None and last.outcome is CheckOutcome.REJECTED and not pause:
        return last
    return KeyCheck(slot.key_id, now, CheckOutcome.UNREACHED, last.info if last else None, problem_of(error))
