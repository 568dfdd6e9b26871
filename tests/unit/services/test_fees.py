"""Fees are read by the master's Spot key, and a failure keeps what was known."""

from __future__ import annotations

from decimal import Decimal

from kraken_desk.domain.errors import UnavailableError
from kraken_desk.domain.fees import FeeFacts
from kraken_desk.store import Store
from tests.helpers.builders import NOW, USD, a_master, a_public_key
from tests.helpers.fakes import FakeClock
from tests.unit.services.bench import Bench

MAIN = a_master(1)
FACTS = FeeFacts(USD, Decimal(5), NOW)


async def test_fees_are_read_by_the_desk_key_of_the_account(store: Store, clock: FakeClock) -> None:
    """One call; the answer is kept with its key, also when the next one fails."""
    bench = Bench(store, clock)
    await bench.move_in(MAIN)
    slot = await bench.key(1)
    bench.spot.answer("fees", FACTS)

    sheet = await bench.fees.read(MAIN.account_id)
    bench.spot.answer("fees", UnavailableError("down"))
    failed = await bench.fees.read(MAIN.account_id)

    assert (sheet.facts, sheet.source, sheet.problem) == (FACTS, slot.key_id, None)
    assert (failed.facts, failed.problem is not None) == (FACTS, True)
    assert bench.calls("fees") == [a_public_key(1)] * 2
    assert bench.fees.snapshot.value.of(MAIN.account_id) == failed


async def test_without_a_key_it_is_said_which_would_do(store: Store, clock: FakeClock) -> None:
    """No key of another process is used for it."""
    bench = Bench(store, clock)
    await bench.move_in(MAIN)
    await bench.key(1, process="mm-bot")

    sheet = await bench.fees.read(MAIN.account_id)

    assert sheet.facts is None
    assert sheet.problem is not None
    assert (sheet.problem.category, "Query Funds" in sheet.problem.detail) == ("NoKey", True)
    assert bench.calls("fees") == []
