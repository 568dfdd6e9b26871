"""The guard across processes: one process per key, and one at a time for unproven keys."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from kraken_desk.domain.environments import Environment, EnvironmentName
from kraken_desk.domain.errors import AuthRejectedError, LockedOutError, LockoutGuardError, StoreBusyError
from kraken_desk.services.exclusive import ExclusiveGuard
from kraken_desk.services.guard import FAILURE_BUDGET, LockoutGuard
from kraken_desk.services.guard_origin import GuardByOrigin, guarded_origin
from kraken_desk.store import Store
from kraken_desk.store.key_locks import KeyLocks
from tests.helpers.builders import LAB
from tests.helpers.fakes import FakeClock, refused
from tests.helpers.wait import wait_until
from tests.unit.services.test_guard import a_signer, call


def a_process(store: Store, clock: FakeClock, locks: KeyLocks) -> ExclusiveGuard:
    """Return the guard of another process: nothing is shared but the store and the lock files."""
    return ExclusiveGuard(LockoutGuard(store.guard, clock), locks)


async def test_a_key_is_used_by_one_process_at_a_time(store: Store, clock: FakeClock, tmp_path: Path) -> None:
    """The other process waits with the same key until the answer is here."""
    locks = KeyLocks(tmp_path / "locks", give_up_s=1)
    first, second = (a_process(store, clock, locks) for _ in range(2))
    await call(first, a_signer(1))
    await call(second, a_signer(1))

    async with first.admit(a_signer(1)):
        waiting = asyncio.get_running_loop().create_task(call(second, a_signer(1)))
        for _ in range(20):
            await asyncio.sleep(0)
        assert not waiting.done()
    await waiting


async def test_processes_try_unproven_keys_in_turn(store: Store, clock: FakeClock, tmp_path: Path) -> None:
    """Many commands started at once, each with a wrong key, send no more failures than the budget."""
    sent = 0

    async def process(number: int) -> None:
        nonlocal sent
        guard = a_process(store, clock, KeyLocks(tmp_path / "locks"))
        async with guard.admit(a_signer(number), asked=True):
            sent += 1
            await asyncio.sleep(0.001)
            raise refused()

    results = await asyncio.gather(*map(process, range(10)), return_exceptions=True)

    assert sent == FAILURE_BUDGET - 1
    assert sum(isinstance(r, LockoutGuardError) for r in results) == 10 - sent


async def test_a_process_gives_its_turn_back(store: Store, clock: FakeClock, tmp_path: Path) -> None:
    """When its calls have ended, by whatever way, the next process may try its keys."""
    locks = KeyLocks(tmp_path / "locks", give_up_s=1)
    first, second = (a_process(store, clock, locks) for _ in range(2))
    inside: list[int] = []
    leave = asyncio.Event()

    async def slow(number: int) -> None:
        async with first.admit(a_signer(number)):
            inside.append(number)
            await leave.wait()

    loop = asyncio.get_running_loop()
    tasks = [loop.create_task(slow(number)) for number in (1, 2)]
    await wait_until(lambda: len(inside) == 2)
    waiting = loop.create_task(call(second, a_signer(3)))
    tasks[0].cancel()
    await asyncio.wait((tasks[0],))
    assert not waiting.done()

    leave.set()
    await waiting
    await tasks[1]


async def test_environments_of_one_host_share_budget_lockout_and_turn(
    store: Store, clock: FakeClock, tmp_path: Path
) -> None:
    """Kraken counts per internet address: what one environment's calls did stops those of its double."""
    double = replace(LAB, name=EnvironmentName("double"), futures_url="")
    elsewhere = replace(LAB, name=EnvironmentName("elsewhere"), spot_url="https://other.example")
    locks = KeyLocks(tmp_path / "locks", give_up_s=0.1)

    def desk(environment: Environment) -> ExclusiveGuard:
        origin = guarded_origin(environment)
        guard = LockoutGuard(GuardByOrigin(store.guard, origin), clock)
        return ExclusiveGuard(guard, locks, origin=origin)

    async with desk(LAB).admit(a_signer(1)):
        with pytest.raises(StoreBusyError):
            await call(desk(double), a_signer(2, double.name))
        await call(desk(elsewhere), a_signer(2, elsewhere.name))
    with pytest.raises(LockedOutError):
        await call(desk(double), a_signer(3, double.name), LockedOutError("locked"), asked=True)
    with pytest.raises(LockoutGuardError, match="locked this address out"):
        await call(desk(LAB), a_signer(4), asked=True)
    assert await call(desk(elsewhere), a_signer(4, elsewhere.name), asked=True)


async def test_failures_of_one_host_add_up_over_its_environments(store: Store, clock: FakeClock) -> None:
    """The budget is used up by both names together, and a report says so under either."""
    names = (EnvironmentName("lab"), EnvironmentName("double"))
    guards = [LockoutGuard(GuardByOrigin(store.guard, guarded_origin(LAB)), clock) for _ in names]
    for number in range(FAILURE_BUDGET - 1):
        with pytest.raises(AuthRejectedError):
            await call(guards[number % 2], a_signer(number, names[number % 2]), refused(), asked=True)

    for guard, name in zip(guards, names, strict=True):
        with pytest.raises(LockoutGuardError):
            await call(guard, a_signer(50, name), asked=True)
        assert (await guard.report(name, {})).failures == FAILURE_BUDGET - 1


async def test_proven_keys_wait_for_no_other_process(store: Store, clock: FakeClock, tmp_path: Path) -> None:
    """The window goes on reading balances while a command waits for the answer to a new key."""
    locks = KeyLocks(tmp_path / "locks", give_up_s=1)
    window, command = (a_process(store, clock, locks) for _ in range(2))
    await call(window, a_signer(1))

    async with command.admit(a_signer(2)):
        await call(window, a_signer(1))
