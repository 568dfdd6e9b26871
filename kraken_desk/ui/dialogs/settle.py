"""SettleDialog: a transfer with unknown outcome, what both ledgers say, and a person's decision."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from PySide6.QtWidgets import QButtonGroup, QCheckBox, QLineEdit, QRadioButton, QVBoxLayout, QWidget

from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import KrakenDeskError
from kraken_desk.domain.money import Amount
from kraken_desk.domain.settlement import balances_moved
from kraken_desk.domain.transfers import BalanceTrace, Evidence, JournalId, TransferRecord
from kraken_desk.reports.receipt import trace_text
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.dialogs.field import Field
from kraken_desk.ui.dialogs.frame import DialogFrame
from kraken_desk.ui.dialogs.ledger_card import LedgerCard
from kraken_desk.ui.dialogs.rows import fact
from kraken_desk.ui.dialogs.work import Work
from kraken_desk.ui.theme import Theme, Tone, set_property

READ_GROUP = "ledgers:read"
SETTLE_GROUP = "transfers:settle"


class Settle(Protocol):
    """Records a person's decision about an unknown transfer."""

    def __call__(
        self, journal_id: JournalId, *, executed: bool, note: str = "", evidence: Evidence | None = None
    ) -> Coroutine[Any, Any, TransferRecord]: ...


ReadEvidence = Callable[[JournalId], Coroutine[Any, Any, Evidence]]


