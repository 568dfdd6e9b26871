"""The settle dialog: what the ledgers say, and a person's decision with an explicit confirmation."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QDialog, QLabel, QLineEdit, QRadioButton
from pytestqt.qtbot import QtBot

from kraken_desk.domain.errors import StoreBusyError, UnavailableError
from kraken_desk.domain.transfers import BalanceTrace, Evidence, JournalId, LedgerEntry, TransferState
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.dialogs.settle import SettleDialog
from kraken_desk.ui.theme import Theme
from tests.helpers.wait import wait_until
from tests.ui.dialogs.fakes import FakeSettling, Gate, child, turns
from tests.ui.money_samples import DEMO, LOST_REPLY, NOW, USD, a_record

ID = JournalId("one")
RECORD = a_record(TransferState.UNKNOWN, problem=LOST_REPLY)
Opener = Callable[[], SettleDialog]


def a_row(quantity: str) -> LedgerEntry:
    return LedgerEntry("L1", "R1", NOW, "transfer", "", USD, Decimal(quantity), "spot")


def evidence(
    source: tuple[LedgerEntry, ...] | None = (),
    destination: tuple[LedgerEntry, ...] | None = (),
    *gaps: str,
) -> Evidence:
    return Evidence(ID, NOW, source, destination, gaps)


@pytest.fixture
def fake() -> FakeSettling:
    return FakeSettling(RECORD, evidence())


@pytest.fixture
def opened(qtbot: QtBot, theme: Theme, fake: FakeSettling) -> Opener:
    def open_dialog() -> SettleDialog:
        dialog = SettleDialog(RECORD, fake.read, fake.settle, TaskScope("test"), DEMO, theme)
        qtbot.addWidget(dialog)
        dialog.open()
        return dialog

    return open_dialog


async def test_matching_rows_are_shown_and_suggest_that_it_executed(
    opened: Opener, fake: FakeSettling
) -> None:
    """The rows of both ledgers stand in the dialog with amount, time and reference."""
    fake.evidence = evidence((a_row("-12500"),), (a_row("12500"),))

    dialog = opened()
    await wait_until(lambda: not dialog.busy)

    assert child(dialog, QLabel, "source_ledger_text").text() == (
        "\u221212\u2009500.00 USD · transfer · 2026-11-20 14:02:11 UTC\nR1"
    )
    assert "it executed" in child(dialog, QLabel, "verdict").text()


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (evidence(), "No matching row in either ledger."),
        (evidence((), None, "Meridian Capital: no key"), "The other one is still open."),
        (evidence(None, None), "Neither ledger could be read"),
    ],
)
async def test_the_verdict_never_says_more_than_the_ledgers(
    opened: Opener, fake: FakeSettling, found: Evidence, said: str
) -> None:
    """Missing rows and missing ledgers are told apart."""
    fake.evidence = found

    dialog = opened()
    await wait_until(lambda: not dialog.busy)

    assert said in child(dialog, QLabel, "verdict").text()


async def test_a_ledger_that_cannot_be_read_says_why(opened: Opener, fake: FakeSettling) -> None:
    """The gap that belongs to an account stands at that account."""
    fake.evidence = evidence((), None, "Momentum: wrong one", "Meridian Capital: No key reads it.")

    dialog = opened()
    await wait_until(lambda: not dialog.busy)

    text = child(dialog, QLabel, "destination_ledger_text").text()
    assert text == "Could not be read. Meridian Capital: No key reads it."


async def test_a_decision_needs_its_confirmation(opened: Opener) -> None:
    """The act is named after the decision and stays off until the person confirms."""
    dialog = opened()
    await wait_until(lambda: not dialog.busy)

    child(dialog, QRadioButton, "not_executed").click()
    before = dialog.primary_button.isEnabled()
    child(dialog, QCheckBox, "sure").click()

    assert not before
    assert dialog.primary_button.isEnabled()
    assert dialog.primary_button.text() == "Record as not executed and open the route"


async def test_a_decision_against_the_ledger_needs_other_words(opened: Opener, fake: FakeSettling) -> None:
    """A row that fits stands in the ledger: “not executed” has to be confirmed as what it is."""
    fake.evidence = evidence((a_row("-12500"),), ())
    dialog = opened()
    await wait_until(lambda: not dialog.busy)
    sure = child(dialog, QCheckBox, "sure")

    child(dialog, QRadioButton, "executed").click()
    sure.click()
    agreed = (dialog.primary_button.isEnabled(), sure.text())
    child(dialog, QRadioButton, "not_executed").click()
    turned = (dialog.primary_button.isEnabled(), sure.isChecked(), sure.text())
    sure.click()

    assert agreed == (True, "I have compared both accounts at Kraken")
    assert turned == (
        False,
        False,
        "The row in the ledger is of something else: I have compared both accounts",
    )
    assert dialog.primary_button.isEnabled()


async def test_a_balance_that_has_moved_without_a_row_is_no_sign_of_nothing(
    opened: Opener, fake: FakeSettling
) -> None:
    """Rows come late: the dialog says that it probably executed, and “not executed” needs other words."""
    fell = BalanceTrace(Decimal(20000), Decimal(7500), Decimal(-12500))
    fake.evidence = replace(evidence(), source_balance=fell)
    dialog = opened()
    await wait_until(lambda: not dialog.busy)

    child(dialog, QRadioButton, "not_executed").click()

    assert "it probably executed, and its row comes late" in child(dialog, QLabel, "verdict").text()
    assert child(dialog, QCheckBox, "sure").text() == (
        "Something else has changed the balance: I have compared both accounts"
    )


@pytest.mark.parametrize(("choice", "executed"), [("executed", True), ("not_executed", False)])
async def test_the_decision_and_its_note_are_recorded(
    opened: Opener, fake: FakeSettling, choice: str, executed: bool
) -> None:
    """What was decided reaches the journal with the note, once."""
    dialog = opened()
    await wait_until(lambda: not dialog.busy)

    child(dialog, QRadioButton, choice).click()
    child(dialog, QLineEdit, "note").setText(" seen at Kraken ")
    child(dialog, QCheckBox, "sure").click()
    dialog.primary_button.click()
    dialog.primary_button.click()
    await wait_until(lambda: dialog.result() == QDialog.DialogCode.Accepted)

    assert fake.settled == [(ID, executed, "seen at Kraken")]
    assert dialog.record.state in (TransferState.EXECUTED, TransferState.NOT_EXECUTED)


async def test_enter_decides_nothing(opened: Opener, fake: FakeSettling) -> None:
    """Enter does not record a decision, even a confirmed one."""
    dialog = opened()
    await wait_until(lambda: not dialog.busy)
    child(dialog, QRadioButton, "executed").click()
    child(dialog, QCheckBox, "sure").click()

    QTest.keyClick(dialog, Qt.Key.Key_Return)
    await turns()

    assert fake.settled == []


async def test_ledgers_can_be_read_again(opened: Opener, fake: FakeSettling) -> None:
    """A row that comes late is found by reading again."""
    dialog = opened()
    await wait_until(lambda: not dialog.busy)
    fake.evidence = evidence((a_row("-12500"),), ())

    dialog.back_button.click()
    await wait_until(lambda: fake.reads == 2 and not dialog.busy)

    assert "it executed" in child(dialog, QLabel, "verdict").text()


async def test_escape_cancels_the_reading_and_a_person_can_still_decide(
    opened: Opener, fake: FakeSettling
) -> None:
    """Without evidence the decision is still possible; nothing is waited for."""
    fake.read_gate = Gate()
    dialog = opened()
    await wait_until(lambda: fake.reads == 1)

    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    await turns()

    assert fake.read_gate.cancelled == 1
    assert dialog.isVisible()
    assert child(dialog, QLabel, "source_ledger_text").text() == "Not read."
    assert child(dialog, QRadioButton, "executed").isEnabled()


async def test_a_failed_reading_is_said_in_place(opened: Opener, fake: FakeSettling) -> None:
    """An error of reading stands in the dialog; the cards do not pretend to be empty."""
    fake.read_error = UnavailableError("Kraken does not answer")

    dialog = opened()
    await wait_until(dialog.problem.isVisible)

    assert child(dialog.problem, QLabel, "problem_title").text() == "Kraken does not answer"
    assert child(dialog, QLabel, "source_ledger_text").text() == "Not read."


async def test_a_decision_that_cannot_be_written_keeps_the_dialog(
    qtbot: QtBot, theme: Theme, fake: FakeSettling
) -> None:
    """When the journal refuses, the reason is shown and nothing counts as settled."""

    async def busy(
        _journal_id: JournalId, *, executed: bool, note: str = "", evidence: Evidence | None = None
    ) -> None:
        raise StoreBusyError("The profile is in use", f"{executed} {note} {evidence}")

    dialog = SettleDialog(RECORD, fake.read, busy, TaskScope("test"), DEMO, theme)  # type: ignore[arg-type]  # it never answers
    qtbot.addWidget(dialog)
    dialog.open()
    await wait_until(lambda: not dialog.busy)

    child(dialog, QRadioButton, "executed").click()
    child(dialog, QCheckBox, "sure").click()
    dialog.primary_button.click()
    await wait_until(dialog.problem.isVisible)

    assert dialog.isVisible()
    assert dialog.record is RECORD
