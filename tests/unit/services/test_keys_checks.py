"""Checking keys: each check spends a nonce and may fail, so no more of them than needed."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from kraken_desk.domain.errors import (
    ForbiddenError,
    KeychainLockedError,
    LockedOutError,
    StoreBusyError,
    UnavailableError,
)
from kraken_desk.domain.keys import CheckOutcome, KeyCheck, KeyId, KeySlot, Problem
from tests.helpers.builders import NOW, a_check, a_lease, a_public_key, a_secret, an_account, spot_info
from tests.helpers.fakes import refused
from tests.helpers.wait import wait_until
from tests.unit.services.bench import Bench

PROBLEM = Problem("AuthRejectedError", "Kraken refused the key")


@pytest.fixture
async def keys(bench: Bench) -> tuple[KeySlot, ...]:
    """Return six keys that were accepted before."""
    await bench.move_in(an_account(1))
    return tuple([await bench.key(number) for number in range(1, 7)])


def ids(*slots: KeySlot) -> tuple[KeyId, ...]:
    return tuple(slot.key_id for slot in slots)


async def check(bench: Bench, *slots: KeySlot, asked: bool = True) -> tuple[KeyCheck, ...]:
    return await bench.keys.check(tuple(slot.slot_id for slot in slots), asked=asked)


def checking(bench: Bench) -> set[KeyId]:
    nodes = bench.fleet.snapshot.value.accounts()
    return {key.slot.key_id for node in nodes for key in node.keys if key.checking}


async def a_refused_key(bench: Bench, number: int) -> KeySlot:
    """Store a key whose last check was refused, as the guard remembers it too."""
    slot = await bench.key(
        number, check=a_check(f"key-{number}", outcome=CheckOutcome.REJECTED, problem=PROBLEM)
    )
    signer = bench.keys.signer_of(slot)
    await bench.store.guard.record_failure(slot.environment, signer.fingerprint, NOW, "AuthRejectedError")
    return slot


async def test_results_come_in_the_order_asked_for(bench: Bench, keys: tuple[KeySlot, ...]) -> None:
    """However the calls overlap, each result stands where its key stood."""
    wanted = (keys[4], keys[0], keys[2])

    results = await check(bench, *wanted)

    assert tuple(result.key_id for result in results) == ids(*wanted)
    assert all(result.outcome is CheckOutcome.ACCEPTED for result in results)


async def test_one_key_goes_first_alone(bench: Bench, keys: tuple[KeySlot, ...]) -> None:
    """If the address has lost Kraken's trust, one refusal tells; the others wait for it."""
    bench.spot.hold("check_key")
    task = asyncio.get_running_loop().create_task(check(bench, *keys))

    await wait_until(lambda: bench.spot.waiting == 1)
    for _ in range(50):
        await asyncio.sleep(0)
    assert bench.spot.waiting == 1

    bench.spot.release()
    await task


async def test_good_keys_are_checked_side_by_side(bench: Bench, keys: tuple[KeySlot, ...]) -> None:
    """After the first was accepted, the rest is under way together."""
    bench.spot.hold("check_key")
    bench.spot.answer("check_key", spot_info(), api_key=keys[0].api_key)
    task = asyncio.get_running_loop().create_task(check(bench, *keys))
    await wait_until(lambda: bench.spot.waiting == 1)
    bench.spot.release()
    bench.spot.hold("check_key")

    await wait_until(lambda: bench.spot.waiting > 1)

    bench.spot.release()
    assert len(await task) == 6


async def test_doubtful_keys_go_one_after_another(bench: Bench) -> None:
    """Keys that were never accepted are tried one at a time."""
    await bench.move_in(an_account(1))
    slots = [await bench.key(number, checked=False) for number in range(1, 5)]
    bench.spot.hold("check_key")
    task = asyncio.get_running_loop().create_task(check(bench, *slots))

    await wait_until(lambda: bench.spot.waiting == 1)
    for _ in range(50):
        await asyncio.sleep(0)
    assert len(bench.spot.made("check_key")) == 1

    bench.spot.release()
    assert all(result.outcome is CheckOutcome.ACCEPTED for result in await task)


