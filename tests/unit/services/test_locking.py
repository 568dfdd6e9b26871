"""Locking: the right passphrase opens, wrong ones wait longer and longer, restarts help nobody."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from kraken_desk.domain.errors import InputError, RuleError, SealError
from kraken_desk.domain.locking import LockPolicy, LockReason, wait_after
from kraken_desk.domain.secrets import Passphrase
from kraken_desk.sealing.derivation import Cost
from kraken_desk.sealing.threaded import ThreadedSeal
from kraken_desk.services.locking import LockService
from kraken_desk.store import Store
from tests.helpers.fakes import FakeClock

RIGHT, WRONG = Passphrase("tidal harbour nine"), Passphrase("tidal harbour eight")
SEAL = ThreadedSeal(Cost(memory_kib=64, passes=1, lanes=1))


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(tmp_path / "desk.sqlite3")
    yield opened
    await opened.close()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


async def a_lock(store: Store, clock: FakeClock) -> LockService:
    """Return the service as a fresh start of the program has it."""
    lock = LockService(store, SEAL, clock)
    await lock.load()
    return lock


async def test_without_a_passphrase_a_click_unlocks(store: Store, clock: FakeClock) -> None:
    """The window can be covered on request, and opens again without a word."""
    lock = await a_lock(store, clock)

    lock.lock(LockReason.REQUEST)
    covered = lock.state.value
    await lock.unlock(None)

    assert (covered.locked, covered.reason, covered.has_passphrase) == (True, LockReason.REQUEST, False)
    assert not lock.state.value.locked


async def test_with_a_passphrase_the_program_starts_locked(store: Store, clock: FakeClock) -> None:
    """Setting one locks nothing at once; the next start is locked until it is typed."""
    first = await a_lock(store, clock)
    await first.set_passphrase(RIGHT)

    second = await a_lock(store, clock)
    started = second.state.value
    await second.unlock(RIGHT)

    assert not first.state.value.locked
    assert (started.locked, started.reason) == (True, LockReason.START)
    assert not second.state.value.locked


async def test_a_locked_window_keeps_its_first_reason(store: Store, clock: FakeClock) -> None:
    """What locked it first is what the operator is told."""
    lock = await a_lock(store, clock)

    lock.lock(LockReason.IDLE)
    lock.lock(LockReason.SUSPEND)

    assert lock.state.value.reason is LockReason.IDLE


async def test_wrong_passphrases_wait_longer_and_longer(store: Store, clock: FakeClock) -> None:
    """Three tries are free; then each waits twice as long as the one before."""
    lock = await a_lock(store, clock)
    await lock.set_passphrase(RIGHT)
    lock.lock(LockReason.REQUEST)

    for _ in range(3):
        with pytest.raises(SealError, match="wrong"):
            await lock.unlock(WRONG)
    with pytest.raises(RuleError, match="Too many"):
        await lock.unlock(RIGHT)
    clock.move(seconds=2)
    with pytest.raises(SealError):
        await lock.unlock(WRONG)
    clock.move(seconds=3)
    with pytest.raises(RuleError):
        await lock.unlock(RIGHT)
    clock.move(seconds=1)
    await lock.unlock(RIGHT)

    assert not lock.state.value.locked


async def test_a_restart_gives_no_fresh_tries(store: Store, clock: FakeClock) -> None:
    """Wrong tries are remembered, also when the clock was set back meanwhile."""
    first = await a_lock(store, clock)
    await first.set_passphrase(RIGHT)
    for _ in range(3):
        with pytest.raises(SealError):
            await first.unlock(WRONG)

    clock.move(days=-1)
    second = await a_lock(store, clock)

    with pytest.raises(RuleError):
        await second.unlock(RIGHT)
    assert second.state.value.wait_until == clock.now() + timedelta(seconds=2)


async def test_the_passphrase_changes_only_for_who_knows_it(store: Store, clock: FakeClock) -> None:
    """A wrong present one changes nothing; a removed one leaves a click."""
    lock = await a_lock(store, clock)
    await lock.set_passphrase(RIGHT)

    with pytest.raises(SealError):
        await lock.set_passphrase(Passphrase("another one altogether"), WRONG)
    with pytest.raises(InputError, match="missing"):
        await lock.remove_passphrase(None)
    await lock.remove_passphrase(RIGHT)

    assert not (await a_lock(store, clock)).state.value.locked


@pytest.mark.parametrize("weak", ["", "short", "aaaaaaaaaaaa", "1212121212"])
async def test_a_weak_passphrase_is_refused(store: Store, clock: FakeClock, weak: str) -> None:
    """Too short or of too few characters is said before anything is stored."""
    lock = await a_lock(store, clock)

    with pytest.raises(InputError, match="too weak"):
        await lock.set_passphrase(Passphrase(weak))
    assert not lock.state.value.has_passphrase


async def test_the_policy_is_remembered(store: Store, clock: FakeClock) -> None:
    """When the window locks by itself survives a restart, with never among the choices."""
    chosen = LockPolicy(idle=None, on_screen_lock=False, on_suspend=True)
    await (await a_lock(store, clock)).set_policy(chosen)

    assert (await a_lock(store, clock)).policy.value == chosen


def test_waits_grow_to_five_minutes() -> None:
    """Two seconds after the third wrong try, doubling, and never more than five minutes."""
    assert [wait_after(n).total_seconds() for n in (0, 2, 3, 4, 5, 10, 11, 5000)] == [
        0,
        0,
        2,
        4,
        8,
        256,
        300,
        300,
    ]


class FakeSystem:
    """Asks nobody: `answer` is what the system says, None for yes."""

    def __init__(self) -> None:
        self.answer: Exception | None = None
        self.asked = 0

    async def why_not(self) -> str:
        return ""

    async def ask(self) -> None:
        self.asked += 1
        if self.answer is not None:
            raise self.answer


NO = SealError("The system has not confirmed you")


async def a_system_lock(store: Store, clock: FakeClock, system: FakeSystem) -> LockService:
    lock = LockService(store, SEAL, clock, system)
    await lock.load()
    return lock


async def test_the_system_unlocks_where_it_was_chosen(store: Store, clock: FakeClock) -> None:
    """It is tried before it counts; then the program starts locked and opens by the system's yes."""
    system = FakeSystem()
    await (await a_system_lock(store, clock, system)).set_by_system(True)
    lock = await a_system_lock(store, clock, system)
    at_start = lock.state.value

    await lock.unlock_by_system()

    assert (at_start.locked, at_start.by_system, at_start.has_passphrase) == (True, True, False)
    assert system.asked == 2
    assert not lock.state.value.locked


