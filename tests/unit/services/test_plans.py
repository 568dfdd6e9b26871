"""Plans of several legs: each leg once, stopped at the first doubt, resumed from the journal."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from kraken_desk.domain.errors import (
    OutcomeUnknownError,
    RefusedError,
    RouteBlockedError,
    RouteClosedError,
    UnknownNameError,
)
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.legs import Place
from kraken_desk.domain.plans import LegState, PlanStanding, SavedPlan
from kraken_desk.domain.transfers import TransferReceipt
from kraken_desk.store import Store
from tests.helpers.builders import USD, a_balance, a_master, a_public_key, an_account, futures_info
from tests.helpers.fakes import Call, FakeClock
from tests.unit.services.bench import Bench
from tests.unit.services.treasury import furnish

HOME, CARRY = Place(a_master(1).account_id, "spot"), Place(an_account(2).account_id, "cash")


@pytest.fixture
async def bench(store: Store, clock: FakeClock) -> Bench:
    """Return services with a Futures treasury key beside the Spot one, and money on both sides."""
    bench = Bench(store, clock)
    await furnish(bench)
    info = futures_info("FULL_ACCESS", "FULL_ACCESS", api_key=a_public_key(5))
    await bench.key(5, info=info, venue=Venue.FUTURES, name="futures treasury")
    rows = (a_balance("500", wallet="cash"),)
    bench.futures.answer("balances", rows, api_key=a_public_key(5))
    bench.futures.answer("linked_balances", {"uid-2": rows})
    return bench


async def saved(bench: Bench) -> SavedPlan:
    way = bench.transfers.routes.way(CARRY, HOME, USD)
    return await bench.plans.save_way(way, USD, Decimal(40))


def told(standing: PlanStanding) -> list[LegState]:
    return [leg.state for leg in standing.legs]


async def test_a_futures_subaccount_is_emptied_to_spot_in_two_legs(bench: Bench) -> None:
    """Each leg is journalled with the plan's id and its number."""
    plan = await saved(bench)
    seen: list[int] = []

    standing = await bench.plans.run(plan.plan_id, progress=lambda s: seen.append(s.done))

    assert standing.finished
    assert seen == [0, 1, 2]
    records = [leg.record for leg in standing.legs]
    assert [(r.endpoint, r.plan_id, r.leg) for r in records if r] == [
        ("transfer/subaccount", plan.plan_id, 1),
        ("withdrawal", plan.plan_id, 2),
    ]


async def test_a_doubt_stops_the_plan_until_it_is_settled(bench: Bench) -> None:
    """Nothing follows an unknown leg; settled as executed, the plan goes on behind it."""
    plan = await saved(bench)
    bench.futures.answer("transfer", OutcomeUnknownError("lost"))

    stopped = await bench.plans.run(plan.plan_id)
    assert told(stopped) == [LegState.IN_DOUBT, LegState.WAITING]
    with pytest.raises(RouteBlockedError, match="in doubt"):
        await bench.plans.run(plan.plan_id)
    assert len(bench.futures.made("transfer")) == 1

    record = stopped.legs[0].record
    assert record is not None
    await bench.transfers.settle(record.journal_id, executed=True)
    bench.futures.answer("transfer", RefusedError("no"))
    refused = await bench.plans.run(plan.plan_id)

    assert told(refused) == [LegState.DONE, LegState.REFUSED]
    assert len(bench.futures.made("transfer")) == 2


async def test_who_hears_of_the_run_may_end_it(bench: Bench) -> None:
    """A progress that answers False lets no further leg follow; None, as of most, does not count."""
    plan = await saved(bench)

    before = await bench.plans.run(plan.plan_id, progress=lambda _now: False)
    first = await bench.plans.run(plan.plan_id, progress=lambda now: now.done == 0)

    assert told(before) == [LegState.WAITING, LegState.WAITING]
    assert told(first) == [LegState.DONE, LegState.WAITING]


async def test_a_program_that_ends_sends_no_further_leg(bench: Bench) -> None:
    """The leg on its way is confirmed, the next stays for another run of the program."""
    plan = await saved(bench)

    def on_progress(now: PlanStanding) -> None:
        if now.done == 1:
            bench.plans.end_after_leg()

    standing = await bench.plans.run(plan.plan_id, progress=on_progress)

    assert told(standing) == [LegState.DONE, LegState.WAITING]
    assert len(bench.futures.made("transfer")) == 1


async def test_a_leg_that_is_still_worked_out_at_the_end_is_not_sent(bench: Bench) -> None:
    """Only a leg that has left is waited for: one whose figures are being read then stays."""
    plan = await saved(bench)
    read: list[str] = []

    async def on_call(call: Call) -> None:
        read.append(call.operation)
        bench.plans.end_after_leg()

    bench.futures.on_call = on_call
    standing = await bench.plans.run(plan.plan_id)

    assert "balances" in read
    assert told(standing) == [LegState.WAITING, LegState.WAITING]
    assert bench.futures.made("transfer") == []


async def test_a_refused_leg_is_tried_again_when_a_person_resumes(bench: Bench) -> None:
    """Kraken executed nothing, so a resumed plan sends it once more."""
    plan = await saved(bench)
    bench.futures.answer("transfer", RefusedError("no"))
    await bench.plans.run(plan.plan_id)
    bench.futures.answer("transfer", TransferReceipt(None, "success"))

    standing = await bench.plans.run(plan.plan_id)

    assert standing.finished
    assert len(bench.futures.made("transfer")) == 3


async def test_a_finished_plan_sends_nothing_more(bench: Bench) -> None:
    """Running it again changes nothing."""
    plan = await saved(bench)
    await bench.plans.run(plan.plan_id)

    again = await bench.plans.run(plan.plan_id)

    assert again.finished
    assert len(bench.futures.made("transfer")) == 2


async def test_two_runs_of_one_plan_send_each_leg_once(bench: Bench) -> None:
    """Whoever comes second is refused; the totals of calls are those of one run."""
    plan = await saved(bench)

    await asyncio.gather(bench.plans.run(plan.plan_id), bench.plans.run(plan.plan_id), return_exceptions=True)

    assert (await bench.plans.run(plan.plan_id)).finished
    assert len(bench.futures.made("transfer")) == 2


async def test_a_closed_way_is_not_saved(bench: Bench) -> None:
    """The reasons are told instead."""
    way = bench.transfers.routes.way(HOME, Place(HOME.account, "nowhere"), USD)

    with pytest.raises(RouteClosedError):
        await bench.plans.save_way(way, USD, Decimal(1))
    assert await bench.plans.all() == ()


async def test_a_plan_answers_to_the_beginning_of_its_id(bench: Bench) -> None:
    """No id, a wrong one and one that several share are errors."""
    plan = await saved(bench)
    await saved(bench)

    assert (await bench.plans.named(plan.plan_id[:8])).plan == plan
    for wrong in ("", "zz"):
        with pytest.raises(UnknownNameError):
            await bench.plans.named(wrong)
