"""Balances: every figure knows when it was read, and a failure never wipes one."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest

from kraken_desk.domain.accounts import Account
from kraken_desk.domain.balances import BalanceSheet, BalancesSnapshot, Holdings
from kraken_desk.domain.errors import KeychainLockedError, UnavailableError
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.transfers import Route
from kraken_desk.services.balances import NO_KEY
from kraken_desk.store import Store
from tests.helpers.builders import (
    LAB,
    NOW,
    TREASURY,
    USD,
    a_balance,
    a_master,
    a_public_key,
    an_account,
    futures_info,
    spot_info,
)
from tests.helpers.fakes import FakeClock, refused
from tests.helpers.wait import wait_until
from tests.unit.services.bench import Bench

MAIN, CARRY = a_master(1), an_account(2, label="Carry")


@pytest.fixture
async def bench(store: Store, clock: FakeClock) -> Bench:
    """Return services over a master and a subaccount with a Spot key each."""
    bench = Bench(store, clock)
    await bench.move_in(MAIN, CARRY)
    await bench.key(1)
    await bench.key(2, account_id=CARRY.account_id)
    bench.spot.answer("balances", (a_balance("1000"),), api_key=a_public_key(1))
    bench.spot.answer("balances", (a_balance("10"),), api_key=a_public_key(2))
    return bench


def sheet(bench: Bench, account: Account = MAIN, venue: Venue = Venue.SPOT) -> BalanceSheet:
    found = bench.balances.snapshot.value.sheet(account.account_id, venue)
    assert found is not None
    return found


async def test_each_account_is_read_by_its_own_key(bench: Bench) -> None:
    """Sheets come in the order of the tree, with their time and the key that read them."""
    snapshot = await bench.balances.refresh()

    assert [(s.account_id, s.rows, s.as_of, s.source) for s in snapshot.sheets] == [
        (MAIN.account_id, (a_balance("1000"),), NOW, "key-1"),
        (CARRY.account_id, (a_balance("10"),), NOW, "key-2"),
    ]
    assert not snapshot.refreshing
    assert not any(s.stale or s.refreshing for s in snapshot.sheets)


async def test_a_failed_reading_keeps_the_old_figures(bench: Bench) -> None:
    """They are marked stale with the reason, and the other accounts are fresh."""
    await bench.balances.refresh()
    bench.clock.move(minutes=5)
    bench.spot.answer("balances", UnavailableError("down", "HTTP 520."), api_key=a_public_key(1))

    await bench.balances.refresh()

    old, fresh = sheet(bench), sheet(bench, CARRY)
    assert (old.rows, old.as_of, old.stale) == ((a_balance("1000"),), NOW, True)
    assert old.problem is not None
    assert (old.problem.category, old.problem.title) == ("UnavailableError", "down")
    assert (fresh.as_of, fresh.stale) == (NOW + timedelta(minutes=5), False)


async def test_a_first_failure_shows_no_figures(bench: Bench) -> None:
    """Never read is not zero: no rows, no time, a reason."""
    bench.vault.failures["get"] = KeychainLockedError("locked")

    await bench.balances.refresh()

    assert (sheet(bench).rows, sheet(bench).as_of) == ((), None)
    assert sheet(bench).stale


async def test_a_good_reading_ends_the_staleness(bench: Bench) -> None:
    """The reason goes with the next success."""
    bench.spot.answer("balances", UnavailableError("down"), api_key=a_public_key(1))
    await bench.balances.refresh()
    bench.spot.answer("balances", (a_balance("7"),), api_key=a_public_key(1))

    await bench.balances.refresh()

    assert (sheet(bench).rows, sheet(bench).problem) == ((a_balance("7"),), None)


async def test_only_the_asked_accounts_are_read(bench: Bench) -> None:
    """A refresh of one account spends no nonce of another."""
    await bench.balances.refresh((CARRY.account_id,))

    assert list(bench.calls("balances")) == [a_public_key(2)]
    assert [s.account_id for s in bench.balances.snapshot.value.sheets] == [CARRY.account_id]


async def test_a_timer_uses_the_desks_own_keys_only(store: Store, clock: FakeClock) -> None:
    """A key that no process owns serves on request; a key of another process never does."""
    bench = Bench(store, clock)
    await bench.move_in(MAIN, CARRY, an_account(3))
    await bench.key(1)
    await bench.key(2, account_id=CARRY.account_id, process="")
    await bench.key(3, account_id=an_account(3).account_id, process="grid bot")

    await bench.balances.refresh(automatic=True)
    assert list(bench.calls("balances")) == [a_public_key(1)]

    bench.spot.calls.clear()
    await bench.balances.refresh()
    assert sorted(bench.calls("balances")) == sorted([a_public_key(1), a_public_key(2)])


async def test_a_missing_key_is_said_in_words(store: Store, clock: FakeClock) -> None:
    """Each account that nothing reads says what would read it; that is no failure."""
    bench = Bench(store, clock)
    await bench.move_in(MAIN, CARRY, an_account(3), an_account(4))
    await bench.key(2, account_id=CARRY.account_id, process="grid bot")
    await bench.key(3, "modify-trades", account_id=an_account(3).account_id)
    await bench.key(4, account_id=an_account(4).account_id, process="")

    snapshot = await bench.balances.refresh(automatic=True)

    assert {s.problem.category for s in snapshot.sheets if s.problem} == {NO_KEY}
    assert [s.problem.detail for s in snapshot.sheets if s.problem] == [
        "No Spot key is stored for this account; add a key of the desk's own that can read balances.",
        "The Spot keys here belong to other processes; add a desk key that can read balances.",
        "No Spot key of the desk here is valid and can read balances.",
        "Only a key that no process owns reads them, so they are read on request only.",
    ]


async def test_a_timer_keeps_what_a_person_has_read(bench: Bench) -> None:
    """Figures read on request grow old with their time; a timer without a key does not mark them."""
    await bench.key(9, account_id=MAIN.account_id, process="")
    await bench.keys.remove(bench.fleet.slot_named("key 1").slot_id)
    await bench.balances.refresh()

    await bench.balances.refresh(automatic=True)

    assert (sheet(bench).as_of, sheet(bench).problem) == (NOW, None)


async def test_a_key_that_is_gone_replaces_an_older_reason(bench: Bench) -> None:
    """The sheet says that no key is left, not that Kraken was down some time ago."""
    bench.spot.answer("balances", UnavailableError("down"), api_key=a_public_key(1))
    await bench.balances.refresh()
    await bench.keys.remove(bench.fleet.slot_named("key 1").slot_id)

    await bench.balances.refresh()

    problem = sheet(bench).problem
    assert problem is not None
    assert problem.category == NO_KEY


async def test_accounts_without_a_futures_key_show_no_futures_sheet(bench: Bench) -> None:
    """Futures is optional: nothing is missing where it is not used."""
    await bench.balances.refresh()

    assert {s.venue for s in bench.balances.snapshot.value.sheets} == {Venue.SPOT}


async def test_futures_subaccounts_are_shown_through_the_master(bench: Bench) -> None:
    """A Futures master lists its subaccounts' wallets, so they need no key of their own."""
    await bench.key(5, venue=Venue.FUTURES, info=futures_info())
    bench.futures.answer("balances", (a_balance("5", wallet="cash"),))
    bench.futures.answer(
        "linked_balances", {"uid-2": (a_balance("3", wallet="cash"),), "uid-77": (a_balance("9"),)}
    )

    await bench.balances.refresh()

    assert sheet(bench, CARRY, Venue.FUTURES).rows == (a_balance("3", wallet="cash"),)
    assert sheet(bench, CARRY, Venue.FUTURES).source == "key-5"
    assert sheet(bench, MAIN, Venue.FUTURES).rows == (a_balance("5", wallet="cash"),)