class SettleDialog(DialogFrame):
    """Ends accepted with `record` settled; the ledgers suggest, a person decides and confirms."""

    def __init__(
        self,
        record: TransferRecord,
        read: ReadEvidence,
        settle: Settle,
        scope: TaskScope,
        environment: Environment,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        amount = Amount(record.request.quantity, record.request.asset)
        ends = f"{amount} from {record.source_label} to {record.destination_label}"
        super().__init__("Settle transfer", f"{ends}. Its outcome is unknown.", environment, theme, parent)
        self.setObjectName("settle_dialog")
        self.record = record
        self._read = read
        self._settle = settle
        self._evidence: Evidence | None = None
        self._read_work = Work(scope, READ_GROUP, self._on_idle)
        self._settle_work = Work(scope, SETTLE_GROUP, self._on_idle)
        page = self.add_page("settle")
        self._make_evidence(page, record)
        self._make_decision(page)
        self.finished.connect(self._on_finished)
        self.back_button.setText("Read ledgers again")
        self.back_button.show()
        self._on_decision_changed()
        self._read_ledgers()

    def _make_evidence(self, page: QVBoxLayout, record: TransferRecord) -> None:
        self._source = LedgerCard(f"{record.source_label}, outgoing", "source_ledger")
        self._destination = LedgerCard(f"{record.destination_label}, incoming", "destination_ledger")
        self._verdict = fact("verdict")
        self._verdict.hide()
        for widget in (self._source, self._destination, self._verdict):
            page.addWidget(widget)

    def _make_decision(self, page: QVBoxLayout) -> None:
        self._executed = QRadioButton("It executed: the money moved")
        self._not_executed = QRadioButton("It did not execute: nothing moved")
        self._executed.setObjectName("executed")
        self._not_executed.setObjectName("not_executed")
        group = QButtonGroup(self)
        choices = QVBoxLayout()
        choices.setSpacing(0)
        for button in (self._executed, self._not_executed):
            group.addButton(button)
            button.toggled.connect(lambda _on: self._on_decision_changed())
            choices.addWidget(button)
        page.addLayout(choices)
        self._note = QLineEdit()
        self._note.setPlaceholderText("optional")
        page.addWidget(Field("Note for the journal", self._note, name="note"))
        self._sure = QCheckBox(_COMPARED)
        self._sure.setObjectName("sure")
        self._sure.toggled.connect(lambda _on: self._on_decision_changed())
        page.addWidget(self._sure)
        self.primary_button.setDefault(False)
        self.primary_button.setAutoDefault(False)

    # the ledgers

    def _read_ledgers(self) -> None:
        self.problem.clear()
        started = self._read_work.run(
            lambda: self._read(self.record.journal_id), self._on_evidence, self._on_not_read
        )
        if started:
            self._verdict.hide()
            self._source.show_reading()
            self._destination.show_reading()
            self.set_busy("Reading both ledgers …")

    def _on_evidence(self, evidence: Evidence) -> None:
        self.set_busy("")
        self._evidence = evidence
        self._on_decision_changed()
        self._source.show_rows(evidence.source_rows, evidence.gaps, self._balance(evidence.source_balance))
        self._destination.show_rows(
            evidence.destination_rows, evidence.gaps, self._balance(evidence.destination_balance)
        )
        text, tone = verdict(self.record, evidence)
        self._verdict.setText(text)
        self._verdict.show()
        if self.focusWidget() is self.cancel_button:
            self._executed.setFocus()  # where the person goes on; nothing is chosen by it
        set_property(self._verdict, "tone", tone.value)

    def _balance(self, trace: BalanceTrace | None) -> str:
        return f"Balance: {trace_text(trace, self.record)}." if trace is not None else ""

    def _on_not_read(self, error: KrakenDeskError) -> None:
        self._show_unread()
        self._on_failed(error)

    def _show_unread(self) -> None:
        self._source.show_unread()
        self._destination.show_unread()

    def _on_back(self) -> None:
        self._read_ledgers()

    # the decision

    def _on_decision_changed(self) -> None:
        """Name the act after the decision; it can be done only when confirmed.

        “Not executed” would invite to send the money again, so against the evidence it needs other words.
        """
        wanted = _COMPARED
        if self._not_executed.isChecked() and self._evidence is not None:
            wanted = _against(self.record, self._evidence)
        if self._sure.text() != wanted:
            self._sure.setText(wanted)
            self._sure.setChecked(False)  # other words have been agreed to
        decided = self._executed.isChecked() or self._not_executed.isChecked()
        text = "Record the decision"
        if self._executed.isChecked():
            text = "Record as executed and open the route"
        elif self._not_executed.isChecked():
            text = "Record as not executed and open the route"
        self.set_primary(text, enabled=decided and self._sure.isChecked())

    def _on_primary(self) -> None:
        executed, note = self._executed.isChecked(), self._note.text().strip()
        started = self._settle_work.run(
            lambda: self._settle(
                self.record.journal_id, executed=executed, note=note, evidence=self._evidence
            ),
            self._on_settled,
            self._on_failed,
        )
        if started:
            self.set_busy("Writing the decision to the journal …")

    def _on_settled(self, record: TransferRecord) -> None:
        self.set_busy("")
        self.record = record
        self.accept()

    def _on_failed(self, error: KrakenDeskError) -> None:
        self.set_busy("")
        self.show_problem(error)

    def _on_cancel_work(self) -> None:
        if self._read_work.running:
            self._read_work.cancel()
            self._show_unread()
        self.set_busy("")

    def _on_idle(self) -> None:
        if self.busy:
            self.set_busy("")

    def _on_finished(self, _code: int) -> None:
        self._read_work.cancel()
        self._settle_work.let_go()


_COMPARED = "I have compared both accounts at Kraken"
_OF_SOMETHING_ELSE = "The row in the ledger is of something else: I have compared both accounts"
_MOVED_BY_ELSE = "Something else has changed the balance: I have compared both accounts"


def _against(record: TransferRecord, evidence: Evidence) -> str:
    """Return what a person has to say who decides that a transfer did not execute."""
    if evidence.suggests_executed:
        return _OF_SOMETHING_ELSE
    return _MOVED_BY_ELSE if balances_moved(record, evidence) else _COMPARED


def verdict(record: TransferRecord, evidence: Evidence) -> tuple[str, Tone]:
    """Say what ledgers and balances suggest; never more than they can."""
    if evidence.suggests_executed:
        return "A matching row stands in the ledger: it executed, as far as can be told.", Tone.OK
    if balances_moved(record, evidence):
        return _MOVED, Tone.WARN
    unread = [evidence.source_rows, evidence.destination_rows].count(None)
    return _NO_ROW[unread], Tone.WARN


_MOVED = (
    "No matching row yet, but a balance has changed by this amount without one: it probably executed, and"
    " its row comes late. Read the ledgers again in a moment."
)
_NO_ROW = (
    "No matching row in either ledger. It may come late; after some minutes it probably did not execute.",
    "No matching row in the ledger that could be read. The other one is still open.",
    "Neither ledger could be read, so nothing can be told from here. Compare both accounts at Kraken.",
)
"""What no row means, by how many of the two ledgers could not be read."""