async def test_a_system_that_says_no_keeps_it_locked(store: Store, clock: FakeClock) -> None:
    """Neither a refusal nor a click opens a window whose only way is the system's question."""
    system = FakeSystem()
    lock = await a_system_lock(store, clock, system)
    await lock.set_by_system(True)
    lock.lock(LockReason.IDLE)
    system.answer = NO

    with pytest.raises(SealError):
        await lock.unlock_by_system()
    with pytest.raises(RuleError):
        await lock.unlock(None)

    assert lock.state.value.locked


async def test_the_system_is_not_asked_unless_chosen(store: Store, clock: FakeClock) -> None:
    """A way that nobody has switched on does not open the window, and one that fails is not switched on."""
    system = FakeSystem()
    lock = await a_system_lock(store, clock, system)
    await lock.set_passphrase(RIGHT)
    lock.lock(LockReason.IDLE)

    with pytest.raises(RuleError):
        await lock.unlock_by_system()
    assert (system.asked, lock.state.value.locked) == (0, True)

    system.answer = NO
    with pytest.raises(SealError):
        await lock.set_by_system(True)
    assert not lock.policy.value.by_system


async def test_either_way_opens_where_both_are_set(store: Store, clock: FakeClock) -> None:
    """The passphrase keeps working beside the system, and a reset takes both away."""
    lock = await a_system_lock(store, clock, FakeSystem())
    await lock.set_passphrase(RIGHT)
    await lock.set_by_system(True)
    lock.lock(LockReason.IDLE)

    await lock.unlock(RIGHT)
    by_passphrase = lock.state.value.locked
    await lock.forget_passphrase()
    lock.lock(LockReason.IDLE)

    assert not by_passphrase
    assert lock.state.value.by_click


async def test_a_program_without_the_system_ignores_the_choice(store: Store, clock: FakeClock) -> None:
    """The demo and the command line's tests have no system to ask, and are not shut for good."""
    await (await a_system_lock(store, clock, FakeSystem())).set_by_system(True)

    lock = await a_lock(store, clock)
    lock.lock(LockReason.REQUEST)
    await lock.unlock(None)

    assert not lock.state.value.locked


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("lock.policy", '{"idle_s": "soon"'),
        ("lock.policy", "[]"),
        ("lock.policy", '{"idle_s": 1e300, "on_screen_lock": true, "on_suspend": true}'),
        ("lock.wrong-tries", "x"),
        ("lock.wrong-tries", "[3]"),
        ("lock.wrong-tries", '[3, "2026-01-01T00:00:00"]'),
    ],
)
async def test_what_a_damaged_profile_says_of_the_lock_does_not_keep_it_shut(
    store: Store, clock: FakeClock, name: str, text: str
) -> None:
    """The lock works as at first: it locks of itself, the passphrase opens it, wrong ones count anew."""
    await (await a_lock(store, clock)).set_passphrase(RIGHT)
    await store.save_setting(name, text)

    lock = await a_lock(store, clock)
    locked = lock.state.value.locked
    with pytest.raises(SealError):
        await lock.unlock(WRONG)
    clock.move(hours=1)
    await lock.unlock(RIGHT)

    assert locked
    assert not lock.state.value.locked
    assert lock.policy.value == LockPolicy()
