"""Planning: what cannot be sent is refused before anything is, and figures are fresh."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.errors import (
    EnvironmentSealError,
    InvalidAmountError,
    RouteClosedError,
    RuleError,
    SameAccountError,
    UnavailableError,
    UnknownNameError,
)
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.transfers import Route
from kraken_desk.store import Store
from tests.helpers.builders import BTC, LAB, TREASURY, a_balance, a_master, a_public_key, an_account
from tests.helpers.fakes import FakeClock
from tests.unit.services.bench import Bench
from tests.unit.services.treasury import ROUTE, a_plan, furnish, states


@pytest.fixture
async def bench(store: Store, clock: FakeClock) -> Bench:
    """Return services ready for transfers."""
    bench = Bench(store, clock)
    await furnish(bench)
    return bench


@pytest.mark.parametrize("quantity", ["0", "-5", "0.00001", "1000.0001", "1e30", "Infinity", "NaN"])
async def test_unusable_amounts_are_refused_before_anything_is_sent(bench: Bench, quantity: str) -> None:
    """Zero, negative, too fine, above what is available, and no numbers at all."""
    with pytest.raises(InvalidAmountError):
        await a_plan(bench, quantity)

    assert await states(bench) == []


async def test_everything_available_may_go(bench: Bench) -> None:
    """An amount equal to what is available is accepted, and the figures show what is left: zero."""
    plan = await a_plan(bench, "1000")

    assert plan.sound
    assert plan.source is not None
    assert plan.destination is not None
    assert (plan.source.before, plan.source.after) == (Decimal(1000), Decimal(0))
    assert (plan.destination.before, plan.destination.after) == (Decimal(10), Decimal(1010))


async def test_what_is_on_hold_cannot_go(bench: Bench) -> None:
    """Only the available part counts."""
    rows = (a_balance("1000", available=Decimal(400), hold=Decimal(600)),)
    bench.spot.answer("balances", rows, api_key=a_public_key(1))

    with pytest.raises(InvalidAmountError, match="More than is available"):
        await a_plan(bench, "400.01")
    assert (await a_plan(bench, "400")).sound


async def test_an_asset_that_is_not_there_counts_as_zero(bench: Bench) -> None:
    """A sheet that was read and lacks the row holds none of it."""
    with pytest.raises(InvalidAmountError):
        await bench.transfers.plan(ROUTE, BTC, Decimal("0.1"))


async def test_both_ends_must_differ(bench: Bench) -> None:
    """The same account twice is refused."""
    same = Route(LAB.name, Venue.SPOT, a_master(1).account_id, a_master(1).account_id, "spot", "spot")

    with pytest.raises(SameAccountError):
        await a_plan(bench, "1", same)


async def test_a_route_of_another_environment_is_refused(bench: Bench) -> None:
    """A plan for one environment is neither made nor sent by the services of another."""
    foreign = Route(EnvironmentName("other"), ROUTE.venue, ROUTE.source, ROUTE.destination, "spot", "spot")

    with pytest.raises(EnvironmentSealError):
        await a_plan(bench, "1", foreign)


async def test_stale_figures_make_a_plan_unsound(bench: Bench) -> None:
    """A plan whose figures could not be read again is shown with the failed check, and not sent."""
    await bench.balances.refresh()
    bench.spot.answer("balances", UnavailableError("down"), api_key=a_public_key(1))

    plan = await a_plan(bench)

    assert [check.name for check in plan.checks if not check.holds] == ["funds stale"]
    with pytest.raises(RuleError, match="did not pass"):
        await bench.transfers.send(plan)
    assert await states(bench) == []


async def test_without_a_treasury_key_the_route_is_closed(store: Store, clock: FakeClock) -> None:
    """A key that only reads cannot move money, and the reason names the right."""
    bench = Bench(store, clock)
    await bench.move_in(a_master(1), an_account(2))
    await bench.key(1)

    with pytest.raises(RouteClosedError, match="No key may move this money"):
        await a_plan(bench)


async def test_a_subaccounts_key_signs_no_transfer(store: Store, clock: FakeClock) -> None:
    """Kraken takes transfers from the master's key only."""
    bench = Bench(store, clock)
    await bench.move_in(a_master(1), an_account(2))
    await bench.key(2, *TREASURY, account_id=an_account(2).account_id)

    with pytest.raises(RouteClosedError):
        await a_plan(bench)


async def test_the_master_on_the_route_signs(bench: Bench) -> None:
    """With two masters, the one that is an end of the transfer signs it."""
    await bench.move_in(a_master(9, label="Second"))
    await bench.key(9, *TREASURY, name="a second treasury", account_id=a_master(9).account_id)
    bench.spot.answer("balances", (a_balance("50"),), api_key=a_public_key(9))
    route = Route(LAB.name, Venue.SPOT, an_account(2).account_id, a_master(9).account_id, "spot", "spot")

    plan = await a_plan(bench, "5", route)

    assert plan.key_name == "a second treasury"


async def test_a_removed_key_cannot_sign_an_old_plan(bench: Bench) -> None:
    """The key that was to sign is gone, so nothing is sent."""
    plan = await a_plan(bench)
    await bench.keys.remove(bench.fleet.slot_named("treasury").slot_id)

    with pytest.raises(UnknownNameError):
        await bench.transfers.send(plan)

    assert await states(bench) == []


@pytest.mark.parametrize("name", ["usd", "ZUSD", " USD "])
async def test_assets_answer_to_all_of_krakens_spellings(bench: Bench, name: str) -> None:
    """Display code, wire name and alternative name mean the same asset."""
    assert await bench.transfers.asset_named(Venue.SPOT, name) == "USD"
    assert await bench.transfers.asset_named(Venue.FUTURES, "xbt") == "BTC"


@pytest.mark.parametrize("venue", list(Venue))
async def test_unknown_assets_are_refused(bench: Bench, venue: Venue) -> None:
    """Text that names no asset is refused on both venues."""
    with pytest.raises(UnknownNameError):
        await bench.transfers.asset_named(venue, "no such/asset")


async def test_ends_say_why_they_are_closed(bench: Bench) -> None:
    """An account whose id on the venue is not known cannot be an end of a transfer there."""
    await bench.move_in(an_account(4, label="New", futures_uid=None))

    reasons = {end.account.label: end.reason for end in bench.transfers.ends(Venue.FUTURES)}

    assert reasons == {
        "Main": "",
        "Carry": "",
        "Grid": "",
        "New": "its Futures uid is not known yet; check one of its Futures keys",
    }
