"""A transfer's receipt: one page of HTML that needs nothing else, on a screen or on paper."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from kraken_desk.domain.journal import TransferMove
from kraken_desk.domain.money import Amount, format_quantity
from kraken_desk.domain.transfers import (
    BalanceTrace,
    Evidence,
    LedgerEntry,
    SettledBy,
    TransferRecord,
    TransferState,
)
from kraken_desk.reports.shown_text import escaped as _text

OUTCOMES = {
    TransferState.PLANNED: "Planned, not sent.",
    TransferState.SENT: "Sent; Kraken's answer is awaited.",
    TransferState.CONFIRMED: "Kraken confirmed that the money moved.",
    TransferState.REJECTED: "Nothing moved.",
    TransferState.UNKNOWN: "It may or may not have executed.",
    TransferState.EXECUTED: "The money moved; its answer was lost, and it was settled as executed.",
    TransferState.NOT_EXECUTED: "Nothing moved; its answer was lost, and it was settled as not executed.",
}

DECIDERS = {
    SettledBy.PERSON: "by a person",
    SettledBy.TRACES: "by the traces at both ends",
    SettledBy.ANSWER: "by Kraken's late answer",
}

_STYLE = """
:root{color-scheme:light dark;--ink:#15171c;--soft:#5b6270;--line:#d7dbe2;--page:#fff;--card:#f6f7f9}
@media (prefers-color-scheme:dark){:root{--ink:#e8eaee;--soft:#9aa3b2;--line:#2c313b;
--page:#14161a;--card:#1b1e24}}
body{margin:2rem auto;max-width:46rem;padding:0 1rem;background:var(--page);color:var(--ink);
font:14px/1.45 system-ui,sans-serif}
h1{font-size:1.35rem;margin:0}h2{font-size:1rem;margin:1.4rem 0 .4rem}
p{margin:.3rem 0}.soft{color:var(--soft)}.amount{font-size:1.6rem;font-weight:600;margin:.8rem 0 .1rem}
table{border-collapse:collapse;width:100%}
td,th{border-bottom:1px solid var(--line);padding:.3rem .5rem .3rem 0;
text-align:left;vertical-align:top;overflow-wrap:anywhere}th{color:var(--soft);font-weight:500;width:11rem}
.state{background:var(--card);border:1px solid var(--line);border-radius:6px;
padding:.6rem .8rem;margin:.8rem 0}
code{font:12px/1.4 ui-monospace,monospace;overflow-wrap:anywhere}
@media print{:root{--ink:#000;--soft:#444;--line:#999;--page:#fff;--card:#fff}body{margin:0;max-width:none;
font-size:11px}@page{margin:16mm;size:A4}h2,tr{break-inside:avoid;break-after:avoid}}
"""


def receipt_html(
    record: TransferRecord, moves: tuple[TransferMove, ...], made_at: datetime, *, styled: bool = True
) -> str:
    """Write the receipt; `styled` False leaves the style sheet to whoever prints it."""
    amount = Amount(record.request.quantity, record.request.asset)
    title = f"Transfer receipt {record.journal_id}"
    style = f"<style>{_STYLE}</style>" if styled else ""
    body = [
        (
            f"<h1>Transfer receipt</h1><p class='soft'>Kraken Desk,"
            f" {_text(record.request.route.environment)}, made {_time(made_at)}</p>"
        ),
        f"<p class='amount'>{_text(amount)}</p>",
        f"<p>{_text(record.source_label)} → {_text(record.destination_label)}</p>",
        f"<div class='state'><b>{_text(record.state.value)}</b><br>{_text(OUTCOMES[record.state])}</div>",
        _facts(record),
        _history(moves),
        _evidence(record),
        (
            "<p class='soft'>The hash of each line seals its content and the line before it. Whoever holds an"
            " exported copy of the journal can verify it with kraken-desk journal verify --file.</p>"
        ),
    ]
    return (
        "<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width'>"
        f"<title>{_text(title)}</title>{style}</head><body>{''.join(body)}</body></html>\n"
    )


def _facts(record: TransferRecord) -> str:
    route = record.request.route
    rows = [
        ("Journal record", record.journal_id),
        ("Kraken's transfer id", record.transfer_id or "none reported"),
        ("From", f"{record.source_label}, {route.source_wallet} wallet"),
        ("To", f"{record.destination_label}, {route.destination_wallet} wallet"),
        ("Venue and call", f"{route.venue.label}, {record.endpoint}"),
        ("Signed by", record.key_name),
        ("Planned", _time(record.planned_at)),
        ("Sent", _time(record.sent_at) if record.sent_at else "never"),
        ("Present state since", _time(record.changed_at)),
    ]
    if record.plan_id:
        rows.append(("Leg of a plan", f"{record.leg or '?'} of plan {record.plan_id}"))
    if record.settled_by is not None:
        rows.append(("Settled", DECIDERS[record.settled_by]))
    if record.problem is not None:
        problem = " ".join((record.problem.title + ".", record.problem.detail, *record.problem.kraken))
        rows.append(("What went wrong", problem))
    if record.note:
        rows.append(("Note", record.note))
    return f"<h2>Facts</h2><table>{''.join(_row(*row) for row in rows)}</table>"


def _history(moves: tuple[TransferMove, ...]) -> str:
    rows = [
        f"<tr><td>{move.line}</td><td>{_text(move.state.value)}</td><td>{_time(move.at)}</td>"
        f"<td><code>{_text(move.hash)}</code></td></tr>"
        for move in moves
    ]
    head = "<tr><td>Line</td><td>State</td><td>Time</td><td>Hash</td></tr>"
    return f"<h2>Lines of the journal</h2><table>{head}{''.join(rows)}</table>" if rows else ""


def _evidence(record: TransferRecord) -> str:
    evidence = record.evidence
    if evidence is None:
        return ""
    rows = "".join(_row(name, text) for name, text in evidence_lines(record, evidence))
    return f"<h2>Evidence of the settlement</h2><table>{rows}</table>"


def evidence_lines(record: TransferRecord, evidence: Evidence) -> tuple[tuple[str, str], ...]:
    """Return what was seen, as names and sentences."""
    lines = [
        ("Read", _plain_time(evidence.read_at)),
        (f"Ledger of {record.source_label}", rows_text(evidence.source_rows)),
        (f"Ledger of {record.destination_label}", rows_text(evidence.destination_rows)),
    ]
    for label, trace in (
        (record.source_label, evidence.source_balance),
        (record.destination_label, evidence.destination_balance),
    ):
        if trace is not None:
            lines.append((f"Balance of {label}", trace_text(trace, record)))
    return (*lines, *(("Not seen", gap) for gap in evidence.gaps))


def rows_text(rows: tuple[LedgerEntry, ...] | None) -> str:
    if rows is None:
        return "could not be read"
    return "; ".join(_row_text(row) for row in rows) or "no matching row"


def trace_text(trace: BalanceTrace, record: TransferRecord) -> str:
    """Say how a balance changed, and how much of it the ledger does not explain."""
    asset = record.request.asset

    def figure(quantity: Decimal | None) -> str:
        return "not read" if quantity is None else f"{format_quantity(quantity)} {asset}"

    if trace.unexplained is None:
        left = "what the rows leave unexplained cannot be told"
    elif not trace.unexplained:
        left = "the rows explain all of it"
    else:
        left = f"{format_quantity(trace.unexplained)} {asset} of it is explained by no row"
    return f"{figure(trace.before)} before, {figure(trace.now)} when read; {left}"


def _row_text(row: LedgerEntry) -> str:
    kind = " ".join(part for part in (row.kind, row.subtype) if part)
    return (
        f"{row.entry_id}: {kind} {format_quantity(row.quantity)} {row.asset}, {_plain_time(row.time)},"
        f" reference {row.refid or 'none'}"
    )


def _row(name: str, value: str) -> str:
    return f"<tr><th>{_text(name)}</th><td>{_text(value)}</td></tr>"


def _time(at: datetime) -> str:
    return _text(_plain_time(at))


def _plain_time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"[:-3] + " UTC"
