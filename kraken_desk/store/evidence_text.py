"""Evidence as the text of a column: JSON whose shape belongs to the schema version."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from kraken_desk.domain.money import Asset
from kraken_desk.domain.transfers import BalanceTrace, Evidence, JournalId, LedgerEntry
from kraken_desk.store import codec

Json = Any  # what json.loads returns; a wrong shape raises KeyError, TypeError or ValueError


def evidence_text(evidence: Evidence | None) -> str | None:
    if evidence is None:
        return None
    value = {
        "read_at": codec.time_text(evidence.read_at),
        "source": _rows(evidence.source_rows),
        "destination": _rows(evidence.destination_rows),
        "source_balance": _trace(evidence.source_balance),
        "destination_balance": _trace(evidence.destination_balance),
        "source_equal": evidence.source_equal,
        "destination_equal": evidence.destination_equal,
        "gaps": list(evidence.gaps),
    }
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def evidence_from(text: str | None, journal_id: JournalId) -> Evidence | None:
    """Read it back; raises KeyError, TypeError or ValueError for damage."""
    if text is None:
        return None
    raw = json.loads(text)
    return Evidence(
        journal_id=journal_id,
        read_at=codec.time_from(raw["read_at"]),
        source_rows=_rows_from(raw["source"]),
        destination_rows=_rows_from(raw["destination"]),
        gaps=tuple(raw["gaps"]),
        source_balance=_trace_from(raw["source_balance"]),
        destination_balance=_trace_from(raw["destination_balance"]),
        source_equal=raw["source_equal"],
        destination_equal=raw["destination_equal"],
    )


def quantity_text(quantity: Decimal | None) -> str | None:
    return None if quantity is None else codec.quantity_text(quantity)


def quantity_from(text: str | None) -> Decimal | None:
    return None if text is None else codec.quantity_from(text)


def _rows(rows: tuple[LedgerEntry, ...] | None) -> Json:
    if rows is None:
        return None
    return [
        {
            "entry_id": row.entry_id,
            "refid": row.refid,
            "time": codec.time_text(row.time),
            "kind": row.kind,
            "subtype": row.subtype,
            "asset": row.asset,
            "quantity": codec.quantity_text(row.quantity),
            "wallet": row.wallet,
            "fee": codec.quantity_text(row.fee),
            "balance": quantity_text(row.balance),
        }
        for row in rows
    ]


def _rows_from(raw: Json) -> tuple[LedgerEntry, ...] | None:
    if raw is None:
        return None
    return tuple(
        LedgerEntry(
            entry_id=row["entry_id"],
            refid=row["refid"],
            time=codec.time_from(row["time"]),
            kind=row["kind"],
            subtype=row["subtype"],
            asset=Asset(row["asset"]),
            quantity=codec.quantity_from(row["quantity"]),
            wallet=row["wallet"],
            fee=codec.quantity_from(row["fee"]),
            balance=quantity_from(row["balance"]),
        )
        for row in raw
    )


def _trace(trace: BalanceTrace | None) -> Json:
    if trace is None:
        return None
    return {
        "before": quantity_text(trace.before),
        "now": quantity_text(trace.now),
        "unexplained": quantity_text(trace.unexplained),
    }


def _trace_from(raw: Json) -> BalanceTrace | None:
    if raw is None:
        return None
    return BalanceTrace(
        quantity_from(raw["before"]), quantity_from(raw["now"]), quantity_from(raw["unexplained"])
    )
