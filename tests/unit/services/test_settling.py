"""Settling by traces: at once, later while the ledger is late, never twice, and never by sending."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from kraken_desk.domain.errors import OutcomeUnknownError, StoreBusyError, UnavailableError
from kraken_desk.domain.transfers import LedgerEntry, SettledBy, TransferRecord, TransferState
from kraken_desk.store import Store
from tests.helpers.builders import NOW, a_balance, a_ledger_entry, a_public_key
from tests.helpers.fakes import FakeClock
from tests.unit.services.bench import Bench
from tests.unit.services.treasury import a_plan, furnish


@pytest.fixture
async def bench(store: Store, clock: FakeClock) -> Bench:
    bench = Bench(store, clock)
    await furnish(bench)
    return bench


async def lost(bench: Bench) -> TransferRecord:
    bench.spot.answer("transfer", OutcomeUnknownError("lost"))
    return await bench.transfers.send(await a_plan(bench))


def show(bench: Bench, source: str | None, destination: str | None, late: timedelta | None = None) -> None:
    """Let each ledger show one row of this amount, or none; `late` moves their time."""
    for number, quantity, after in ((1, source, "900"), (2, destination, "110")):
        rows: tuple[LedgerEntry, ...] = ()
        if quantity is not None:
            row = a_ledger_entry(number, quantity, time=NOW + (late or timedelta(seconds=1)))
            rows = (replace(row, balance=Decimal(after)),)
        bench.spot.answer("ledger_since", rows, api_key=a_public_key(number))


async def test_balances_of_both_ends_are_noted_before_the_sending(bench: Bench) -> None:
    """What both wallets hold is part of the terms."""
    record = await lost(bench)

    assert (record.source_before, record.destination_before) == (Decimal(1000), Decimal(10))


async def test_two_rows_settle_with_their_evidence(bench: Bench) -> None:
    """The record says that the traces decided, why, and keeps both rows."""
    record = await lost(bench)
    show(bench, "-100", "100")

    look = await bench.settling.settle(record.journal_id)

    assert (look.settled, look.record.state) == (True, TransferState.EXECUTED)
    assert look.record.settled_by is SettledBy.TRACES
    assert look.record.evidence == look.evidence
    assert "left and arrived" in look.record.note
    assert len(bench.spot.made("transfer")) == 1


async def test_a_late_row_is_waited_for(bench: Bench) -> None:
    """Looks come after 2, 5, 15 seconds and so on, until the ledger shows both rows."""
    record = await lost(bench)
    show(bench, "-100", None)
    waits = []

    for _ in range(40):
        looks = await bench.settling.look_where_due()
        waits += [(bench.clock.now() - NOW).total_seconds() for _ in looks]
        if len(waits) == 3:
            show(bench, "-100", "100")
        bench.clock.move(seconds=1)

    [kept] = await bench.store.journal.records(bench.environment.name)
    assert waits == [2.0, 7.0, 22.0]
    assert kept.state is TransferState.UNKNOWN
    bench.clock.move(seconds=60)
    [look] = await bench.settling.look_where_due()
    assert (look.record.journal_id, look.record.state) == (record.journal_id, TransferState.EXECUTED)


async def test_absence_counts_late_and_with_both_balances(bench: Bench) -> None:
    """“Not executed” needs twelve minutes, both ledgers and both balances to the last digit."""
    record = await lost(bench)
    show(bench, None, None)

    early = await bench.settling.settle(record.journal_id)
    bench.clock.move(minutes=12)
    bench.spot.answer("balances", (a_balance("900"),), api_key=a_public_key(1))
    unexplained = await bench.settling.settle(record.journal_id)
    bench.spot.answer("balances", (a_balance("1000"),), api_key=a_public_key(1))
    proven = await bench.settling.settle(record.journal_id)

    assert (early.settled, unexplained.settled) == (False, False)
    assert proven.record.state is TransferState.NOT_EXECUTED
    assert "12 minutes after the sending" in proven.record.note


async def test_unreadable_ledger_leaves_it_open(bench: Bench) -> None:
    """What cannot be read proves nothing, and is named."""
    record = await lost(bench)
    show(bench, "-100", "100")
    bench.spot.answer("ledger_since", UnavailableError("No answer", "HTTP 520."), api_key=a_public_key(2))

    look = await bench.settling.settle(record.journal_id)

    assert look.record.state is TransferState.UNKNOWN
    assert "could not be read" in look.reason
    assert look.evidence is not None
    assert look.evidence.gaps == ("Carry: No answer. HTTP 520.",)


async def test_an_equal_row_of_somebody_else_is_a_persons_matter(bench: Bench) -> None:
    """Two rows that fit settle nothing by themselves."""
    record = await lost(bench)
    show(bench, "-100", "100")
    rows = (a_ledger_entry(1, "-100"), a_ledger_entry(7, "-100"))
    bench.spot.answer("ledger_since", rows, api_key=a_public_key(1))

    look = await bench.settling.settle(record.journal_id)

    assert (look.settled, look.reason) == (
        False,
        "Several rows fit, so a person has to say which one it was.",
    )


async def test_a_person_who_was_quicker_wins(bench: Bench) -> None:
    """A decision that came in between stays, and nobody hears of a failure."""
    record = await lost(bench)
    show(bench, "-100", "100")

    async def decide_first() -> None:
        bench.journal.before.clear()
        await bench.transfers.settle(record.journal_id, executed=False, note="I know it")

    bench.journal.before["move:settled: executed"] = decide_first
    look = await bench.settling.settle(record.journal_id)

    assert (look.record.state, look.record.note) == (TransferState.NOT_EXECUTED, "I know it")
    assert look.record.settled_by is SettledBy.PERSON


async def test_a_failing_store_does_not_end_the_looking(bench: Bench) -> None:
    """When a look fails, the next one comes at its time."""
    await lost(bench)
    show(bench, "-100", "100")
    await bench.settling.look_where_due()
    bench.journal.failures["move:settled: executed"] = StoreBusyError("busy")
    bench.clock.move(seconds=2)
    assert await bench.settling.look_where_due() == ()

    bench.journal.failures.clear()
    bench.clock.move(seconds=5)
    [look] = await bench.settling.look_where_due()

    assert look.settled


async def test_settled_row_is_not_taken_twice(bench: Bench) -> None:
    """The row that settled one transfer is no trace of the next equal one."""
    first = await lost(bench)
    show(bench, "-100", "100")
    await bench.settling.settle(first.journal_id)
    bench.clock.move(seconds=5)
    second = await lost(bench)

    look = await bench.settling.settle(second.journal_id)

    assert look.record.state is TransferState.UNKNOWN
    assert look.evidence is not None
    assert (look.evidence.source_rows, look.evidence.destination_rows) == ((), ())
