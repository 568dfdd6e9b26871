"""Limits: what stands against a transfer is refused inside the journal's own transaction."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest

from kraken_desk.domain.errors import (
    InputError,
    LimitError,
    OneTimePasswordError,
    ReadOnlyError,
    UnknownNameError,
)
from kraken_desk.domain.limits import Consent, LimitKind
from kraken_desk.domain.money import Asset
from kraken_desk.domain.transfers import TransferState, Verdict
from kraken_desk.store import Store
from tests.helpers.builders import BTC, LAB, USD, a_balance, a_public_key, an_account
from tests.helpers.fakes import FakeClock
from tests.unit.services.bench import Bench
from tests.unit.services.treasury import BACK, ROUTE, a_plan, furnish, states

CARRY = an_account(2, label="Carry")


@pytest.fixture
async def bench(store: Store, clock: FakeClock) -> Bench:
    """Return services ready for transfers, every account a confirmed destination."""
    bench = Bench(store, clock)
    await furnish(bench)
    return bench


async def test_a_destination_is_confirmed_once(bench: Bench) -> None:
    """The first use needs a word; it is remembered, and the second needs none."""
    await bench.limits.forget(CARRY)
    plan = await a_plan(bench, "1")

    [check] = [c for c in plan.checks if c.name == "first use"]
    assert check.verdict is Verdict.WARN
    with pytest.raises(LimitError, match="A limit stands"):
        await bench.transfers.send(plan)
    assert await states(bench) == []

    await bench.transfers.send(await a_plan(bench, "1"), consent=Consent(destination=True))
    await bench.transfers.send(await a_plan(bench, "1"))
    assert await states(bench) == [TransferState.CONFIRMED] * 2


async def test_one_transfer_has_its_limit(bench: Bench) -> None:
    """At the limit it goes, a cent above it does not; the plan says so beforehand."""
    await bench.limits.add(LimitKind.PER_TRANSFER, amount=Decimal(100), currency=USD)

    assert (await bench.transfers.send(await a_plan(bench, "100"))).state is TransferState.CONFIRMED
    above = await a_plan(bench, "100.01")
    assert not above.sound
    assert await states(bench) == [TransferState.CONFIRMED]


async def test_a_day_is_counted_over_all_routes_it_covers(bench: Bench) -> None:
    """What was rejected does not count, what is unknown does, and after 24 hours it is forgotten."""
    await bench.limits.add(LimitKind.PER_DAY, amount=Decimal(100), currency=USD, source=ROUTE.source)
    await bench.transfers.send(await a_plan(bench, "60"))

    assert not (await a_plan(bench, "40.01")).sound
    assert (await a_plan(bench, "40")).sound
    assert (await a_plan(bench, "9", BACK)).sound
    bench.clock.move(hours=24, seconds=1)
    assert (await a_plan(bench, "100")).sound


async def test_two_programs_cannot_pass_a_day_limit_together(store: Store, bench: Bench) -> None:
    """Both plans were sound when they were made; the journal admits one."""
    await bench.limits.add(LimitKind.PER_DAY, amount=Decimal(100), currency=USD)
    other_store = await Store.open(store.path)
    try:
        other = Bench(other_store, bench.clock, vault=bench.vault)
        await other.fleet.load()
        other.spot.answer("balances", (a_balance("1000"),), api_key=a_public_key(1))
        other.spot.answer("balances", (a_balance("1000"),), api_key=a_public_key(2))
        grid = replace(ROUTE, destination=an_account(3).account_id)
        plans = await a_plan(bench, "60"), await a_plan(other, "60", grid)

        ends = await asyncio.gather(
            bench.transfers.send(plans[0]), other.transfers.send(plans[1]), return_exceptions=True
        )
    finally:
        await other_store.close()

    assert sorted(type(end).__name__ for end in ends) == ["LimitError", "TransferRecord"]
    assert await states(bench) == [TransferState.CONFIRMED]


async def test_a_limit_in_another_currency_needs_a_price(bench: Bench) -> None:
    """Without a price nothing goes; with one the worth counts, also for the day."""
    bench.spot.answer("balances", (a_balance("5", BTC),), api_key=a_public_key(1))
    await bench.limits.add(LimitKind.PER_DAY, amount=Decimal(150000), currency=USD)

    unpriced = await bench.transfers.plan(ROUTE, BTC, Decimal(1))
    assert not unpriced.sound
    bench.prices[BTC, USD] = Decimal(100000)
    await bench.transfers.send(await bench.transfers.plan(ROUTE, BTC, Decimal(1)))

    assert not (await bench.transfers.plan(ROUTE, BTC, Decimal("0.6"))).sound
    assert (await bench.transfers.plan(ROUTE, BTC, Decimal("0.5"))).sound


async def test_allowed_routes_close_the_others(bench: Bench) -> None:
    """Once one is named, only what it covers is open."""
    await bench.limits.add(LimitKind.ALLOWED_ROUTE, destination=ROUTE.destination)

    assert (await a_plan(bench, "1")).sound
    assert not (await a_plan(bench, "1", BACK)).sound


async def test_a_new_destination_cools_off_unless_its_name_is_typed(bench: Bench) -> None:
    """Before the time is over only the typed name lets money go; afterwards nothing is asked."""
    await bench.limits.forget(CARRY)
    await bench.limits.add(LimitKind.COOLING_OFF, seconds=3600)
    await bench.limits.confirm(CARRY)

    with pytest.raises(LimitError, match="A limit stands"):
        await bench.transfers.send(await a_plan(bench, "1"), consent=Consent(destination=True, typed="Main"))
    typed = await bench.transfers.send(await a_plan(bench, "1"), consent=Consent(typed=" carry "))
    bench.clock.move(hours=1)
    waited = await bench.transfers.send(await a_plan(bench, "1"))

    assert typed.state is waited.state is TransferState.CONFIRMED


async def test_a_large_amount_asks_for_the_name(bench: Bench) -> None:
    """Above the threshold the destination is typed; below it nothing is asked."""
    await bench.limits.add(LimitKind.TYPED_ABOVE, amount=Decimal(50), currency=USD)

    await bench.transfers.send(await a_plan(bench, "50"))
    with pytest.raises(LimitError):
        await bench.transfers.send(await a_plan(bench, "51"))
    await bench.transfers.send(await a_plan(bench, "51"), consent=Consent(typed="Carry"))

    assert await states(bench) == [TransferState.CONFIRMED] * 2


async def test_read_only_stops_everything_and_nothing_is_journalled(bench: Bench) -> None:
    """A switch turned by any program counts at the moment of sending."""
    plan = await a_plan(bench, "1")
    await bench.read_only.switch(on=True)

    with pytest.raises(ReadOnlyError):
        await bench.transfers.send(plan)

    assert await states(bench) == []
    await bench.read_only.switch(on=False)
    assert (await bench.transfers.send(await a_plan(bench, "1"))).state is TransferState.CONFIRMED


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (LimitKind.PER_DAY, {}),
        (LimitKind.PER_DAY, {"amount": Decimal(1)}),
        (LimitKind.PER_TRANSFER, {"amount": Decimal(-1), "currency": Asset("USD")}),
        (LimitKind.COOLING_OFF, {}),
        (LimitKind.COOLING_OFF, {"seconds": 10**9}),
        (LimitKind.ALLOWED_ROUTE, {}),
    ],
)
async def test_rules_that_make_no_sense_are_refused(
    bench: Bench, kind: LimitKind, given: dict[str, object]
) -> None:
    """What would restrict nothing, or everything by mistake, is not stored."""
    with pytest.raises(InputError):
        await bench.limits.add(kind, **given)  # type: ignore[arg-type]  # by name

    assert (await bench.limits.standing()).limits == ()


async def test_a_limit_is_removed_by_its_id(bench: Bench) -> None:
    """An unknown id is an error, not a silence."""
    limit = await bench.limits.add(LimitKind.PER_DAY, amount=Decimal(1), currency=USD)

    await bench.limits.remove(limit.limit_id)

    with pytest.raises(UnknownNameError):
        await bench.limits.remove(limit.limit_id)
    assert (await bench.limits.standing()).limits == ()


async def test_a_key_with_two_factor_is_asked_for_its_code(bench: Bench) -> None:
    """Missing, nothing is sent; given, it signs this call; given without need, nothing is sent."""
    plan = await a_plan(bench, "1")
    with pytest.raises(OneTimePasswordError):
        await bench.transfers.send(plan, otp="123456")
    slot = bench.fleet.slot_named("treasury")
    await bench.store.metadata.save_slot(replace(slot, two_factor=True))
    await bench.fleet.load()
    plan = await a_plan(bench, "1")
    with pytest.raises(OneTimePasswordError):
        await bench.transfers.send(plan)

    record = await bench.transfers.send(plan, otp="123456")

    assert record.state is TransferState.CONFIRMED
    assert "funds not read" in [check.name for check in plan.checks]
    assert LAB.name == record.request.route.environment
