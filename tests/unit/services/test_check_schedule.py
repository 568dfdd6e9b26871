"""Checks that nobody asks for: on time after any sleep, never in a process's way, stopped in time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kraken_desk.domain.errors import StoreBusyError
from kraken_desk.domain.keys import CheckOutcome, KeySlot, Problem
from kraken_desk.services import check_schedule
from kraken_desk.services.tasks import TaskScope
from tests.helpers.builders import NOW, a_check, a_lease, an_account, spot_info
from tests.helpers.fakes import refused
from tests.helpers.wait import wait_until
from tests.unit.services.bench import Bench

INVALID_KEY = Problem("AuthRejectedError", "Kraken refused the key", kraken=("EAPI:Invalid key",))


@pytest.fixture
async def desk_key(bench: Bench) -> KeySlot:
    await bench.move_in(an_account(1))
    return await bench.key(1)


@pytest.fixture
async def bot_key(bench: Bench, desk_key: KeySlot) -> KeySlot:
    del desk_key  # it is only there too
    return await bench.key(2, process="bot", client="ccxt")


def checked(bench: Bench) -> list[str]:
    return [call.api_key for call in bench.spot.made("check_key")]


async def test_a_desk_key_is_checked_after_a_quarter_of_an_hour(bench: Bench, desk_key: KeySlot) -> None:
    """And not before."""
    bench.clock.move(minutes=14)
    assert await bench.schedule.look() == ()

    bench.clock.move(minutes=1)
    await bench.schedule.look()

    assert checked(bench) == [desk_key.api_key]


async def test_a_week_of_sleep_costs_one_check(bench: Bench, bot_key: KeySlot) -> None:
    """What was missed is not made up for; due times start anew from the check."""
    bench.clock.move(days=7)

    await bench.schedule.look()
    await bench.schedule.look()

    assert checked(bench).count(bot_key.api_key) == 1


async def test_a_process_key_is_checked_once_in_a_day_of_looks(bench: Bench, bot_key: KeySlot) -> None:
    """A look every half hour for two days finds it due once a day at most."""
    for _ in range(96):
        bench.clock.move(minutes=30)
        fresh = spot_info(api_key=bot_key.api_key, read_at=bench.clock.now())
        bench.spot.answer("check_key", fresh, api_key=bot_key.api_key)
        await bench.schedule.look()

    assert checked(bench).count(bot_key.api_key) == 1


async def test_process_keys_wait_for_a_request_when_that_is_set(bench: Bench, bot_key: KeySlot) -> None:
    """The setting is kept in the profile."""
    await bench.schedule.check_process_keys(False)
    bench.clock.move(days=7)

    await Bench(bench.store, bench.clock, vault=bench.vault).schedule.load()
    await bench.schedule.look()

    assert bot_key.api_key not in checked(bench)
    assert await bench.schedule.load() is False


async def test_a_leased_key_is_left_alone(bench: Bench, bot_key: KeySlot) -> None:
    """Also when the lease began after the last look at leases."""
    bench.clock.move(days=7)
    bench.leases = (a_lease(2, slot_id=bot_key.slot_id),)

    await bench.schedule.look()

    assert bot_key.api_key not in checked(bench)


async def test_a_lockout_stops_the_schedule(bench: Bench, desk_key: KeySlot) -> None:
    """Not a call is made until it is over."""
    bench.clock.move(minutes=20)
    await bench.store.guard.lock_out(desk_key.environment, bench.clock.now() + timedelta(minutes=15))

    assert await bench.schedule.look() == ()
    assert checked(bench) == []
    bench.clock.move(minutes=16)
    await bench.schedule.look()
    assert checked(bench) == [desk_key.api_key]


async def test_two_refusals_on_different_keys_stop_the_schedule(bench: Bench) -> None:
    """Over several looks too: the third key is not tried for a quarter of an hour."""
    await bench.move_in(an_account(1))
    slots = [
        await bench.key(number, check=a_check(f"key-{number}", checked_at=NOW - timedelta(minutes=minutes)))
        for number, minutes in ((1, 15), (2, 10), (3, 5))
    ]
    for slot in slots:
        bench.spot.answer("check_key", refused("EAPI:Invalid signature"), api_key=slot.api_key)

    for _ in range(4):
        await bench.schedule.look()
        bench.clock.move(minutes=5)

    assert checked(bench) == [slots[0].api_key, slots[1].api_key]


async def test_a_settling_key_is_asked_again_slowly_until_it_is_accepted(bench: Bench) -> None:
    """Refused at first, asked after two minutes, and accepted then."""
    await bench.move_in(an_account(1))
    waiting = a_check("key-1", outcome=CheckOutcome.REJECTED, problem=INVALID_KEY)
    slot = await bench.key(1, check=waiting, added_at=NOW)
    signer = bench.keys.signer_of(slot)
    await bench.store.guard.record_failure(slot.environment, signer.fingerprint, NOW, "AuthRejectedError")

    bench.clock.move(minutes=1)
    assert await bench.schedule.look() == ()
    bench.clock.move(minutes=1)
    [result] = await bench.schedule.look()

    assert result.outcome is CheckOutcome.ACCEPTED


async def test_a_key_that_settles_never_is_asked_four_times_more(bench: Bench) -> None:
    """Then it is called refused and left to a person; the guard's budget was never passed."""
    await bench.move_in(an_account(1))
    waiting = a_check("key-1", outcome=CheckOutcome.REJECTED, problem=INVALID_KEY)
    slot = await bench.key(1, check=waiting, added_at=NOW)
    bench.spot.answer("check_key", refused(), api_key=slot.api_key)

    for _ in range(120):
        bench.clock.move(minutes=1)
        await bench.schedule.look()

    assert len(checked(bench)) == 4
    node = bench.fleet.node_of(bench.fleet.slot(slot.slot_id))
    assert (node.health.settling, node.health.remarks[0].title) == (False, "Kraken refused the key")


async def test_a_large_fleet_is_spread_over_looks(bench: Bench) -> None:
    """Eight keys at a time, the longest due first."""
    await bench.move_in(an_account(1))
    for number in range(1, 13):
        await bench.key(number)
    bench.clock.move(hours=1)

    assert len(await bench.schedule.look()) == 8
    assert len(await bench.schedule.look()) == 4


async def test_the_schedule_runs_in_a_scope_and_survives_a_failing_look(
    bench: Bench, desk_key: KeySlot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A store that is busy once costs one look; closing the scope ends the schedule."""
    monkeypatch.setattr(check_schedule, "LOOK_EVERY_S", 0.01)
    bench.guard_store.failures["locked_out_until"] = StoreBusyError("The database is busy")
    bench.clock.move(minutes=20)
    scope = TaskScope("window")
    scope.start("desk:schedule", bench.schedule.follow())

    await wait_until(lambda: "StoreBusyError" in caplog.text)
    bench.guard_store.failures.clear()
    await wait_until(lambda: checked(bench) == [desk_key.api_key])

    await scope.close()
    assert scope.groups.value == frozenset()
    caplog.clear()
