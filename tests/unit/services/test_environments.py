"""Environments of a profile: found by name, added with care, removed only when empty."""

from __future__ import annotations

import pytest

from kraken_desk.domain.environments import PRODUCTION, UAT, EnvironmentKind
from kraken_desk.domain.errors import InputError, UnknownNameError
from kraken_desk.services.environments import EnvironmentsService
from kraken_desk.store import Store
from tests.helpers.builders import an_account
from tests.helpers.fakes import FakeClock
from tests.unit.services.bench import Bench

URL = "http://127.0.0.1:8080"


@pytest.fixture
def environments(store: Store) -> EnvironmentsService:
    return EnvironmentsService(store.metadata)


async def test_the_built_in_ones_come_first(environments: EnvironmentsService) -> None:
    """Production and UAT are always there, the operator's own follow."""
    added = await environments.add("lab", "custom", spot_url=URL)

    assert await environments.all() == (PRODUCTION, UAT, added)
    assert (added.kind, added.spot_url) == (EnvironmentKind.CUSTOM, URL)


async def test_names_are_found_in_any_case(environments: EnvironmentsService) -> None:
    """What the operator types is compared without case and outer spaces."""
    added = await environments.add("Lab", "custom", spot_url=URL)

    assert await environments.named(" lab ") == added
    assert await environments.named("PRODUCTION") is PRODUCTION
    with pytest.raises(UnknownNameError):
        await environments.named("nowhere")


@pytest.mark.parametrize("name", ["LAB", "production", "Demo", "uat"])
async def test_taken_names_are_refused(environments: EnvironmentsService, name: str) -> None:
    """No two environments look alike by name, and the built-in ones cannot be redefined."""
    await environments.add("lab", "custom", spot_url=URL)

    with pytest.raises(InputError):
        await environments.add(name, "custom", spot_url=URL)


async def test_an_empty_environment_is_removed(environments: EnvironmentsService) -> None:
    """Once removed its name is free again."""
    await environments.add("lab", "custom", spot_url=URL)

    await environments.remove("lab")

    assert await environments.all() == (PRODUCTION, UAT)
    await environments.add("lab", "custom", spot_url=URL)


async def test_an_environment_with_keys_stays(
    environments: EnvironmentsService, store: Store, clock: FakeClock
) -> None:
    """Its keys are sealed to its addresses, so it cannot be removed and made anew elsewhere."""
    lab = await environments.add("lab", "custom", spot_url=URL)
    bench = Bench(store, clock, lab)
    await bench.move_in(an_account(1))
    await bench.key(1)

    with pytest.raises(InputError, match="holds keys"):
        await environments.remove("lab")
    assert await environments.in_use() == (lab,)


async def test_built_in_environments_stay(environments: EnvironmentsService) -> None:
    """Production cannot be removed."""
    with pytest.raises(InputError, match="built in"):
        await environments.remove("production")
