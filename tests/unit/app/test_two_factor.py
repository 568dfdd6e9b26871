"""Keys with 2FA against the simulator: no call without a code, one call with it, nothing kept."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from kraken_desk.app.demo_world import DemoWorld
from kraken_desk.domain.check_times import due_at
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.keys import CheckOutcome, KeySlot
from kraken_desk.simulator.credentials import OneTimeCode

NAME, CODE = "momentum", "swordfish"


@pytest.fixture
async def world() -> AsyncIterator[DemoWorld]:
    """The demo, in which one Spot key has a static password as its second factor."""
    async with DemoWorld.running() as world:
        await world.open_desk.connect()
        slot = world.open_desk.desk.fleet.slot_named(NAME)
        world.simulator.world.keys.spot[slot.api_key].otp = OneTimeCode(password=CODE)
        yield world


async def marked(world: DemoWorld) -> KeySlot:
    keys = world.open_desk.desk.keys
    return await keys.say_two_factor(world.open_desk.desk.fleet.slot_named(NAME).slot_id, True)


def signed_calls(world: DemoWorld, slot: KeySlot) -> int:
    return sum(entry.api_key == slot.api_key for entry in world.simulator.world.requests.since())


async def test_without_its_code_nothing_is_sent(world: DemoWorld) -> None:
    """A missing code would be a refused signature, and refusals lock the address out."""
    slot = await marked(world)

    [check] = await world.open_desk.desk.keys.check((slot.slot_id,))

    assert check.outcome is CheckOutcome.UNREACHED
    assert check.problem is not None
    assert check.problem.category == "OneTimePasswordError"
    assert signed_calls(world, slot) == 0


async def test_with_its_code_one_call_is_made(world: DemoWorld) -> None:
    """Kraken accepts the key; the next check wants a code again."""
    slot = await marked(world)
    keys = world.open_desk.desk.keys

    [check] = await keys.check((slot.slot_id,), otp=CODE)
    [again] = await keys.check((slot.slot_id,))

    assert check.outcome is CheckOutcome.ACCEPTED
    assert again.problem is not None
    assert signed_calls(world, slot) == 1


async def test_a_code_belongs_to_one_key(world: DemoWorld) -> None:
    """Given for several, or for a Futures key, it is refused before anything is sent."""
    slot = await marked(world)
    desk = world.open_desk.desk
    futures = desk.fleet.slot_named("futures desk")

    with pytest.raises(InputError, match="several keys"):
        await desk.keys.check((slot.slot_id, futures.slot_id), otp=CODE)
    with pytest.raises(InputError, match="Futures keys"):
        await desk.keys.say_two_factor(futures.slot_id, True)

    assert signed_calls(world, slot) == 0


async def test_it_is_never_checked_by_itself(world: DemoWorld) -> None:
    """The schedule leaves it alone, since only a person has the code."""
    desk = world.open_desk.desk
    slot = await marked(world)
    node = desk.fleet.node_of(slot)

    assert due_at(node, desk.clock.now(), processes=True) is None