async def test_a_failing_list_of_subaccounts_keeps_their_figures(bench: Bench) -> None:
    """What the master was shown before stays, marked stale."""
    await bench.key(5, venue=Venue.FUTURES, info=futures_info())
    bench.futures.answer("linked_balances", {"uid-2": (a_balance("3", wallet="cash"),)})
    await bench.balances.refresh()
    bench.futures.answer("linked_balances", UnavailableError("down"))

    await bench.balances.refresh()

    assert sheet(bench, CARRY, Venue.FUTURES).rows == (a_balance("3", wallet="cash"),)
    assert sheet(bench, CARRY, Venue.FUTURES).stale


async def test_a_reading_in_progress_is_shown(bench: Bench) -> None:
    """Sheets say that they are being read from the first moment to the last."""
    seen: list[BalancesSnapshot] = []
    bench.balances.snapshot.subscribe(seen.append)

    await bench.balances.refresh()

    assert any(all(s.refreshing for s in snapshot.sheets) and len(snapshot.sheets) == 2 for snapshot in seen)
    assert not any(s.refreshing for s in seen[-1].sheets)


async def test_a_cancelled_refresh_leaves_nothing_turning(bench: Bench) -> None:
    """The old figures stand as they were, and no sheet seems to be read for ever."""
    await bench.balances.refresh()
    before = bench.balances.snapshot.value
    bench.spot.hold("balances")
    task = asyncio.get_running_loop().create_task(bench.balances.refresh())
    await wait_until(lambda: bench.spot.waiting == 2)
    assert bench.balances.snapshot.value.refreshing

    task.cancel()
    await asyncio.wait((task,))

    assert bench.balances.snapshot.value == before


