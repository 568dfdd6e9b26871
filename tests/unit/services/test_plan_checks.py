"""A whole plan is looked at before its first leg: routes, limits together, and what a person has to say."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from kraken_desk.domain.errors import LimitError, OneTimePasswordError, RuleError
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.legs import Place
from kraken_desk.domain.limits import Consent, LimitKind
from kraken_desk.domain.plans import LegState, PlannedLeg, PlanPurpose, PlanStanding, standing_of
from kraken_desk.store import Store
from tests.helpers.builders import USD, a_balance, a_master, a_public_key, an_account, futures_info
from tests.helpers.fakes import FakeClock
from tests.unit.services.bench import Bench
from tests.unit.services.treasury import furnish

MASTER = a_master(1).account_id
HOME, CARRY = Place(MASTER, "spot"), Place(an_account(2).account_id, "cash")
CARRY_SPOT, GRID_SPOT = Place(an_account(2).account_id, "spot"), Place(an_account(3).account_id, "spot")


@pytest.fixture
async def bench(store: Store, clock: FakeClock) -> Bench:
    """Return services with treasury keys on both venues, and money on both sides."""
    bench = Bench(store, clock)
    await furnish(bench)
    info = futures_info("FULL_ACCESS", "FULL_ACCESS", api_key=a_public_key(5))
    await bench.key(5, info=info, venue=Venue.FUTURES, name="futures treasury")
    rows = (a_balance("500", wallet="cash"),)
    bench.futures.answer("balances", rows, api_key=a_public_key(5))
    bench.futures.answer("linked_balances", {"uid-2": rows})
    return bench


async def two_legs(bench: Bench) -> PlanStanding:
    """Plan 40 USD from a Futures subaccount to the Spot master."""
    way = bench.transfers.routes.way(CARRY, HOME, USD)
    return standing_of(await bench.plans.save_way(way, USD, Decimal(40)), ())


async def both_out(bench: Bench, each: str) -> PlanStanding:
    """Plan two legs from the master to two subaccounts."""
    legs = tuple(
        PlannedLeg(number, HOME, end, USD, Decimal(each)) for number, end in ((1, CARRY_SPOT), (2, GRID_SPOT))
    )
    return standing_of(await bench.plans.save(PlanPurpose.FUND, "fund", legs), ())


async def test_each_leg_names_its_key_and_endpoint(bench: Bench) -> None:
    """The first is checked on fresh figures; the money of the second is still to come."""
    first, second = await bench.plans.checks(await two_legs(bench))

    assert (first.endpoint, first.key_name) == ("transfer/subaccount", "futures treasury")
    assert (second.endpoint, second.key_name) == ("withdrawal", "futures treasury")
    assert "funds" in [check.name for check in first.checks]
    assert "funds in turn" in [check.name for check in second.checks]
    assert first.sound
    assert second.sound
    assert bench.futures.made("transfer") == []


async def test_a_closed_later_leg_is_told_before_the_first_is_sent(bench: Bench) -> None:
    """A way that ends at a key without its right is not begun."""
    standing = await two_legs(bench)
    weak = futures_info("FULL_ACCESS", "NO_ACCESS", api_key=a_public_key(5))
    bench.futures.answer("check_key", weak, api_key=a_public_key(5))
    slot = bench.fleet.slot_named("futures treasury")
    await bench.keys.check((slot.slot_id,))

    _, second = await bench.plans.checks(standing)

    assert not second.sound
    assert "lacks the right" in second.checks[0].text


async def test_a_day_limit_counts_the_whole_plan(bench: Bench) -> None:
    """Two legs that fit one by one, but not together, are refused before anything is sent."""
    await bench.limits.add(LimitKind.PER_DAY, currency=USD, amount=Decimal(100))
    standing = await both_out(bench, "60")

    first, second = await bench.plans.checks(standing)
    with pytest.raises(LimitError, match="leg 2"):
        await bench.plans.run(standing.plan.plan_id, consent=Consent(destination=True))

    assert [breach.kind for breach in first.breaches] == []
    assert [breach.kind for breach in second.breaches] == ["per-day"]
    assert bench.spot.made("transfer") == []


async def test_names_of_several_destinations_are_typed_at_once(bench: Bench) -> None:
    """One missing name stops the plan before its first leg; with all of them it goes."""
    await bench.limits.add(LimitKind.TYPED_ABOVE, currency=USD, amount=Decimal(10))
    standing = await both_out(bench, "20")

    with pytest.raises(LimitError, match="leg 2"):
        await bench.plans.run(standing.plan.plan_id, consent=Consent(True, "carry"))
    assert bench.spot.made("transfer") == []
    done = await bench.plans.run(standing.plan.plan_id, consent=Consent(True, "carry\ngrid"))

    assert done.finished


async def test_a_code_signs_one_leg_and_the_next_asks_again(bench: Bench) -> None:
    """Nothing of the second leg is sent; with another code the plan goes on behind the first."""
    slot = bench.fleet.slot_named("treasury")
    standing = await both_out(bench, "20")
    await bench.keys.say_two_factor(slot.slot_id, True)

    first, _ = await bench.plans.checks(standing)
    with pytest.raises(OneTimePasswordError):
        await bench.plans.run(standing.plan.plan_id, consent=Consent(True), otp="111111")
    half = await bench.plans.named(standing.plan.plan_id)
    done = await bench.plans.run(standing.plan.plan_id, consent=Consent(True), otp="222222")

    assert first.wants_code
    assert [leg.state for leg in half.legs] == [LegState.DONE, LegState.WAITING]
    assert done.finished
    assert len(bench.spot.made("transfer")) == 2


async def test_a_plan_is_forgotten_only_before_it_was_begun(bench: Bench) -> None:
    """What the journal names stays as evidence."""
    fresh, begun = await both_out(bench, "20"), await two_legs(bench)
    await bench.plans.run(begun.plan.plan_id, consent=Consent(True))

    await bench.plans.remove(fresh.plan.plan_id)
    with pytest.raises(RuleError, match="was begun"):
        await bench.plans.remove(begun.plan.plan_id)

    assert [p.plan.plan_id for p in await bench.plans.all()] == [begun.plan.plan_id]


async def test_two_runs_at_once_send_each_leg_once(bench: Bench) -> None:
    """A plan continued twice at the same time, as by window and command line: no leg reaches Kraken twice."""
    standing = await two_legs(bench)
    plan_id = standing.plan.plan_id

    await asyncio.gather(
        bench.plans.run(plan_id, consent=Consent(True)),
        bench.plans.run(plan_id, consent=Consent(True)),
        return_exceptions=True,
    )
    finished = await bench.plans.run(plan_id, consent=Consent(True))

    assert finished.finished
    assert len(bench.futures.made("transfer")) == 2
