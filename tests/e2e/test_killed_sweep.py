"""A sweep killed with SIGKILL at every step resumes without repeating a leg."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from kraken_desk.domain.plans import LegState
from tests.e2e.sweep_child import SUBACCOUNTS, furnished
from tests.helpers.builders import NOW, an_iiban
from tests.helpers.fakes import FakeClock

DOUBTFUL = {"sent", "arrived", "answered"}


@pytest.mark.parametrize(
    ("moment", "leg"),
    [("before-plan", 2), ("planned", 2), ("sent", 1), ("sent", 2), ("arrived", 2), ("answered", 3)],
)
async def test_a_killed_sweep_resumes_where_it_died(tmp_path: Path, moment: str, leg: int) -> None:
    """Every leg reaches Kraken at most once; what was on its way is settled by what Kraken really did."""
    database, arrivals = tmp_path / "desk.sqlite3", tmp_path / "arrivals"
    arrivals.touch()
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.e2e.sweep_child", str(database), str(arrivals), moment, str(leg)
    )
    assert await child.wait() == -signal.SIGKILL
    reached = len(arrivals.read_text().splitlines())
    clock = FakeClock(NOW)
    clock.move(minutes=4)

    store, bench = await furnished(database, arrivals, clock)
    try:
        [standing] = await bench.plans.all()
        assert standing.done == leg - 1
        doubt = standing.doubt
        assert (doubt is not None) == (moment in DOUBTFUL)
        if doubt is not None:
            assert doubt.record is not None
            await bench.transfers.settle(doubt.record.journal_id, executed=reached == leg)
        finished = await bench.plans.run(standing.plan.plan_id)
    finally:
        await store.close()

    assert [item.state for item in finished.legs] == [LegState.DONE] * 3
    sources = arrivals.read_text().splitlines()
    assert sorted(sources) == [an_iiban(n) for n in SUBACCOUNTS]
