"""Transfers and a clock that was wrong."""

from __future__ import annotations

from kraken_desk.domain.errors import StoreBusyError
from kraken_desk.domain.transfers import TransferState
from tests.unit.services.bench import Bench
from tests.unit.services.treasury import a_plan, furnish, states


async def test_a_record_of_the_future_is_closed_too(bench: Bench) -> None:
    """After a wrong clock was set back, a dead process's record must not block its route for a year."""
    await furnish(bench)
    bench.clock.move(days=365)
    bench.journal.failures["move:confirmed"] = StoreBusyError("killed")
    await bench.transfers.send(await a_plan(bench))
    bench.journal.failures.clear()
    bench.clock.move(days=-365)

    await bench.transfers.load()

    assert await states(bench) == [TransferState.UNKNOWN]
