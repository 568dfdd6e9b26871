"""Evidence: ledger rows that only the transfer in question explains."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from kraken_desk.domain.errors import OutcomeUnknownError, UnavailableError
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.transfers import LedgerEntry, Route, TransferReceipt, TransferRecord
from kraken_desk.store import Store
from tests.helpers.builders import (
    BTC,
    LAB,
    NOW,
    TREASURY,
    USD,
    a_balance,
    a_ledger_entry,
    a_master,
    a_public_key,
    an_account,
)
from tests.helpers.fakes import FakeClock
from tests.unit.services.bench import Bench

MAIN, CARRY, GRID = a_master(1), an_account(2, label="Carry"), an_account(3, label="Grid")
OUT = Route(LAB.name, Venue.SPOT, MAIN.account_id, CARRY.account_id, "spot", "spot")
OUT_TO_GRID = Route(LAB.name, Venue.SPOT, MAIN.account_id, GRID.account_id, "spot", "spot")


@pytest.fixture
async def bench(store: Store, clock: FakeClock) -> Bench:
    """Return services over a master and two subaccounts, of which the last has no key."""
    bench = Bench(store, clock)
    await bench.move_in(MAIN, CARRY, GRID)
    await bench.key(1, *TREASURY, name="treasury")
    await bench.key(2, account_id=CARRY.account_id)
    bench.spot.answer("balances", (a_balance("1000"),), api_key=a_public_key(1))
    bench.spot.answer("ledger_mark", "mark-1", api_key=a_public_key(1))
    bench.spot.answer("ledger_mark", "mark-2", api_key=a_public_key(2))
    return bench


async def moved(bench: Bench, answer: object, route: Route = OUT) -> TransferRecord:
    bench.spot.answer("transfer", answer)
    return await bench.transfers.send(await bench.transfers.plan(route, USD, Decimal(100)))


async def lost(bench: Bench, route: Route = OUT) -> TransferRecord:
    return await moved(bench, OutcomeUnknownError("lost"), route)


async def confirmed(bench: Bench, transfer_id: str, route: Route = OUT) -> TransferRecord:
    return await moved(bench, TransferReceipt(transfer_id, "complete"), route)


def ledgers(bench: Bench, source: tuple[LedgerEntry, ...], destination: tuple[LedgerEntry, ...] = ()) -> None:
    bench.spot.answer("ledger_since", source, api_key=a_public_key(1))
    bench.spot.answer("ledger_since", destination, api_key=a_public_key(2))


async def test_both_sides_are_read_from_their_marks(bench: Bench) -> None:
    """Each ledger is read by its own account's key, from where it ended before the send."""
    record = await lost(bench)
    out, into = a_ledger_entry(1, "-100"), a_ledger_entry(2, "100")
    ledgers(bench, (out,), (into,))

    evidence = await bench.transfers.evidence(record.journal_id)

    assert (evidence.source_rows, evidence.destination_rows) == ((out,), (into,))
    assert evidence.suggests_executed
    assert evidence.gaps == ()
    assert [(c.api_key, c.mark) for c in bench.spot.made("ledger_since")] == [
        (a_public_key(1), "mark-1"),
        (a_public_key(2), "mark-2"),
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"quantity": Decimal(100)},
        {"quantity": Decimal("-100.0001")},
        {"asset": BTC},
        {"wallet": "cash"},
        {"kind": "withdrawal"},
        {"time": NOW - timedelta(minutes=3)},
    ],
    ids=["wrong sign", "other amount", "other asset", "other wallet", "other kind", "older"],
)
async def test_rows_that_do_not_match_are_no_trace(bench: Bench, changes: dict[str, Any]) -> None:
    """Sign, amount, asset, wallet, kind and time must all fit."""
    record = await lost(bench)
    ledgers(bench, (replace(a_ledger_entry(1, "-100"), **changes),))

    evidence = await bench.transfers.evidence(record.journal_id)

    assert evidence.source_rows == ()
    assert not evidence.suggests_executed


async def test_a_row_within_the_clocks_difference_counts(bench: Bench) -> None:
    """Kraken's clock may be a little behind ours."""
    record = await lost(bench)
    row = a_ledger_entry(1, "-100", time=NOW - timedelta(minutes=1, seconds=59))
    ledgers(bench, (row,))

    assert (await bench.transfers.evidence(record.journal_id)).source_rows == (row,)


