"""The lockout guard: never more failures than its budget, whatever runs side by side."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.errors import (
    ForbiddenError,
    KeyRestingError,
    LockedOutError,
    LockoutGuardError,
    NonceStaleError,
    RateLimitedError,
    RefusedError,
    StoreBusyError,
    UnavailableError,
)
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.secrets import ApiSecret
from kraken_desk.domain.signer import Signer
from kraken_desk.domain.standing import Standing
from kraken_desk.services.guard import FAILURE_BUDGET, LOCKOUT, LockoutGuard
from kraken_desk.services.ports import CallGuard
from kraken_desk.store import Store
from tests.helpers.builders import LAB, NOW, a_public_key, a_secret
from tests.helpers.fakes import FakeClock, FakeGuardStore, Faulty, refused
from tests.helpers.wait import wait_until


async def _secret() -> ApiSecret:
    return a_secret()


def a_signer(number: int = 1, environment: EnvironmentName = LAB.name) -> Signer:
    return Signer(environment, Venue.SPOT, a_public_key(number), "", _secret)


async def call(
    guard: CallGuard, signer: Signer, ends: BaseException | None = None, *, asked: bool = False
) -> bool:
    """Make a call and say that it was admitted; a refusal raises."""
    async with guard.admit(signer, asked=asked):
        if ends is not None:
            raise ends
    return True


async def fail(guard: LockoutGuard, *numbers: int) -> None:
    """Let these keys be refused, one after another."""
    for number in numbers:
        with pytest.raises(type(refused())):
            await call(guard, a_signer(number), refused(), asked=True)


@pytest.fixture
def guard(store: Store, clock: FakeClock) -> LockoutGuard:
    return LockoutGuard(store.guard, clock)


async def test_a_refused_key_is_left_alone(guard: LockoutGuard) -> None:
    """After one authentication failure the program makes no further call with that key."""
    await fail(guard, 1)

    with pytest.raises(KeyRestingError):
        await call(guard, a_signer(1))
    await call(guard, a_signer(2))


async def test_a_stale_nonce_counts_as_a_failure(guard: LockoutGuard) -> None:
    """Kraken counts invalid nonces too, so a key that met one rests."""
    with pytest.raises(NonceStaleError):
        await call(guard, a_signer(), NonceStaleError("stale"))

    with pytest.raises(KeyRestingError):
        await call(guard, a_signer())


async def test_a_person_may_ask_for_a_resting_key(guard: LockoutGuard) -> None:
    """A check that a person asks for passes once; a further failure lets the key rest on."""
    await fail(guard, 1)

    await fail(guard, 1)

    with pytest.raises(KeyRestingError):
        await call(guard, a_signer(1))


async def test_an_accepted_check_ends_the_rest(guard: LockoutGuard) -> None:
    """Once Kraken accepts the key again, automatic calls go on."""
    await fail(guard, 1)

    await call(guard, a_signer(1), asked=True)

    assert await call(guard, a_signer(1))


async def test_rest_outlives_a_restart(store: Store, clock: FakeClock) -> None:
    """Another guard over the same store, in this process or the next, leaves the key alone as well."""
    await fail(LockoutGuard(store.guard, clock), 1)

    with pytest.raises(KeyRestingError):
        await call(LockoutGuard(store.guard, clock), a_signer(1))


async def test_budget_stops_all_keys_also_when_asked(guard: LockoutGuard) -> None:
    """Enough refused keys stop every other call, and a person's wish does not change that."""
    await fail(guard, *range(1, FAILURE_BUDGET))

    with pytest.raises(LockoutGuardError):
        await call(guard, a_signer(50), asked=True)


async def test_budget_is_shared_with_other_processes(store: Store, clock: FakeClock) -> None:
    """Failures of one process count in the other."""
    await fail(LockoutGuard(store.guard, clock), *range(1, FAILURE_BUDGET))

    with pytest.raises(LockoutGuardError):
        await call(LockoutGuard(store.guard, clock), a_signer(50))


async def test_budget_comes_back_with_time(guard: LockoutGuard, clock: FakeClock) -> None:
    """A quarter of an hour later the failures no longer count."""
    await fail(guard, *range(1, FAILURE_BUDGET))

    clock.move(minutes=15)

    assert await call(guard, a_signer(50))


async def test_budget_is_counted_per_environment(guard: LockoutGuard) -> None:
    """Failures at one exchange do not stop calls to another."""
    await fail(guard, *range(1, FAILURE_BUDGET))

    await call(guard, a_signer(1, EnvironmentName("other")))


