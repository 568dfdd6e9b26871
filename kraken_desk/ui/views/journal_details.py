"""JournalDetails: everything about one transfer: its terms, its lines with their hashes, its evidence."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QWidget

from kraken_desk.domain.journal import TransferMove
from kraken_desk.domain.money import Amount
from kraken_desk.domain.transfers import TransferRecord
from kraken_desk.reports.receipt import DECIDERS, evidence_lines
from kraken_desk.ui.models.clock_text import exact_time
from kraken_desk.ui.models.journal_rows import STATES, route_text
from kraken_desk.ui.theme import Theme, set_role
from kraken_desk.ui.views.details_parts import Page
from kraken_desk.ui.widgets.facts import Fact, FactGrid

"""Enough for a hash in monospace to break in the middle, and for the table to keep its act."""


class JournalDetails(Page):
    """One transfer, or nothing."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("journal-details", parent)
        self._terms = FactGrid(theme, 96)
        self._lines = FactGrid(theme, 96)
        self._evidence = FactGrid(theme, 96)
        self._lines_title, self._evidence_title = _title("Lines of the journal"), _title("Evidence")
        self._hint = QLabel("Select one transfer to see its terms, its lines and the evidence.")
        self._hint.setWordWrap(True)
        set_role(self._hint, "muted")
        self.column.addWidget(self._hint)
        for part in (self._terms, self._lines_title, self._lines, self._evidence_title, self._evidence):
            self.column.addWidget(part)
        self.column.addStretch()
        self.show_nothing()

    def show_nothing(self) -> None:
        self._hint.show()
        for part in (self._terms, self._lines_title, self._lines, self._evidence_title, self._evidence):
            part.hide()

    def show_record(self, record: TransferRecord, moves: tuple[TransferMove, ...]) -> None:
        self._hint.hide()
        self._terms.show()
        self._lines.show()
        self._terms.show_facts(terms(record))
        self._lines.show_facts(tuple(line(move) for move in moves))
        self._lines_title.setVisible(bool(moves))
        seen = evidence_lines(record, record.evidence) if record.evidence else ()
        self._evidence.show_facts(tuple(Fact(name, text) for name, text in seen))
        self._evidence_title.setVisible(bool(seen))
        self._evidence.setVisible(bool(seen))


def terms(record: TransferRecord) -> tuple[Fact, ...]:
    """Return what was asked for, and how it ended."""
    words = STATES[record.state]
    settled = f"Settled {DECIDERS[record.settled_by]}" if record.settled_by else ""
    facts = [
        Fact("State", words.text, words.tone, note=words.meaning),
        Fact("Amount", str(Amount(record.request.quantity, record.request.asset))),
        Fact("Transfer", route_text(record)),
        Fact("Kraken's id", record.transfer_id or "none reported", mono=bool(record.transfer_id)),
        Fact("Call", record.endpoint, note=f"signed by {record.key_name}"),
        Fact("Sent", exact_time(record.sent_at) if record.sent_at else "never"),
    ]
    if record.plan_id:
        facts.append(Fact("Plan", f"leg {record.leg or '?'}", note=record.plan_id))
    if record.problem is not None:
        said = " ".join((record.problem.detail, *record.problem.kraken))
        facts.append(Fact("Reason", record.problem.title, note=said))
    if settled or record.note:
        facts.append(Fact("Note", settled or record.note, note=record.note if settled else ""))
    facts.append(Fact("Record", record.journal_id, mono=True))
    return tuple(facts)


def line(move: TransferMove) -> Fact:
    """Return one line of the journal with its hash."""
    return Fact(f"{move.line}", move.state.value, note=f"{exact_time(move.at)}\n{move.hash}")


def _title(text: str) -> QLabel:
    label = QLabel(text)
    set_role(label, "strong")
    return label
