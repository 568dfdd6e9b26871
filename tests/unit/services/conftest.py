"""What the service tests stand on: a clock, a real store on a temporary file, a bench of services."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kraken_desk.store import Store
from tests.helpers.fakes import FakeClock
from tests.unit.services.bench import Bench


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(tmp_path / "profile" / "desk.sqlite3")
    yield opened
    await opened.close()


@pytest.fixture
async def bench(store: Store, clock: FakeClock) -> Bench:
    """Return services over an empty fleet."""
    return Bench(store, clock)
