"""When the traces of a transfer with unknown outcome settle it without a person.

Kraken offers neither an idempotency key nor a list of transfers, and does not say that a ledger
row's `refid` is the transfer's id, nor how late a row may come. So the rule asks for two
independent traces, one at each end, and for nothing that contradicts them; else the transfer
stays unknown.

What no rule can tell apart: a transfer of exactly the same amount between the same wallets that
somebody else made in the same seconds.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from kraken_desk.domain.evidence import alike
from kraken_desk.domain.money import EXACT, Amount
from kraken_desk.domain.transfers import BalanceTrace, Evidence, LedgerEntry, TransferRecord, TransferState
from kraken_desk.domain.values import dataclass

CLOCKS = timedelta(seconds=10)
"""How far Kraken's clock may differ from ours for a row to settle by itself."""

LONGEST_EXECUTION = timedelta(minutes=2)
"""No transfer executes later than this after it was journalled as sent: its preparation may take a
minute, and a connection is given up long before another."""

LATEST_ROW = timedelta(minutes=10)
"""A row that has not come by now, at either end, and is missed by neither balance, does not come.

Rows are written at settlement and may lack for a moment (observed); the delay of the Futures log
is not published, so this is generous (inferred)."""

TOGETHER = timedelta(minutes=1)
"""Both ends of one transfer are booked at the same moment."""

_NOISE = Decimal("5e-11")
"""Kraken shows ten places at most, and Futures figures are binary fractions."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What the traces prove, and the sentence that says how."""

    executed: bool
    reason: str


def decide(
    record: TransferRecord, evidence: Evidence, journal: tuple[TransferRecord, ...]
) -> Decision | None:
    """Return what the evidence proves about an unknown transfer, None when it proves nothing."""
    if record.state is not TransferState.UNKNOWN or record.sent_at is None:
        return None
    for outgoing in (True, False):
        if any(other.state.open for other in alike(record, journal, outgoing=outgoing)):
            return None  # the rows could be those of the other one
    if evidence.source_rows is None or evidence.destination_rows is None:
        return None
    return _executed(record, evidence) or _not_executed(record, evidence)


def why_open(record: TransferRecord, evidence: Evidence, journal: tuple[TransferRecord, ...]) -> str:
    """Say in one sentence why the evidence does not settle an unknown transfer by itself."""
    others = [*alike(record, journal, outgoing=True), *alike(record, journal, outgoing=False)]
    if any(other.state.open for other in others):
        return "Another open transfer of the same amount could have left the same traces."
    if evidence.source_rows is None or evidence.destination_rows is None:
        return "One of the ledgers could not be read, and one end alone proves nothing."
    if len(evidence.source_rows) > 1 or len(evidence.destination_rows) > 1:
        return "Several rows fit, so a person has to say which one it was."
    if evidence.source_rows or evidence.destination_rows:
        return "The traces of both ends do not agree yet."
    return "No trace yet. Its absence counts only after ten minutes, with both balances explained."


def balances_moved(record: TransferRecord, evidence: Evidence) -> bool:
    """Say whether a balance has changed by the amount while no row explains it: its row may come late."""
    quantity = record.request.quantity
    return _changed(evidence.source_balance, -quantity) or _changed(evidence.destination_balance, quantity)


def balance_trace(
    rows: tuple[LedgerEntry, ...], before: Decimal | None, now: Decimal | None, since: datetime
) -> BalanceTrace:
    """Work out which change of a wallet's balance its rows leave unexplained.

    `rows` are those of the asset in the wallet after the mark, and `since` is when `before` was
    read. Kraken gives the balance after each row, so rows that are missing leave a gap; with a gap,
    or rows that `before` may or may not hold already, nothing can be told.
    """
    return BalanceTrace(before, now, _unexplained(rows, before, now, since))