async def test_a_proven_key_keeps_the_last_place(guard: LockoutGuard) -> None:
    """Wrong pastes stop further pastes, not the keys that Kraken has just accepted."""
    await call(guard, a_signer(90))
    await fail(guard, *range(1, FAILURE_BUDGET))

    await call(guard, a_signer(90))

    with pytest.raises(LockoutGuardError):
        await call(guard, a_signer(50))


async def test_proven_keys_cannot_exceed_the_budget_together(guard: LockoutGuard) -> None:
    """When the address loses Kraken's trust, all keys fail at once; no more than the budget is sent."""
    for number in range(1, 21):
        await call(guard, a_signer(number))
    sent = 0

    async def refused_call(number: int) -> None:
        nonlocal sent
        async with guard.admit(a_signer(number)):
            sent += 1
            await asyncio.sleep(0)
            raise refused()

    results = await asyncio.gather(*map(refused_call, range(1, 21)), return_exceptions=True)

    assert sent <= FAILURE_BUDGET
    assert sum(isinstance(r, LockoutGuardError) for r in results) == 20 - sent


async def test_a_lockout_stops_everything(guard: LockoutGuard, clock: FakeClock) -> None:
    """Once Kraken says it has locked the address out, nothing is sent for a quarter of an hour."""
    with pytest.raises(LockedOutError):
        await call(guard, a_signer(1), LockedOutError("locked"))

    with pytest.raises(LockoutGuardError, match="locked this address out"):
        await call(guard, a_signer(2), asked=True)
    assert await guard.locked_out_until(LAB.name) == NOW + LOCKOUT

    clock.move(minutes=15)
    await call(guard, a_signer(2))
    assert await guard.locked_out_until(LAB.name) is None


async def test_a_lockout_outlives_a_restart(store: Store, clock: FakeClock) -> None:
    """The next process knows of the lockout too."""
    with pytest.raises(LockedOutError):
        await call(LockoutGuard(store.guard, clock), a_signer(1), LockedOutError("locked"))

    with pytest.raises(LockoutGuardError):
        await call(LockoutGuard(store.guard, clock), a_signer(2))


async def test_calls_that_wait_their_turn_hear_of_a_lockout(guard: LockoutGuard) -> None:
    """A call that waited for a place is not sent when a lockout came meanwhile."""
    sent: list[int] = []
    answer = asyncio.Event()

    async def locked_out(number: int) -> None:
        async with guard.admit(a_signer(number)):
            sent.append(number)
            await answer.wait()
            raise LockedOutError("locked")

    loop = asyncio.get_running_loop()
    tasks = [loop.create_task(locked_out(number)) for number in range(12)]
    await wait_until(lambda: len(sent) == FAILURE_BUDGET - 1)
    answer.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)

    assert len(sent) == FAILURE_BUDGET - 1
    assert sum(isinstance(r, LockoutGuardError) for r in results) == 12 - len(sent)


async def test_calls_that_wait_leave_the_store_alone() -> None:
    """Each call looks into the store once, however many calls end while it waits for its place."""

    class Counting(FakeGuardStore):
        looks = 0

        async def standing(
            self,
            environment: EnvironmentName,
            fingerprint: str,
            since: datetime,
            now: datetime,
            *,
            besides: str = "-",
        ) -> Standing:
            Counting.looks += 1
            return await super().standing(environment, fingerprint, since, now, besides=besides)

    guard = LockoutGuard(Counting(), FakeClock())

    await asyncio.gather(*(call(guard, a_signer(number)) for number in range(40)))

    assert Counting.looks == 40


async def test_admitted_calls_hear_of_a_lockout_before_they_leave(guard: LockoutGuard, store: Store) -> None:
    """A call that is still signing when another one meets the lockout is not sent, and counts as nothing."""
    async with guard.admit(a_signer(1)) as confirm:
        confirm()

    async def overtaken() -> None:
        async with guard.admit(a_signer(1)) as confirm:
            with pytest.raises(LockedOutError):
                await call(guard, a_signer(2), LockedOutError("locked"))
            confirm()

    with pytest.raises(LockoutGuardError, match="locked this address out"):
        await overtaken()
    assert (await store.guard.standing(LAB.name, "any", NOW - LOCKOUT, NOW)).failures == 0


