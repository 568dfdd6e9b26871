"""Which ledger rows may be the trace of a transfer with unknown outcome."""

from __future__ import annotations

from datetime import datetime, timedelta

from kraken_desk.domain.legs import Place
from kraken_desk.domain.transfers import LedgerEntry, TransferRecord, TransferState, matches

SKEW = timedelta(minutes=2)
"""How far Kraken's clock may differ from ours when ledger rows are matched by time."""

_SOON = timedelta(minutes=5)
"""Transfers are instant, so a row this long after its sending is not claimed by it any more."""

_DONE = (TransferState.CONFIRMED, TransferState.EXECUTED)


def traces(
    rows: tuple[LedgerEntry, ...],
    record: TransferRecord,
    journal: tuple[TransferRecord, ...],
    *,
    outgoing: bool,
) -> tuple[LedgerEntry, ...]:
    """Return the rows of one side that match `record` and belong to no other transfer of the journal.

    Two equal transfers leave equal rows, so each executed one claims a row of its own: the one it was
    settled by, the one with its transfer id, else the nearest in time.
    """
    wallet = record.request.route.source_wallet if outgoing else record.request.route.destination_wallet
    earliest = _sent(record) - SKEW
    left = [
        row
        for row in rows
        if row.time >= earliest and matches(row, record.request, outgoing=outgoing, wallet=wallet)
    ]
    taken = {o.journal_id: _settled_by(o, record, outgoing=outgoing) for o in journal}
    left = [row for row in left if row.entry_id not in taken.values()]
    others = [
        o
        for o in alike(record, journal, outgoing=outgoing)
        if o.state in _DONE and taken[o.journal_id] is None
    ]
    for by_id in (True, False):
        for other in sorted(others, key=_sent):
            claimed = _claimed(left, other, by_id=by_id)
            if claimed is not None:
                left.remove(claimed)
                others.remove(other)
    return tuple(left)


def equal_rows(
    rows: tuple[LedgerEntry, ...], record: TransferRecord, *, outgoing: bool
) -> tuple[LedgerEntry, ...]:
    """Return the rows that changed their wallet by the transfer's amount, of whatever kind and time."""
    quantity = record.request.quantity
    change = -quantity if outgoing else quantity
    return tuple(row for row in rows if row.quantity == change)


def alike(
    record: TransferRecord, journal: tuple[TransferRecord, ...], *, outgoing: bool
) -> tuple[TransferRecord, ...]:
    """Return the other transfers whose row on this side would look the same."""
    return tuple(
        other
        for other in journal
        if other.journal_id != record.journal_id
        and other.sent_at is not None
        and _side(other, outgoing=outgoing) == _side(record, outgoing=outgoing)
        and other.request.asset == record.request.asset
        and other.request.quantity == record.request.quantity
    )


def _settled_by(other: TransferRecord, record: TransferRecord, *, outgoing: bool) -> str | None:
    """Return the row on this side that another transfer was settled by, where it was a single one."""
    if other.state is not TransferState.EXECUTED or other.evidence is None:
        return None
    if other.journal_id == record.journal_id or _side(other, outgoing=outgoing) != _side(
        record, outgoing=outgoing
    ):
        return None
    rows = other.evidence.source_rows if outgoing else other.evidence.destination_rows
    return rows[0].entry_id if rows is not None and len(rows) == 1 else None


def _claimed(rows: list[LedgerEntry], other: TransferRecord, *, by_id: bool) -> LedgerEntry | None:
    if by_id:
        return next((row for row in rows if other.transfer_id and row.refid == other.transfer_id), None)
    sent = _sent(other)
    near = [row for row in rows if sent - SKEW <= row.time <= sent + _SOON]
    return min(near, key=lambda row: abs(row.time - sent), default=None)


def _side(record: TransferRecord, *, outgoing: bool) -> Place:
    route = record.request.route
    return route.source_place if outgoing else route.destination_place


def _sent(record: TransferRecord) -> datetime:
    return record.sent_at or record.planned_at
