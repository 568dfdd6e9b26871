"""Settling by traces: only what two ends prove, and never against the truth."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kraken_desk.domain.evidence import equal_rows, traces
from kraken_desk.domain.keys import KeyId, Problem, Venue
from kraken_desk.domain.settlement import Decision, balance_trace, decide, why_open
from kraken_desk.domain.transfers import (
    BalanceTrace,
    Evidence,
    JournalId,
    LedgerEntry,
    Route,
    TransferRecord,
    TransferRequest,
    TransferState,
)
from tests.helpers.builders import LAB, NOW, USD, a_master, an_account

MAIN, CARRY, GRID = a_master(1).account_id, an_account(2).account_id, an_account(3).account_id
LONG_AFTER = NOW + timedelta(minutes=12)


def a_record(number: int = 1, **changes: object) -> TransferRecord:
    record = TransferRecord(
        journal_id=JournalId(f"t{number}"),
        request=TransferRequest(Route(LAB.name, Venue.SPOT, MAIN, CARRY, "spot", "spot"), USD, Decimal(100)),
        state=TransferState.UNKNOWN,
        source_label="Main",
        destination_label="Carry",
        key_id=KeyId("key-1"),
        key_name="treasury",
        endpoint="AccountTransfer",
        planned_at=NOW,
        changed_at=NOW,
        sent_at=NOW,
        source_before=Decimal(1000),
        destination_before=Decimal(10),
        problem=Problem("OutcomeUnknownError", "lost"),
    )
    return replace(record, **changes)  # type: ignore[arg-type]  # the test names real fields


def a_row(entry_id: str, quantity: str, balance: str, at: float = 1, **changes: object) -> LedgerEntry:
    row = LedgerEntry(
        entry_id, "R", NOW + timedelta(seconds=at), "transfer", "", USD, Decimal(quantity), "spot"
    )
    return replace(row, balance=Decimal(balance), **changes)  # type: ignore[arg-type]  # likewise


def unexplained(by: str) -> BalanceTrace:
    return BalanceTrace(Decimal(1), Decimal(1), Decimal(by))


OUT, INTO = a_row("L1", "-100", "900"), a_row("L2", "100", "110")
WHOLE = unexplained("0")


def seen(
    source: tuple[LedgerEntry, ...] | None = (),
    destination: tuple[LedgerEntry, ...] | None = (),
    *,
    at: datetime = NOW + timedelta(seconds=30),
    balances: tuple[BalanceTrace | None, BalanceTrace | None] = (None, None),
    equal: tuple[int, int] | None = None,
) -> Evidence:
    equal = equal if equal is not None else (len(source or ()), len(destination or ()))
    return Evidence(JournalId("t1"), at, source, destination, (), *balances, *equal)


def decided(evidence: Evidence, *others: TransferRecord) -> bool | None:
    record = a_record()
    decision = decide(record, evidence, (record, *others))
    return decision.executed if decision else None


def test_two_rows_of_one_moment_prove_execution() -> None:
    """A row at each end settles at once, and the reason names both."""
    record = a_record()

    decision = decide(record, seen((OUT,), (INTO,)), (record,))

    assert decision == Decision(
        True, "100.00 USD left and arrived: row L1 of Main and row L2 of Carry show the same moment."
    )


@pytest.mark.parametrize(
    ("evidence", "outcome"),
    [
        (seen((OUT,), (), balances=(WHOLE, unexplained("100"))), True),
        (seen((), (INTO,), balances=(unexplained("-100"), WHOLE)), True),
        (seen((OUT,), (), balances=(WHOLE, WHOLE)), None),
        (seen((OUT,), (), balances=(WHOLE, unexplained("99"))), None),
        (seen((OUT,), (), balances=(WHOLE, unexplained("100")), equal=(1, 1)), None),
        (seen((OUT,), ()), None),
        (seen((OUT,), None), None),
        (seen(None, (INTO,)), None),
        (seen((OUT, replace(OUT, entry_id="L9")), (INTO,)), None),
        (seen((OUT,), (INTO, replace(INTO, entry_id="L9"))), None),
        (seen((replace(OUT, time=NOW - timedelta(seconds=11)),), (INTO,)), None),
        (seen((OUT,), (replace(INTO, time=NOW + timedelta(seconds=121)),)), None),
        (seen((OUT,), (replace(INTO, time=OUT.time + timedelta(seconds=61)),)), None),
        (seen(balances=(unexplained("-100"), unexplained("100")), at=LONG_AFTER), None),
        (seen(balances=(WHOLE, WHOLE), at=LONG_AFTER), False),
        (seen(balances=(WHOLE, WHOLE), at=NOW + timedelta(minutes=11)), None),
        (seen(balances=(WHOLE, None), at=LONG_AFTER), None),
        (seen(balances=(WHOLE, unexplained("0.0001")), at=LONG_AFTER), None),
        (seen(balances=(WHOLE, WHOLE), at=LONG_AFTER, equal=(1, 0)), None),
        (seen(None, None, at=LONG_AFTER), None),
    ],
)
def test_what_each_evidence_proves(evidence: Evidence, outcome: bool | None) -> None:
    """Two ends that agree prove execution, two whole ends long after prove its absence, all else nothing."""
    assert decided(evidence) is outcome


@pytest.mark.parametrize("state", [TransferState.SENT, TransferState.UNKNOWN])
def test_another_open_transfer_of_the_amount_leaves_it_to_a_person(state: TransferState) -> None:
    """While an equal transfer is open, the rows could be its own."""
    route = Route(LAB.name, Venue.SPOT, MAIN, GRID, "spot", "spot")
    other = a_record(2, state=state, request=replace(a_record().request, route=route))

    assert decided(seen((OUT,), (INTO,)), other) is None
    assert "Another open transfer" in why_open(a_record(), seen((OUT,), (INTO,)), (other,))


@pytest.mark.parametrize("state", [s for s in TransferState if s is not TransferState.UNKNOWN])
def test_only_unknown_ones_are_settled(state: TransferState) -> None:
    """What has an end already is never settled by traces."""
    record = a_record(state=state)

    assert decide(record, seen((OUT,), (INTO,)), (record,)) is None


@pytest.mark.parametrize(
    ("rows", "now", "left"),
    [
        ((), "1000", "0"),
        ((), "900", "-100"),
        ((a_row("L1", "-100", "900"),), "900", "0"),
        ((a_row("L1", "5", "1005"),), "905", "-100"),
        ((a_row("L1", "5", "1005"), a_row("L2", "7", "912", 2)), "912", None),
        ((a_row("L1", "5", "1004", fee=Decimal(1)),), "1004", "0"),
        ((replace(a_row("L1", "5", "1005"), balance=None),), "1005", None),
        ((a_row("L1", "5", "1000", -60),), "1000", "0"),
        ((a_row("L1", "5", "1005", -60),), "1005", None),
        ((a_row("L2", "7", "1012"), a_row("L1", "5", "1005")), "1012", "0"),
    ],
    ids=[
        "nothing happened",
        "no row for it yet",
        "its row is there",
        "missing behind a row",
        "missing between rows",
        "fee",
        "no running balance",
        "late row of before",
        "late row that was not in before",
        "two at one moment",
    ],
)
def test_change_that_no_row_explains(rows: tuple[LedgerEntry, ...], now: str, left: str | None) -> None:
    """The running balance shows what rows are missing; where it has a gap, nothing is claimed."""
    trace = balance_trace(rows, Decimal(1000), Decimal(now), NOW)

    assert trace.unexplained == (Decimal(left) if left is not None else None)


@dataclass
class Book:
    """One end's true history, and which of its rows can be seen when."""

    balance: Decimal
    rows: list[tuple[float, LedgerEntry]]

    def book(self, name: str, quantity: Decimal, at: float, shown_at: float, kind: str = "transfer") -> None:
        self.balance += quantity
        row = a_row(name, str(quantity), str(self.balance), at, kind=kind)
        self.rows.append((shown_at, row))

    def visible(self, at: float) -> tuple[LedgerEntry, ...]:
        return tuple(row for shown_at, row in self.rows if shown_at <= at)