async def test_two_refusals_in_a_row_stop_the_rest(bench: Bench) -> None:
    """Further failures would lead to Kraken's lockout, so the other keys are left alone."""
    await bench.move_in(an_account(1))
    slots = [await bench.key(number, checked=False) for number in range(1, 6)]
    for slot in slots:
        bench.spot.answer("check_key", refused(), api_key=slot.api_key)

    results = await check(bench, *slots)

    assert len(bench.spot.made("check_key")) == 2
    assert [r.outcome for r in results[:2]] == [CheckOutcome.REJECTED] * 2
    assert {r.problem.category for r in results[2:] if r.problem} == {"LockoutGuardError"}
    stored = await bench.store.metadata.checks(bench.environment.name)
    assert set(stored) == {slots[0].key_id, slots[1].key_id}


async def test_a_refusal_of_the_first_good_key_makes_the_rest_doubtful(
    bench: Bench, keys: tuple[KeySlot, ...]
) -> None:
    """When even a known good key is refused, the others follow one at a time, two failures at most."""
    for slot in keys:
        bench.spot.answer("check_key", refused(), api_key=slot.api_key)

    results = await check(bench, *keys)

    assert len(bench.spot.made("check_key")) == 2
    assert sum(r.outcome is CheckOutcome.REJECTED for r in results) == 2


async def test_an_accepted_key_between_refusals_lets_the_run_go_on(bench: Bench) -> None:
    """Only refusals in a row speak against the address."""
    await bench.move_in(an_account(1))
    slots = [await bench.key(number, checked=False) for number in range(1, 6)]
    for slot in (slots[0], slots[2], slots[4]):
        bench.spot.answer("check_key", refused(), api_key=slot.api_key)

    results = await check(bench, *slots)

    assert [r.outcome.value for r in results] == ["rejected", "accepted", "rejected", "accepted", "rejected"]


async def test_resting_keys_are_left_alone_unless_asked_for(bench: Bench, keys: tuple[KeySlot, ...]) -> None:
    """A check of everything passes a refused key by and shows its last result."""
    resting = await a_refused_key(bench, 9)

    [result] = await check(bench, resting, asked=False)
    assert (result.outcome, result.problem) == (CheckOutcome.REJECTED, PROBLEM)
    assert bench.spot.calls == []

    [result] = await check(bench, resting)
    assert result.outcome is CheckOutcome.ACCEPTED


async def test_expired_keys_are_left_alone_unless_asked_for(bench: Bench) -> None:
    """Kraken is certain to refuse an expired key, so the failure is saved."""
    await bench.move_in(an_account(1))
    info = spot_info(valid_until=NOW - timedelta(days=1))
    expired = await bench.key(1, check=a_check("key-1", info))

    [result] = await check(bench, expired, asked=False)
    assert result == a_check("key-1", info)
    assert bench.spot.calls == []

    await check(bench, expired)
    assert len(bench.spot.made("check_key")) == 1


async def test_facts_of_the_last_accepted_check_survive(bench: Bench, keys: tuple[KeySlot, ...]) -> None:
    """A refusal or an outage does not wipe what Kraken once reported."""
    bench.spot.answer("check_key", UnavailableError("down"), api_key=keys[0].api_key)

    [result] = await check(bench, keys[0])

    assert result.outcome is CheckOutcome.UNREACHED
    assert result.info == spot_info(api_key=keys[0].api_key)


async def test_an_outage_does_not_hide_that_a_key_was_refused(bench: Bench) -> None:
    """The refusal stays the last thing known about the key, in the tree and in the store."""
    await bench.move_in(an_account(1))
    slot = await a_refused_key(bench, 1)
    bench.spot.answer("check_key", UnavailableError("down"), api_key=slot.api_key)

    [result] = await check(bench, slot)

    assert result.outcome is CheckOutcome.UNREACHED
    kept = bench.fleet.check_of(slot.key_id)
    assert kept is not None
    assert kept.outcome is CheckOutcome.REJECTED


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (refused(), CheckOutcome.REJECTED),
        (ForbiddenError("Permission denied"), CheckOutcome.REJECTED),
        (KeychainLockedError("locked"), CheckOutcome.UNREACHED),
        (StoreBusyError("another process uses the key"), CheckOutcome.UNREACHED),
    ],
)
async def test_outcomes_tell_refusals_from_failures(
    bench: Bench, keys: tuple[KeySlot, ...], error: Exception, outcome: CheckOutcome
) -> None:
    """What Kraken refuses is rejected; what never reached Kraken is not."""
    bench.spot.answer("check_key", error, api_key=keys[0].api_key)

    [result] = await check(bench, keys[0])

    assert result.outcome is outcome
    assert bench.fleet.check_of(keys[0].key_id) == result


