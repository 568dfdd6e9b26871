"""Receipts: one page with everything about a transfer, hostile names included."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from html.parser import HTMLParser

from kraken_desk.domain.journal import TransferMove
from kraken_desk.domain.transfers import (
    BalanceTrace,
    Evidence,
    JournalId,
    SettledBy,
    TransferRecord,
    TransferState,
)
from kraken_desk.reports.receipt import receipt_html
from tests.helpers.builders import NOW, a_ledger_entry
from tests.unit.domain.test_settlement import a_record

HOSTILE = "<script>alert(1)</script>&\u202e'\""


class Reader(HTMLParser):
    """Collects the tags and the visible text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not any(name in ("src", "href") or name.startswith("on") for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


def settled(**changes: object) -> TransferRecord:
    evidence = Evidence(
        JournalId("t1"),
        NOW + timedelta(seconds=30),
        (a_ledger_entry(1, "-100"),),
        (),
        ("Carry: slow",),
        BalanceTrace(Decimal(1000), Decimal(900), Decimal(0)),
        BalanceTrace(Decimal(10), None, None),
    )
    record = a_record(
        state=TransferState.EXECUTED, evidence=evidence, settled_by=SettledBy.TRACES, plan_id="p7", leg=2
    )
    return replace(record, **changes)  # type: ignore[arg-type]  # the test names real fields


def read(record: TransferRecord, moves: tuple[TransferMove, ...] = ()) -> Reader:
    reader = Reader()
    reader.feed(receipt_html(record, moves, NOW))
    return reader


def test_receipt_tells_everything() -> None:
    """Amount, ends, state, times, plan, who decided, and the evidence to the digit."""
    move = TransferMove(
        4, JournalId("t1"), TransferState.EXECUTED, NOW, None, None, "", None, SettledBy.TRACES, "f" * 64
    )

    text = read(settled(), (move,)).text

    for part in (
        "100.00 USD",
        "Main → Carry",
        "settled: executed",
        "2 of plan p7",
        "by the traces at both ends",
        "1\N{THIN SPACE}000.00 USD before, 900.00 USD when read; the rows explain all of it",
        "10.00 USD before, not read when read; what the rows leave unexplained cannot be told",
        "Carry: slow",
        "f" * 64,
        "2026-11-20 12:00:00.000 UTC",
    ):
        assert part in text, part


def test_names_cannot_become_markup() -> None:
    """A label, note or reason is text, whatever it holds, and cannot turn the direction of reading."""
    reader = read(settled(source_label=HOSTILE, note=HOSTILE, key_name=HOSTILE))

    assert "script" not in reader.tags
    assert "\u202e" not in reader.text
    assert "<script>alert(1)</script>&<202e>'\"" in reader.text


def test_receipt_needs_nothing_else() -> None:
    """No script, picture, font or link is fetched, in either form."""
    for styled in (True, False):
        page = receipt_html(settled(), (), NOW, styled=styled)

        assert ("<style>" in page) is styled
        assert "url(" not in page
        assert "http" not in page
