"""The worlds of the command line's tests: an empty one, and one with a small fleet."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.builders import TREASURY, a_balance, a_master, a_public_key, an_account, spot_info
from tests.unit.cli.world import World
from tests.unit.services.bench import Bench


@pytest.fixture
def empty(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> World:
    """Return a profile with the environment “lab” and nothing in it."""
    world = World(tmp_path / "profile", capsys, monkeypatch)

    async def nothing(bench: Bench) -> None:
        await bench.fleet.load()

    world.furnish(nothing)
    return world


@pytest.fixture
def world(empty: World) -> World:
    """Return a profile with a master, a subaccount, and a desk key on each."""

    async def fleet(bench: Bench) -> None:
        await bench.move_in(a_master(1), an_account(2, label="Carry"))
        await bench.key(1, *TREASURY, name="treasury")
        await bench.key(2, name="carry monitor", account_id=an_account(2).account_id)

    def figures(bench: Bench) -> None:
        bench.spot.answer("balances", (a_balance("1000"),), api_key=a_public_key(1))
        bench.spot.answer("balances", (a_balance("10"),), api_key=a_public_key(2))
        bench.spot.answer("check_key", spot_info(*TREASURY), api_key=a_public_key(1))
        bench.spot.answer("check_key", spot_info(), api_key=a_public_key(2))

    empty.script.append(figures)
    empty.furnish(fleet)
    return empty