async def test_a_lockout_ends_the_run_without_blaming_the_keys(
    bench: Bench, keys: tuple[KeySlot, ...]
) -> None:
    """One call learns of the lockout; no other is made, and no key is marked as refused."""
    bench.spot.answer("check_key", LockedOutError("locked"), api_key=keys[0].api_key)

    results = await check(bench, *keys)

    assert len(bench.spot.made("check_key")) == 1
    assert {r.outcome for r in results} == {CheckOutcome.UNREACHED}
    assert all(bench.fleet.check_of(slot.key_id) == a_check_of(slot) for slot in keys)


def a_check_of(slot: KeySlot) -> KeyCheck:
    return a_check(slot.key_id, spot_info(api_key=slot.api_key))


async def test_a_run_without_asking_is_not_asked_at_kraken(bench: Bench, keys: tuple[KeySlot, ...]) -> None:
    """The guard hears whether a person asked for this very key."""
    await check(bench, keys[0], asked=False)
    await check(bench, keys[0])

    assert [call.asked for call in bench.spot.made("check_key")] == [False, True]


async def test_progress_reaches_its_end(bench: Bench, keys: tuple[KeySlot, ...]) -> None:
    """Every key counts once, also one that is named twice, and the last report is complete."""
    reports: list[tuple[int, int]] = []
    wanted = tuple(slot.slot_id for slot in (*keys[:3], keys[0]))

    results = await bench.keys.check(wanted, progress=lambda done, of: reports.append((done, of)))

    assert reports == [(1, 3), (2, 3), (3, 3)]
    assert len(results) == 4
    assert results[0] == results[3]
    assert len(bench.spot.made("check_key")) == 3


async def test_keys_show_that_they_are_being_checked(bench: Bench, keys: tuple[KeySlot, ...]) -> None:
    """The mark stands while the run lasts and is gone at its end."""
    bench.spot.hold("check_key")
    task = asyncio.get_running_loop().create_task(check(bench, *keys[:2]))
    await wait_until(lambda: bench.spot.waiting == 1)
    assert checking(bench) == set(ids(*keys[:2]))

    bench.spot.release()
    await task
    assert checking(bench) == set()


async def test_cancelling_clears_the_marks(bench: Bench, keys: tuple[KeySlot, ...]) -> None:
    """A cancelled run leaves no key that seems to be checked for ever, and keeps what it learnt."""
    bench.spot.hold("check_key")
    task = asyncio.get_running_loop().create_task(check(bench, *keys))
    await wait_until(lambda: bench.spot.waiting == 1)

    task.cancel()
    await asyncio.wait((task,))

    assert checking(bench) == set()
    bench.spot.release()
    assert (await check(bench, keys[0]))[0].outcome is CheckOutcome.ACCEPTED


async def test_one_run_does_not_clear_the_marks_of_another(bench: Bench, keys: tuple[KeySlot, ...]) -> None:
    """Two runs over different keys: the end of one leaves the other's marks standing."""
    bench.spot.hold("check_key")
    loop = asyncio.get_running_loop()
    first = loop.create_task(check(bench, keys[0]))
    second = loop.create_task(check(bench, keys[1]))
    await wait_until(lambda: bench.spot.waiting == 2)

    first.cancel()
    await asyncio.wait((first,))

    assert checking(bench) == {keys[1].key_id}
    bench.spot.release()
    await second


async def test_two_checks_of_one_key_spend_one_nonce(bench: Bench, keys: tuple[KeySlot, ...]) -> None:
    """A second check that meets the first takes its result; a refused key fails only once."""
    bench.spot.answer("check_key", refused(), api_key=keys[0].api_key)
    bench.spot.hold("check_key")
    loop = asyncio.get_running_loop()
    tasks = [loop.create_task(check(bench, keys[0])) for _ in range(3)]
    await wait_until(lambda: bench.spot.waiting == 1)
    bench.spot.release()

    results = [result for [result] in await asyncio.gather(*tasks)]

    assert len(bench.spot.made("check_key")) == 1
    assert results[0] == results[1] == results[2]