async def test_what_cannot_be_read_is_a_gap(bench: Bench) -> None:
    """A failing ledger and an account without a key are named, and look different from no rows."""
    record = await lost(bench, OUT_TO_GRID)
    bench.spot.answer("ledger_since", UnavailableError("Kraken does not answer", "HTTP 520."))

    evidence = await bench.transfers.evidence(record.journal_id)

    assert (evidence.source_rows, evidence.destination_rows) == (None, None)
    assert evidence.gaps == (
        "Main: Kraken does not answer. HTTP 520.",
        "Grid: No Spot key is stored for this account; add a key of the desk's own that can read the ledger.",
    )


async def test_the_row_of_a_confirmed_transfer_proves_nothing_for_another(bench: Bench) -> None:
    """An equal transfer that Kraken confirmed has claimed the row, by its id or by its time."""
    await confirmed(bench, "T1")
    record = await lost(bench)
    theirs = a_ledger_entry(1, "-100", refid="T1")
    ledgers(bench, (theirs,), (a_ledger_entry(2, "100", refid="unrelated"),))

    evidence = await bench.transfers.evidence(record.journal_id)

    assert (evidence.source_rows, evidence.destination_rows) == ((), ())


async def test_a_second_row_is_a_trace(bench: Bench) -> None:
    """Two equal rows and one confirmed transfer: the other row is evidence."""
    await confirmed(bench, "T1")
    bench.clock.move(minutes=1)
    record = await lost(bench)
    theirs = a_ledger_entry(1, "-100", refid="x")
    ours = a_ledger_entry(2, "-100", refid="y", time=NOW + timedelta(minutes=1))
    ledgers(bench, (theirs, ours))

    assert (await bench.transfers.evidence(record.journal_id)).source_rows == (ours,)


async def test_an_id_claims_its_row_before_times_do(bench: Bench) -> None:
    """The transfer with a known row leaves the nearer one to the transfer without."""
    await confirmed(bench, "T1")
    record = await lost(bench)
    far = a_ledger_entry(1, "-100", refid="T1", time=NOW + timedelta(seconds=50))
    near = a_ledger_entry(2, "-100", refid="y", time=NOW + timedelta(seconds=1))
    ledgers(bench, (far, near))

    assert (await bench.transfers.evidence(record.journal_id)).source_rows == (near,)


async def test_claims_stay_on_their_side(bench: Bench) -> None:
    """A transfer to another account shares the source's rows, not the destination's."""
    await confirmed(bench, "T1", OUT_TO_GRID)
    record = await lost(bench)
    into = a_ledger_entry(2, "100")
    ledgers(bench, (a_ledger_entry(1, "-100"),), (into,))

    evidence = await bench.transfers.evidence(record.journal_id)

    assert (evidence.source_rows, evidence.destination_rows) == ((), (into,))


async def test_a_transfer_of_yesterday_claims_nothing_of_today(bench: Bench) -> None:
    """A claim reaches only to rows near its own sending."""
    await confirmed(bench, "T1")
    bench.clock.move(days=1)
    record = await lost(bench)
    row = a_ledger_entry(1, "-100", time=bench.clock.now())
    ledgers(bench, (row,))

    assert (await bench.transfers.evidence(record.journal_id)).source_rows == (row,)


async def test_a_transfer_settled_as_executed_claims_its_row(bench: Bench) -> None:
    """A person's word that a transfer executed takes its row away from the next one."""
    first = await lost(bench)
    await bench.transfers.settle(first.journal_id, executed=True)
    record = await lost(bench)
    ledgers(bench, (a_ledger_entry(1, "-100"),))

    assert (await bench.transfers.evidence(record.journal_id)).source_rows == ()


async def test_two_open_questions_share_a_row_with_a_warning(bench: Bench) -> None:
    """Two unsettled transfers of one amount cannot both be proved by one row, so a person must look."""
    await lost(bench, OUT_TO_GRID)
    record = await lost(bench)
    ledgers(bench, (a_ledger_entry(1, "-100"),))

    evidence = await bench.transfers.evidence(record.journal_id)

    assert evidence.suggests_executed
    assert evidence.gaps == ("Main: another unsettled transfer of the same amount may have left these rows.",)
