"""A master with a treasury key and two subaccounts, ready for transfers."""

from __future__ import annotations

from decimal import Decimal

from kraken_desk.domain.keys import Venue
from kraken_desk.domain.transfers import Route, TransferPlan, TransferState
from tests.helpers.builders import LAB, TREASURY, USD, a_balance, a_master, a_public_key, an_account
from tests.unit.services.bench import Bench

ROUTE = Route(LAB.name, Venue.SPOT, a_master(1).account_id, an_account(2).account_id, "spot", "spot")
BACK = Route(LAB.name, Venue.SPOT, an_account(2).account_id, a_master(1).account_id, "spot", "spot")


async def furnish(bench: Bench) -> None:
    """Move in a master with 1000 USD and a treasury key, a subaccount with 10 USD, and another."""
    await bench.move_in(a_master(1), an_account(2, label="Carry"), an_account(3, label="Grid"))
    await bench.key(1, *TREASURY, name="treasury")
    await bench.key(2, account_id=an_account(2).account_id)
    await bench.key(3, account_id=an_account(3).account_id)
    bench.spot.answer("balances", (a_balance("1000"),), api_key=a_public_key(1))
    bench.spot.answer("balances", (a_balance("10"),), api_key=a_public_key(2))


async def a_plan(bench: Bench, quantity: str = "100", route: Route = ROUTE) -> TransferPlan:
    return await bench.transfers.plan(route, USD, Decimal(quantity))


async def states(bench: Bench) -> list[TransferState]:
    return [record.state for record in await bench.store.journal.records(LAB.name)]
