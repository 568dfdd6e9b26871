"""Every contract of the store runs on a new file and on one migrated from the first version."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kraken_desk.store.database import Database
from kraken_desk.store.store import Store


@pytest.fixture(params=["new", "migrated"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    path = tmp_path / "profile" / "desk.db"
    if request.param == "migrated":
        old = await Database.open(path, version=1)
        await old.close()
    opened = await Store.open(path)
    yield opened
    await opened.close()