def _unexplained(
    rows: tuple[LedgerEntry, ...], before: Decimal | None, now: Decimal | None, since: datetime
) -> Decimal | None:
    if before is None or now is None:
        return None
    if not rows:
        return EXACT.subtract(now, before)
    late = sum(row.time < since - CLOCKS for row in rows)
    ordered = _in_line(rows, before)
    if ordered is None:
        return None
    known = ordered[late - 1].balance if late else _balance_before(ordered[0])
    last = ordered[-1].balance
    if known is None or last is None or not _same(known, before):
        return None
    return EXACT.subtract(now, last)


def _in_line(rows: tuple[LedgerEntry, ...], before: Decimal) -> list[LedgerEntry] | None:
    """Order rows by time so that each begins where the one before ended; None when they leave a gap."""
    left = sorted(rows, key=lambda row: row.time)
    ordered: list[LedgerEntry] = []
    while left:
        start = ordered[-1].balance if ordered else before
        together = [row for row in left if row.time == left[0].time]
        fitting = [row for row in together if start is not None and _begins(row, start)]
        if not fitting and ordered:
            return None
        following = (fitting or together)[0]
        if following.balance is None:
            return None
        ordered.append(following)
        left.remove(following)
    return ordered


def _begins(row: LedgerEntry, balance: Decimal) -> bool:
    start = _balance_before(row)
    return start is not None and _same(start, balance)


def _balance_before(row: LedgerEntry) -> Decimal | None:
    if row.balance is None:
        return None
    return EXACT.subtract(row.balance, EXACT.subtract(row.quantity, row.fee))


def _executed(record: TransferRecord, evidence: Evidence) -> Decision | None:
    """Both ends show it: two rows of one moment, or one row and the other balance without its row."""
    source, destination = evidence.source_rows or (), evidence.destination_rows or ()
    if len(source) > 1 or len(destination) > 1 or not (source or destination):
        return None
    if not all(_in_time(record, row) for row in (*source, *destination)):
        return None
    amount = Amount(record.request.quantity, record.request.asset)
    if source and destination:
        if abs(source[0].time - destination[0].time) > TOGETHER:
            return None
        rows = f"row {source[0].entry_id} of {record.source_label} and row {destination[0].entry_id} of"
        return Decision(
            True, f"{amount} left and arrived: {rows} {record.destination_label} show the same moment."
        )
    if source:
        if evidence.destination_equal or not _changed(evidence.destination_balance, record.request.quantity):
            return None
        return Decision(
            True,
            f"{amount} left by row {source[0].entry_id} of {record.source_label}, and the balance of"
            f" {record.destination_label} rose by it, though its row is not there yet.",
        )
    if evidence.source_equal or not _changed(evidence.source_balance, -record.request.quantity):
        return None
    return Decision(
        True,
        f"{amount} arrived by row {destination[0].entry_id} of {record.destination_label}, and the balance"
        f" of {record.source_label} fell by it, though its row is not there yet.",
    )


def _not_executed(record: TransferRecord, evidence: Evidence) -> Decision | None:
    """Neither end shows it long after, no row could be it, and both balances are whole without it."""
    assert record.sent_at is not None
    if evidence.source_equal or evidence.destination_equal:
        return None
    if evidence.source_rows or evidence.destination_rows:
        return None
    if evidence.read_at < record.sent_at + LONGEST_EXECUTION + LATEST_ROW - CLOCKS:
        return None
    if not _changed(evidence.source_balance, Decimal(0)):
        return None
    if not _changed(evidence.destination_balance, Decimal(0)):
        return None
    amount = Amount(record.request.quantity, record.request.asset)
    waited = (evidence.read_at - record.sent_at) // timedelta(minutes=1)
    return Decision(
        False,
        f"{waited} minutes after the sending no row of {amount} stands in either ledger, and both"
        " balances are explained to the last digit without it.",
    )


def _in_time(record: TransferRecord, row: LedgerEntry) -> bool:
    assert record.sent_at is not None
    return record.sent_at - CLOCKS <= row.time <= record.sent_at + LONGEST_EXECUTION


def _changed(trace: BalanceTrace | None, by: Decimal) -> bool:
    return trace is not None and trace.unexplained is not None and _same(trace.unexplained, by)


def _same(one: Decimal, other: Decimal) -> bool:
    return abs(EXACT.subtract(one, other)) < _NOISE
