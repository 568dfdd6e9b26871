"""A profile as an operator leaves it in the evening: the demo's fleet, checked, in a custom environment."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from kraken_desk.app.demo_world import DemoWorld
from kraken_desk.app.paths import database_path
from kraken_desk.domain.environments import Environment, EnvironmentKind, EnvironmentName
from kraken_desk.store import Store

NAME = EnvironmentName("rehearsal")
NOBODY_LISTENS = "http://127.0.0.1:9"


async def fill(home: Path) -> None:
    """Check the demo's keys once and move everything but the secrets into the profile, which exists."""
    async with DemoWorld.running() as world:
        desk = world.open_desk.desk
        nodes = desk.fleet.snapshot.value.keys()
        await desk.keys.check(tuple(node.slot.slot_id for node in nodes), asked=False)
        fleet = desk.fleet.snapshot.value
        store = await Store.open(database_path(home))
        try:
            await store.metadata.save_environment(
                Environment(NAME, EnvironmentKind.CUSTOM, NOBODY_LISTENS, futures_url=NOBODY_LISTENS)
            )
            for account in fleet.accounts():
                await store.metadata.save_account(replace(account.account, environment=NAME))
            nodes = fleet.keys()
            for node in nodes:
                await store.metadata.save_slot(replace(node.slot, environment=NAME))
                if node.check is not None:
                    await store.metadata.save_check(node.check)
        finally:
            await store.close()