async def test_another_environment_hears_of_no_lockout(guard: LockoutGuard) -> None:
    """A lockout keeps admitted calls to other exchanges from nothing."""
    async with guard.admit(a_signer(1, EnvironmentName("other"))) as confirm:
        with pytest.raises(LockedOutError):
            await call(guard, a_signer(2), LockedOutError("locked"))
        confirm()


@pytest.mark.parametrize("answer", [ForbiddenError("no"), RefusedError("no")])
async def test_a_refusal_behind_the_door_proves_the_key(guard: LockoutGuard, answer: Exception) -> None:
    """Kraken authenticated the key before it refused the request, so the key no longer rests."""
    await fail(guard, 1)

    with pytest.raises(type(answer)):
        await call(guard, a_signer(1), answer, asked=True)

    await call(guard, a_signer(1))


@pytest.mark.parametrize("answer", [RateLimitedError("slow down"), UnavailableError("nobody there")])
async def test_an_answer_before_the_door_proves_nothing(guard: LockoutGuard, answer: Exception) -> None:
    """A limit or an outage may come from in front of the authentication: the key rests on."""
    await fail(guard, 1)

    with pytest.raises(type(answer)):
        await call(guard, a_signer(1), answer, asked=True)

    with pytest.raises(KeyRestingError):
        await call(guard, a_signer(1))


async def test_cancelled_calls_give_their_place_back(guard: LockoutGuard, store: Store) -> None:
    """A cancelled call leaves no reservation and no failure behind."""
    for number in range(3 * FAILURE_BUDGET):
        with pytest.raises(asyncio.CancelledError):
            await call(guard, a_signer(number), asyncio.CancelledError())

    await call(guard, a_signer(1))
    assert (await store.guard.standing(LAB.name, "any", NOW - LOCKOUT, NOW)).failures == 0


async def test_pastes_broken_off_before_the_answer_count(store: Store, clock: FakeClock) -> None:
    """Kraken may have refused a pasted key that nobody waited for, so it counts, in every process."""
    guard = LockoutGuard(store.guard, clock)
    for number in range(FAILURE_BUDGET - 1):
        with pytest.raises(asyncio.CancelledError):
            await call(guard, a_signer(number), asyncio.CancelledError(), asked=True)

    for process in (guard, LockoutGuard(store.guard, clock)):
        with pytest.raises(LockoutGuardError):
            await call(process, a_signer(99), asked=True)
    clock.move(minutes=15)
    await call(guard, a_signer(99), asked=True)


async def test_answered_pastes_leave_nothing_behind(guard: LockoutGuard, store: Store) -> None:
    """An accepted, an unanswered and a once refused paste count as none, none and one."""
    await call(guard, a_signer(1), asked=True)
    with pytest.raises(UnavailableError):
        await call(guard, a_signer(2), UnavailableError("nobody there"), asked=True)
    await fail(guard, 3)

    assert (await store.guard.standing(LAB.name, "any", NOW - LOCKOUT, NOW)).failures == 1


async def test_a_clock_that_was_ahead_does_not_stop_the_desk_for_a_year(
    guard: LockoutGuard, store: Store, clock: FakeClock
) -> None:
    """What was noted under a wrong, later date counts from now, and is over when its time is."""
    clock.move(days=365)
    await fail(guard, 1)
    with pytest.raises(LockedOutError):
        await call(guard, a_signer(2), LockedOutError("locked"))
    clock.move(days=-365)
    restarted = LockoutGuard(store.guard, clock)

    with pytest.raises(LockoutGuardError):
        await call(restarted, a_signer(3))
    clock.move(minutes=15, seconds=1)
    await call(restarted, a_signer(3))
    await call(restarted, a_signer(1), asked=True)
    await call(restarted, a_signer(1))


async def test_a_cancelled_wait_takes_no_place(guard: LockoutGuard) -> None:
    """Cancelling calls that still wait for a place does not use the places up."""
    inside: list[int] = []
    leave = asyncio.Event()

    async def slow(number: int) -> None:
        async with guard.admit(a_signer(number)):
            inside.append(number)
            await leave.wait()

    loop = asyncio.get_running_loop()
    tasks = [loop.create_task(slow(number)) for number in range(3 * FAILURE_BUDGET)]
    await wait_until(lambda: len(inside) == FAILURE_BUDGET - 1)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

    await asyncio.gather(*(call(guard, a_signer(number)) for number in range(10)))


