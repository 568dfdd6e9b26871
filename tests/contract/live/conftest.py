"""Both sides as fixtures; the live one exists only when its keys are supplied."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.contract.live.sides import LIVE, Side, live_side, simulated


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "live: reads a real environment, with keys from KRAKEN_DESK_LIVE_…")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, without a word per test, what has no key."""
    left_out = [item for item in items if item.get_closest_marker("live") and not _has_key(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def _has_key(item: pytest.Item) -> bool:
    call = getattr(item, "callspec", None)
    venue = call.params.get("venue") if call else None
    return venue in LIVE.pairs if venue else bool(LIVE.pairs)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """List the differences that the comparison has found."""
    reports = terminalreporter.stats.get("passed", [])
    lines = [text for r in reports for name, text in r.user_properties if name == "difference"]
    if lines:
        terminalreporter.section("the local exchange and the live environment differ")
        for line in lines:
            terminalreporter.write_line(line)


@pytest.fixture
async def side(side_name: str) -> AsyncIterator[Side]:
    """The side that the test is run against."""
    async with live_side() if side_name == "live" else simulated() as found:
        yield found


@pytest.fixture(autouse=True)
def _no_network_but_loopback(request: pytest.FixtureRequest) -> None:
    """Lift the guard of all tests for the live half, and for nothing else."""
    if request.node.get_closest_marker("live") is None:
        request.getfixturevalue("_no_network_but_loopback")