async def test_overlapping_readings_end_clean(bench: Bench) -> None:
    """A reading that fails after a parallel one succeeded keeps the newer figures, and nothing turns."""
    await bench.balances.refresh()
    bench.spot.hold("balances")
    loop = asyncio.get_running_loop()
    first = loop.create_task(bench.balances.refresh((MAIN.account_id,)))
    second = loop.create_task(bench.balances.refresh((MAIN.account_id,)))
    await wait_until(lambda: bench.spot.waiting == 2)
    bench.clock.move(minutes=1)
    answers = iter((Holdings((a_balance("2000"),)), UnavailableError("down")))

    async def scripted(_: object) -> Holdings:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    bench.spot.holdings = scripted  # type: ignore[method-assign, assignment]  # two answers for one key
    third = loop.create_task(bench.balances.refresh((MAIN.account_id,)))
    fourth = loop.create_task(bench.balances.refresh((MAIN.account_id,)))
    await asyncio.wait((third, fourth))
    first.cancel()
    second.cancel()
    await asyncio.wait((first, second))

    after = sheet(bench)
    assert (after.rows, after.as_of) == ((a_balance("2000"),), NOW + timedelta(minutes=1))
    assert after.stale
    assert not after.refreshing
    assert not bench.balances.snapshot.value.refreshing


async def test_one_of_two_readings_ending_does_not_hide_the_other(bench: Bench) -> None:
    """While one reading of a sheet is under way, the sheet says so."""
    bench.spot.hold("balances")
    loop = asyncio.get_running_loop()
    tasks = [loop.create_task(bench.balances.refresh((MAIN.account_id,))) for _ in range(2)]
    await wait_until(lambda: bench.spot.waiting == 2)

    tasks[0].cancel()
    await asyncio.wait((tasks[0],))
    assert sheet(bench).refreshing

    bench.spot.release()
    await tasks[1]
    assert not sheet(bench).refreshing


async def test_a_removed_accounts_sheet_goes_with_it(bench: Bench, store: Store) -> None:
    """Figures of an account that is no longer in the profile are not shown."""
    await bench.balances.refresh()
    await bench.keys.remove(bench.fleet.slot_named("key 2").slot_id)
    await store.metadata.remove_account(CARRY.account_id)
    await bench.fleet.load()

    await bench.balances.refresh()

    assert [s.account_id for s in bench.balances.snapshot.value.sheets] == [MAIN.account_id]


async def test_a_refused_key_rests_at_the_next_refresh(bench: Bench) -> None:
    """One failure stops the calls with that key; the sheet says why."""
    bench.spot.answer("balances", refused(), api_key=a_public_key(1))
    await bench.balances.refresh()

    await bench.balances.refresh(automatic=True)

    assert list(bench.calls("balances")).count(a_public_key(1)) == 1
    problem = sheet(bench).problem
    assert problem is not None
    assert problem.category == "KeyRestingError"


async def test_a_defect_is_raised_as_itself(bench: Bench) -> None:
    """A programming mistake is not swallowed, nor wrapped into a group."""
    bench.spot.answer("balances", ZeroDivisionError("defect"))
    bench.spot.answer("balances", ZeroDivisionError("defect"), api_key=a_public_key(1))

    with pytest.raises(ZeroDivisionError):
        await bench.balances.refresh()

    assert not bench.balances.snapshot.value.refreshing


async def test_a_transfer_is_planned_on_what_can_still_be_read(bench: Bench) -> None:
    """Old figures of an account that no key reads any more neither allow nor refuse an amount."""
    await bench.key(8, *TREASURY, name="treasury", info=spot_info(*TREASURY))
    await bench.balances.refresh()
    await bench.keys.remove(bench.fleet.slot_named("key 2").slot_id)
    route = Route(LAB.name, Venue.SPOT, CARRY.account_id, MAIN.account_id, "spot", "spot")

    plan = await bench.transfers.plan(route, USD, Decimal(25))

    assert plan.sound
    assert plan.source is None
    assert [check.name for check in plan.checks] == [
        "rights",
        "funds not read",
        "precision",
        "minimum",
        "route free",
        "limits",
    ]