async def test_a_failing_store_does_not_hide_how_a_call_ended(store: Store, clock: FakeClock) -> None:
    """What Kraken answered passes through even when it cannot be remembered: the money has moved."""
    faulty = Faulty(store.guard)
    guard = LockoutGuard(faulty, clock)
    busy = StoreBusyError("busy")
    faulty.failures |= {"record_success": busy, "record_failure": busy, "lock_out": busy}

    await call(guard, a_signer(1))
    await fail(guard, 2)
    with pytest.raises(LockedOutError):
        await call(guard, a_signer(3), LockedOutError("locked"))


async def test_failures_that_cannot_be_written_count_all_the_same(store: Store, clock: FakeClock) -> None:
    """A store that refuses to write does not open the way for more failures, nor past a lockout."""
    faulty = Faulty(store.guard)
    guard = LockoutGuard(faulty, clock)
    faulty.failures |= {"record_failure": StoreBusyError("busy"), "lock_out": StoreBusyError("busy")}

    await fail(guard, *range(1, FAILURE_BUDGET))
    with pytest.raises(LockoutGuardError):
        await call(guard, a_signer(50))

    clock.move(minutes=15)
    with pytest.raises(LockedOutError):
        await call(guard, a_signer(51), LockedOutError("locked"))
    with pytest.raises(LockoutGuardError):
        await call(guard, a_signer(52))


@dataclass(frozen=True)
class Try:
    """One call of a scenario: when it starts, how long it takes, how it ends."""

    key: int
    ends: str
    asked: bool
    after: int
    takes: int
    minutes: int


TRIES = st.lists(
    st.builds(
        Try,
        key=st.integers(1, 12),
        ends=st.sampled_from(["refused", "refused", "accepted", "stale", "locked", "cancelled", "limited"]),
        asked=st.booleans(),
        after=st.integers(0, 12),
        takes=st.integers(0, 6),
        minutes=st.sampled_from([0, 0, 0, 1, 7]),
    ),
    max_size=24,
)
ENDS: dict[str, BaseException | None] = {
    "refused": refused(),
    "accepted": None,
    "stale": NonceStaleError("stale"),
    "locked": LockedOutError("locked"),
    "cancelled": asyncio.CancelledError(),
    "limited": RateLimitedError("slow down"),
}


async def _play(tries: list[Try], proven: int = 0) -> tuple[list[datetime], list[tuple[str, datetime]]]:
    """Play a scenario after `proven` accepted keys; return failures, and the order of events."""
    clock, store = FakeClock(), FakeGuardStore()
    guard = LockoutGuard(store, clock)
    for number in range(1, proven + 1):
        await call(guard, a_signer(number))
    failures: list[datetime] = []
    events: list[tuple[str, datetime]] = []

    async def one(what: Try) -> None:
        for _ in range(what.after):
            await asyncio.sleep(0)
        async with guard.admit(a_signer(what.key), asked=what.asked):
            events.append(("sent", clock.now()))
            for _ in range(what.takes):
                await asyncio.sleep(0)
            clock.move(minutes=what.minutes)
            if what.ends in ("refused", "stale"):
                failures.append(clock.now())
            if what.ends == "locked":
                events.append(("locked", clock.now()))
            end = ENDS[what.ends]
            if end is not None:
                raise end

    results = await asyncio.gather(*map(one, tries), return_exceptions=True)
    unexpected = [r for r in results if isinstance(r, Exception) and not _expected(r)]
    assert unexpected == []
    return failures, events


def _expected(error: Exception) -> bool:
    return isinstance(
        error,
        (
            type(refused()),
            NonceStaleError,
            LockedOutError,
            RateLimitedError,
            LockoutGuardError,
            KeyRestingError,
        ),
    )


@settings(max_examples=150)
@given(TRIES, st.integers(0, 12))
def test_never_more_failures_than_the_budget(tries: list[Try], proven: int) -> None:
    """In any interleaving of calls, a quarter of an hour never sees more failures than the budget."""
    failures, _ = asyncio.run(_play(tries, proven))

    for start in failures:
        assert sum(start <= at < start + timedelta(minutes=15) for at in failures) <= FAILURE_BUDGET


@settings(max_examples=100)
@given(TRIES)
def test_nothing_is_sent_once_a_lockout_is_known(tries: list[Try]) -> None:
    """After Kraken's lockout was seen, no call starts before its end."""
    _, events = asyncio.run(_play(tries))

    for number, (kind, at) in enumerate(events):
        if kind == "locked":
            later = [when for what, when in events[number + 1 :] if what == "sent"]
            assert all(when >= at + LOCKOUT for when in later)
