"""The read-only switch against the simulator: no call that changes something leaves, whoever asks for it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from decimal import Decimal

import pytest

from kraken_desk.app.demo_world import DemoWorld
from kraken_desk.domain.errors import ReadOnlyError
from kraken_desk.domain.legs import Place
from kraken_desk.domain.limits import Consent
from kraken_desk.domain.money import Asset
from kraken_desk.domain.transfers import TransferState
from kraken_desk.exchange.futures import gateway as futures
from kraken_desk.exchange.operations import Operation
from kraken_desk.exchange.spot import gateway as spot
from kraken_desk.services.desk import Desk

USD = Asset("USD")
CHANGING = {
    "AccountTransfer",
    "WalletTransfer",
    "CreateSubaccount",
    "transfer",
    "transfer/subaccount",
    "withdrawal",
}
"""Every fixed call that changes something; trading of a subaccount is a call of its own name each time."""


def test_the_list_of_changing_calls_is_whole() -> None:
    """A call added to a gateway has to be added here, and to the acts below."""
    found = {
        operation.name
        for module in (spot, futures)
        for operation in vars(module).values()
        if isinstance(operation, Operation) and operation.changes
    }

    assert found == CHANGING


@pytest.fixture
async def world() -> AsyncIterator[DemoWorld]:
    """The demo with checked keys and figures, set to read only."""
    async with DemoWorld.running() as world:
        desk = world.open_desk.desk
        await world.open_desk.connect()
        await world.check_desk_keys()
        futures_key = world.simulator.world.keys.futures[desk.fleet.slot_named("futures desk").api_key]
        futures_key.transfer = futures_key.general
        await desk.keys.check((desk.fleet.slot_named("futures desk").slot_id,))
        await desk.balances.refresh()
        await desk.treasury.read_only.switch(on=True)
        yield world


def place(desk: Desk, label: str, wallet: str) -> Place:
    return Place(desk.fleet.account_named(label).account_id, wallet)


async def move(desk: Desk, source: tuple[str, str], destination: tuple[str, str]) -> object:
    routes = desk.transfers.routes
    route = routes.route(place(desk, *source), place(desk, *destination))
    plan = await desk.transfers.plan(route, USD, Decimal(1))
    return await desk.transfers.send(plan, consent=Consent(destination=True))


async def run_plan(desk: Desk) -> object:
    way = desk.transfers.routes.way(
        place(desk, "Momentum", "cash"), place(desk, "Meridian Capital", "spot"), USD
    )
    plan = await desk.treasury.plans.save_way(way, USD, Decimal(1))
    return await desk.treasury.plans.run(plan.plan_id, consent=Consent(destination=True))


MASTER = "Meridian Capital"
ACTS: dict[str, Callable[[Desk], Awaitable[object]]] = {
    "AccountTransfer": lambda desk: move(desk, ("Momentum", "spot"), (MASTER, "spot")),
    "WalletTransfer": lambda desk: move(desk, (MASTER, "spot"), (MASTER, "cash")),
    "CreateSubaccount": lambda desk: desk.subaccounts.create("newcarry", "carry@example.com"),
    "transfer": lambda desk: move(desk, (MASTER, "cash"), (MASTER, "flex")),
    "transfer/subaccount": lambda desk: move(desk, ("Momentum", "cash"), (MASTER, "cash")),
    "withdrawal": lambda desk: move(desk, (MASTER, "cash"), (MASTER, "spot")),
    "a plan": run_plan,
    "trading": lambda desk: desk.subaccounts.set_trading(desk.fleet.account_named("Momentum"), enabled=False),
}


ENDINGS = (*(f"/{name}" for name in CHANGING), "/trading-enabled")


def test_every_changing_call_has_an_act() -> None:
    """Each is tried below by the service that makes it."""
    assert set(ACTS) >= CHANGING


async def test_nothing_is_changed(world: DemoWorld) -> None:
    """Every act is refused with the same error, and Kraken sees none of the calls."""
    desk = world.open_desk.desk
    seen = world.simulator.world.requests.total

    for name, act in ACTS.items():
        with pytest.raises(ReadOnlyError):
            await act(desk)
        paths = {entry.path for entry in world.simulator.world.requests.since(seen)}
        assert not [path for path in paths if path.endswith(ENDINGS)], name
    records = (await desk.transfers.load()).records
    assert all(record.state is TransferState.REJECTED for record in records)