EVENTS = st.tuples(
    st.sampled_from(["own", "twin", "alike", "trade", "fee-like"]),
    st.floats(-30, 600),
    st.floats(0, 900),
    st.sampled_from(["source", "destination"]),
    st.integers(-3, 3),
)


@settings(max_examples=400, deadline=None)
@given(
    executed=st.booleans(),
    lag=st.tuples(st.floats(0, 1500), st.floats(0, 1500)),
    others=st.lists(EVENTS, max_size=6),
    looked_at=st.floats(0, 1600),
    booked_at=st.floats(0, 60),
)
def test_never_against_the_truth(
    executed: bool,
    lag: tuple[float, float],
    others: list[tuple[str, float, float, str, int]],
    looked_at: float,
    booked_at: float,
) -> None:
    """Whatever else happens on both accounts and however late rows come, a decision is the truth.

    Left out is the one thing that nobody can tell apart: an equal transfer by somebody else in the
    same minutes while ours did not execute.
    """
    asked = Decimal(3)
    record = a_record(request=replace(a_record().request, quantity=asked))
    source, destination = Book(Decimal(100), []), Book(Decimal(100), [])
    journal = [record]
    events = [(at, n, kind, shown, side, size) for n, (kind, at, shown, side, size) in enumerate(others)]
    if executed and booked_at <= looked_at:
        events.append((booked_at, 99, "ours", 0.0, "", 0))
    before = {"source": source.balance, "destination": destination.balance}
    for at, number, kind, shown, side, size in sorted(events):
        if at > looked_at:
            continue
        if kind == "ours":
            source.book("own-out", -asked, at, at + lag[0])
            destination.book("own-in", asked, at, at + lag[1])
        elif kind == "twin":
            if executed or at > 130:
                source.book(f"twin-out{number}", -asked, at, at + shown)
                destination.book(f"twin-in{number}", asked, at, at + shown)
        elif kind == "alike":
            other = a_record(10 + number, state=TransferState.CONFIRMED, request=record.request)
            sent = NOW + timedelta(seconds=at - 0.5)
            journal.append(replace(other, sent_at=sent, planned_at=sent))
            source.book(f"alike-out{number}", -asked, at, at + shown)
            destination.book(f"alike-in{number}", asked, at, at + shown)
        else:
            book = source if side == "source" else destination
            book.book(f"trade{number}", Decimal(size), at, at + shown, "trade")
        if at < 0:
            before = {"source": source.balance, "destination": destination.balance}
    sides = []
    for book, outgoing in ((source, True), (destination, False)):
        rows = book.visible(looked_at)
        name = "source" if outgoing else "destination"
        sides.append(
            (
                traces(rows, record, tuple(journal), outgoing=outgoing),
                balance_trace(rows, before[name], book.balance, NOW),
                len(equal_rows(rows, record, outgoing=outgoing)),
            )
        )
    evidence = Evidence(
        JournalId("t1"),
        NOW + timedelta(seconds=looked_at),
        sides[0][0],
        sides[1][0],
        (),
        sides[0][1],
        sides[1][1],
        sides[0][2],
        sides[1][2],
    )

    decision = decide(record, evidence, tuple(journal))

    assert decision is None or decision.executed is executed
