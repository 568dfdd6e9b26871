"""Judging: nothing before the first judgement, one soon after every change, mutes and money included."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from decimal import Decimal

import pytest

from kraken_desk.domain.audit.judgement import Judgement
from kraken_desk.domain.balances import BalanceSheet, BalancesSnapshot
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.money import Asset
from kraken_desk.services import judging
from tests.helpers.builders import LAB, NOW, a_balance, a_master
from tests.helpers.wait import wait_until
from tests.unit.services.bench import Bench

WITHDRAWER = ("query-funds", "withdraw-funds")


@pytest.fixture
async def fleet(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Return a bench with a master and one key that can withdraw; judging waits for nobody."""
    monkeypatch.setattr(judging, "QUIET_S", 0.01)
    monkeypatch.setattr(judging, "SHARE", 0)
    monkeypatch.setattr(judging, "MONEY_EVERY_S", 0.02)
    await bench.store.metadata.save_environment(LAB)
    await bench.move_in(a_master(1))
    await bench.key(1, *WITHDRAWER)
    return bench


@asynccontextmanager
async def following(bench: Bench) -> AsyncIterator[None]:
    task = asyncio.create_task(bench.judging.follow())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def now(bench: Bench) -> Judgement:
    found = bench.judging.judgement.value
    assert found is not None
    return found


async def test_nothing_is_said_before_the_first_judgement(fleet: Bench) -> None:
    """While facts are loading there is no judgement, which is not one without findings."""
    before = fleet.judging.judgement.value

    await fleet.judging.refresh()

    assert before is None
    assert now(fleet).report.keys == 1
    assert fleet.audit.report.value is now(fleet).report


async def test_a_change_of_the_fleet_is_judged(fleet: Bench) -> None:
    """Another key is in the judgement soon after it was stored."""
    async with following(fleet):
        await wait_until(lambda: fleet.judging.judgement.value is not None)

        await fleet.key(2, *WITHDRAWER)

        await wait_until(lambda: now(fleet).report.keys == 2)
    assert len(now(fleet).matrix.rows) == 2


async def test_other_money_changes_the_worst_case(fleet: Bench) -> None:
    """Balances that arrive after the judgement are in the exposure without judging anew."""
    async with following(fleet):
        await wait_until(lambda: fleet.judging.judgement.value is not None)
        unknown = now(fleet).exposure.blast.fleet.worst
        sheet = BalanceSheet(a_master(1).account_id, Venue.SPOT, (a_balance("700"),), as_of=NOW)

        fleet.balances.snapshot.publish(BalancesSnapshot(LAB.name, (sheet,)))

        await wait_until(lambda: now(fleet).exposure.known)
    assert unknown is None
    assert now(fleet).exposure.blast.fleet.worst == Decimal(700)
    assert now(fleet).exposure.currency == Asset("USD")


async def test_mutes_are_in_the_next_judgement(fleet: Bench) -> None:
    """What is muted leaves the count at once, and comes back when it is unmuted."""
    first = await fleet.judging.refresh()
    finding = first.report.open()[0]

    muted = await fleet.judging.mute((finding,), "known", fleet.clock.now() + timedelta(days=3))
    unmuted = await fleet.judging.unmute((finding,))

    assert finding.identity not in {f.identity for f in muted.report.open()}
    assert [mute.reason for mute in muted.mutes] == ["known"]
    assert finding.identity in {f.identity for f in unmuted.report.open()}


async def test_the_same_facts_are_not_announced_twice(fleet: Bench) -> None:
    """Judging anew what has not changed tells nobody."""
    await fleet.judging.refresh()
    heard: list[object] = []
    fleet.judging.judgement.subscribe(heard.append)

    await fleet.judging.refresh()

    assert len(heard) == 1


async def test_what_says_the_same_stays_the_same_object(fleet: Bench) -> None:
    """Who shows the matrix sees at a glance that only the findings have changed."""
    first = await fleet.judging.refresh()
    finding = first.report.open()[0]

    muted = await fleet.judging.mute((finding,), "known", fleet.clock.now() + timedelta(days=3))

    assert muted.report is not first.report
    assert muted.matrix is first.matrix
    assert muted.exposure is first.exposure
    assert muted.keys is first.keys


async def test_a_change_in_the_moment_of_the_end_does_not_keep_it_alive(fleet: Bench) -> None:
    """Who ends the program waits for this task, so no news may swallow its cancellation."""
    task = asyncio.create_task(fleet.judging.follow())
    await wait_until(lambda: fleet.judging.judgement.value is not None)
    await asyncio.sleep(0.1)  # it waits for news now

    fleet.fleet.snapshot.announce(fleet.fleet.snapshot.value)
    task.cancel()
    await asyncio.wait({task}, timeout=2)
    ended = task.done()
    task.cancel()

    assert ended