async def test_a_check_after_a_cancelled_one_is_made(bench: Bench, keys: tuple[KeySlot, ...]) -> None:
    """The one that was cancelled gives no result to take over."""
    bench.spot.hold("check_key")
    loop = asyncio.get_running_loop()
    first, second = (loop.create_task(check(bench, keys[0])) for _ in range(2))
    await wait_until(lambda: bench.spot.waiting == 1)
    first.cancel()
    await wait_until(lambda: len(bench.spot.made("check_key")) == 2)
    bench.spot.release()

    [result] = await second

    assert result.outcome is CheckOutcome.ACCEPTED


async def test_a_failing_store_ends_the_run_with_its_own_error(
    bench: Bench, keys: tuple[KeySlot, ...]
) -> None:
    """The error is not wrapped into a group that nobody can show, and the marks are cleared."""
    bench.metadata.failures["save_check"] = StoreBusyError("busy")
    with pytest.raises(StoreBusyError):
        await check(bench, keys[0])

    bench.metadata.failures.clear()
    saved = 0

    async def fail_later() -> None:
        nonlocal saved
        saved += 1
        if saved > 1:
            raise StoreBusyError("busy")

    bench.metadata.before["save_check"] = fail_later
    with pytest.raises(StoreBusyError):
        await check(bench, *keys)
    assert checking(bench) == set()


@pytest.mark.parametrize(
    ("process", "client", "scale"),
    [
        ("grid bot", "hummingbot", "seconds"),
        ("grid bot", "kraken-cli", "nanoseconds"),
        ("grid bot", "", "milliseconds"),
        ("Kraken Desk", "kraken-cli", "milliseconds"),
    ],
)
async def test_a_check_signs_at_the_processs_own_nonce_scale(
    bench: Bench, process: str, client: str, scale: str
) -> None:
    """A larger nonce than its process uses would lock that process out for good."""
    await bench.move_in(an_account(1))
    slot = await bench.key(1, process=process, client=client)

    signer = bench.keys.signer_of(slot)

    assert signer.scale.name == scale
    assert (signer.environment, signer.venue, signer.api_key) == (slot.environment, slot.venue, slot.api_key)
    assert await signer.secret() == a_secret()


async def test_no_keys_is_no_work(bench: Bench) -> None:
    """Checking nothing answers at once."""
    assert await bench.keys.check(()) == ()


async def test_secrets_are_read_at_the_moment_of_signing(bench: Bench, keys: tuple[KeySlot, ...]) -> None:
    """A check that its guard refuses never touches the keychain."""
    resting = await a_refused_key(bench, 9)
    bench.vault.failures["get"] = KeychainLockedError("locked")

    [result] = await check(bench, resting, asked=False)

    assert result.outcome is CheckOutcome.REJECTED
    assert result.problem == PROBLEM
    assert a_public_key(9) not in set(bench.calls("check_key"))


async def test_a_check_of_all_leaves_leased_keys_alone(bench: Bench, keys: tuple[KeySlot, ...]) -> None:
    """A process that runs would lose a nonce to a check; asked by a person the check is made."""
    bench.leases = (a_lease(2),)

    unasked = await check(bench, *keys, asked=False)
    seen = list(bench.calls("check_key"))
    await check(bench, keys[1], asked=True)

    assert unasked[1].problem is not None
    assert unasked[1].problem.category == "LeaseHeldError"
    assert [result.outcome for result in unasked].count(CheckOutcome.ACCEPTED) == 5
    assert a_public_key(2) not in seen
    assert list(bench.calls("check_key"))[-1] == a_public_key(2)


async def test_a_lease_is_shown_while_it_holds(bench: Bench, keys: tuple[KeySlot, ...]) -> None:
    """The tree tells who holds a key, and no longer after the lease's end."""
    bench.leases = (a_lease(3),)
    held = (await bench.fleet.load()).key(keys[2].key_id)
    bench.leases = ()
    freed = (await bench.fleet.load()).key(keys[2].key_id)

    assert held is not None
    assert held.lease == a_lease(3)
    assert freed is not None
    assert freed.lease is None
