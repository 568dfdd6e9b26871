"""The transfer dialog from review to result: everything is sent at most once, and every end is told."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from kraken_desk.domain.errors import InvalidAmountError, RouteBlockedError
from kraken_desk.domain.transfers import PlanCheck, TransferState
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.dialogs.transfer import SEND_GROUP, Step, TransferDialog
from kraken_desk.ui.theme import Theme
from kraken_desk.ui.widgets.amount_edit import AmountEdit
from kraken_desk.ui.widgets.problem_card import ProblemCard
from tests.helpers.wait import wait_until as until
from tests.ui.dialogs.fakes import FakeTransfers, Gate, child, turns
from tests.ui.dialogs.transfer_stage import START, Opener, message, to_review, type_amount
from tests.ui.money_samples import (
    DEMO,
    INSUFFICIENT,
    LIVE,
    LOST_REPLY,
    a_plan,
    a_record,
    a_route,
)


async def test_the_review_repeats_both_ends_in_words(qtbot: QtBot, opened: Opener) -> None:
    """The review says amount, both accounts with their kind, the environment, and what its key can do."""
    dialog = opened(environment=LIVE)

    await to_review(qtbot, dialog)

    assert child(dialog, QLabel, "title").text() == (
        "Send 12\u2009500.00 USD from Momentum (subaccount) to Meridian Capital (master)"
    )
    assert child(dialog, QLabel, "environment").text() == "PRODUCTION"
    assert "real money" in child(dialog, QLabel, "environment_sentence").text()
    assert child(dialog, QPushButton, "send").text() == "Send 12\u2009500.00 USD to Meridian Capital"
    said = [label.text() for label in dialog.findChildren(QLabel, "ability") if label.isVisible()]
    assert said == ["Can read balances and withdraw."]


async def test_enter_twice_sends_nothing(qtbot: QtBot, opened: Opener, fake: FakeTransfers) -> None:
    """Enter goes to the review; a second Enter there does not send."""
    dialog = opened()
    type_amount(qtbot, dialog, "12500")

    QTest.keyClick(child(dialog, AmountEdit, "amount"), Qt.Key.Key_Return)
    await until(lambda: dialog.step is Step.REVIEW)
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    await turns()

    assert fake.sent == []
    assert dialog.step is Step.REVIEW


async def test_a_double_click_sends_once(qtbot: QtBot, opened: Opener, fake: FakeTransfers) -> None:
    """Two clicks on Send, one after the other, are one transfer."""
    fake.send_gate = Gate()
    dialog = opened()
    await to_review(qtbot, dialog)
    send = child(dialog, QPushButton, "send")

    QTest.mouseClick(send, Qt.MouseButton.LeftButton)
    QTest.mouseClick(send, Qt.MouseButton.LeftButton)
    QTest.mouseDClick(send, Qt.MouseButton.LeftButton)
    await turns()
    fake.send_gate.open()
    await until(lambda: dialog.step is Step.RESULT)

    assert len(fake.sent) == 1


async def test_a_transfer_beside_one_on_its_way_is_refused_in_words(
    qtbot: QtBot, theme: Theme, fake: FakeTransfers
) -> None:
    """A dialog that was closed meanwhile still sends; the next one says so instead of doing nothing."""
    fake.send_gate = Gate()
    scope, dialogs = TaskScope("test"), []
    for _ in range(2):
        dialog = TransferDialog(fake.steps(), scope, DEMO, theme, START)
        qtbot.addWidget(dialog)
        dialog.open()
        await to_review(qtbot, dialog)
        child(dialog, QPushButton, "send").click()
        dialogs.append(dialog)
        dialog.cancel_button.click()
    await turns()
    fake.send_gate.open()
    await until(lambda: not scope.groups.value)

    assert len(fake.sent) == 1
    assert "still under way" in child(dialogs[1].problem, QLabel, "problem_title").text()


async def test_what_was_reviewed_is_what_is_sent(qtbot: QtBot, opened: Opener, fake: FakeTransfers) -> None:
    """The plan on the review page is the one handed to send, unchanged."""
    dialog = opened()
    await to_review(qtbot, dialog, "12500")

    child(dialog, QPushButton, "send").click()
    await until(lambda: dialog.step is Step.RESULT)

    assert fake.sent == [a_plan("12500", route=a_route())]


@pytest.mark.parametrize(
    ("state", "sign", "said"),
    [
        (TransferState.CONFIRMED, "✓ confirmed", "Kraken confirmed it."),
        (TransferState.REJECTED, "✕ rejected", "Nothing moved."),
        (TransferState.UNKNOWN, "? unknown", "may or may not have executed."),
    ],
)
async def test_the_end_says_what_it_means(
    qtbot: QtBot, opened: Opener, fake: FakeTransfers, state: TransferState, sign: str, said: str
) -> None:
    """Each outcome is shown with its sign, its word and its meaning for the money."""
    problems = {TransferState.REJECTED: INSUFFICIENT, TransferState.UNKNOWN: LOST_REPLY}
    fake.record = a_record(state, problem=problems.get(state))
    dialog = opened()
    await to_review(qtbot, dialog)

    child(dialog, QPushButton, "send").click()
    await until(lambda: dialog.step is Step.RESULT)

    assert child(dialog, QLabel, "result_state").text() == sign
    assert said in child(dialog, QLabel, "result_meaning").text()
    assert dialog.record is fake.record


async def test_an_unknown_end_forbids_repeating_it(qtbot: QtBot, opened: Opener, fake: FakeTransfers) -> None:
    """An unknown outcome says that the route is blocked and that it must not be repeated at Kraken."""
    fake.record = a_record(TransferState.UNKNOWN, problem=LOST_REPLY)
    dialog = opened()
    await to_review(qtbot, dialog)

    child(dialog, QPushButton, "send").click()
    await until(lambda: dialog.step is Step.RESULT)

    meaning = child(dialog, QLabel, "result_meaning").text()
    assert "route is blocked" in meaning
    assert "Do not repeat it at Kraken" in meaning
    assert not child(dialog, QPushButton, "send").isVisible()


async def test_kraken_s_own_words_stand_in_a_rejection(
    qtbot: QtBot, opened: Opener, fake: FakeTransfers
) -> None:
    """A rejected transfer shows Kraken's error string as it came."""
    fake.record = a_record(TransferState.REJECTED, problem=INSUFFICIENT)
    dialog = opened()
    await to_review(qtbot, dialog)

    child(dialog, QPushButton, "send").click()
    await until(lambda: dialog.step is Step.RESULT)

    card = child(dialog, ProblemCard, "result_problem")
    assert child(card, QLabel, "problem_kraken").text() == "Kraken: EFunding:Insufficient funds"


async def test_a_blocked_route_is_said_in_the_form(qtbot: QtBot, opened: Opener, fake: FakeTransfers) -> None:
    """A plan refused by a rule shows the reason in place and no review."""
    fake.plan_error = RouteBlockedError("This route is blocked", "One is unknown.", "Settle it first.")
    dialog = opened()

    type_amount(qtbot, dialog, "5")
    dialog.primary_button.click()
    await until(dialog.problem.isVisible)

    assert child(dialog.problem, QLabel, "problem_title").text() == "This route is blocked"
    assert dialog.step is Step.FORM
    assert not dialog.busy


async def test_an_amount_refused_by_fresh_figures_is_answered_beside_it(
    qtbot: QtBot, opened: Opener, fake: FakeTransfers
) -> None:
    """When the plan finds less than the form knew, the amount's field says so."""
    fake.plan_error = InvalidAmountError("More than is available", "2.00 USD can move.", "Lower it.")
    dialog = opened()

    type_amount(qtbot, dialog, "5")
    dialog.primary_button.click()
    await until(lambda: bool(message(dialog, "amount")))

    assert message(dialog, "amount") == "More than is available. 2.00 USD can move. Lower it."


async def test_a_plan_that_fails_a_check_is_not_reviewed(
    qtbot: QtBot, opened: Opener, fake: FakeTransfers
) -> None:
    """A failed check keeps the form, gives its reason and offers to check again."""
    fake.plan_answer = a_plan(
        checks=(PlanCheck("funds stale", False, "The figures could not be read again."),)
    )
    dialog = opened()

    type_amount(qtbot, dialog, "12500")
    dialog.primary_button.click()
    await until(lambda: dialog.primary_button.text() == "Check again")

    assert dialog.step is Step.FORM
    assert child(dialog, QLabel, "check_reasons").text() == "The figures could not be read again."


async def test_cancel_while_planning_cancels_the_task_and_keeps_the_form(
    qtbot: QtBot, opened: Opener, fake: FakeTransfers
) -> None:
    """Escape during the reading ends the reading, not the dialog."""
    fake.plan_gate = Gate()
    dialog = opened()
    type_amount(qtbot, dialog, "5")
    dialog.primary_button.click()
    await until(lambda: len(fake.planned) == 1)
    was_busy = dialog.busy

    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    await turns()

    assert was_busy
    assert fake.plan_gate.cancelled == 1
    assert dialog.isVisible()
    assert not dialog.busy


async def test_escape_closes_an_idle_dialog_without_sending(
    qtbot: QtBot, opened: Opener, fake: FakeTransfers
) -> None:
    """Escape on the review cancels everything."""
    dialog = opened()
    await to_review(qtbot, dialog)

    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    await turns()

    assert dialog.result() == QDialog.DialogCode.Rejected
    assert not dialog.isVisible()
    assert fake.sent == []


async def test_closing_while_it_is_sent_does_not_cancel_the_transfer(
    qtbot: QtBot, theme: Theme, fake: FakeTransfers
) -> None:
    """What left this machine cannot be taken back: the task goes on after the dialog is closed."""
    fake.send_gate = Gate()
    scope = TaskScope("test")
    dialog = TransferDialog(fake.steps(), scope, DEMO, theme, START)
    qtbot.addWidget(dialog)
    dialog.open()
    await to_review(qtbot, dialog)
    child(dialog, QPushButton, "send").click()
    await until(lambda: len(fake.sent) == 1)

    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    await turns()
    still_running = scope.running(SEND_GROUP)
    fake.send_gate.open()
    await until(lambda: not scope.running(SEND_GROUP))

    assert not dialog.isVisible()
    assert still_running
    assert fake.send_gate.cancelled == 0


async def test_a_refusal_before_sending_says_that_nothing_was_sent(
    qtbot: QtBot, opened: Opener, fake: FakeTransfers
) -> None:
    """An error of send means nothing left this machine; Send stays off until planned anew."""
    fake.send_error = RouteBlockedError("This route is blocked", "Another one is unknown.", "Settle it.")
    dialog = opened()
    await to_review(qtbot, dialog)

    child(dialog, QPushButton, "send").click()
    await until(dialog.problem.isVisible)

    assert child(dialog, QLabel, "title").text() == "Nothing was sent"
    assert not child(dialog, QPushButton, "send").isEnabled()


async def test_back_plans_anew(qtbot: QtBot, opened: Opener, fake: FakeTransfers) -> None:
    """Back leads to the form with its amount; the next review reads fresh figures."""
    dialog = opened()
    await to_review(qtbot, dialog)

    dialog.back_button.click()
    dialog.primary_button.click()
    await until(lambda: dialog.step is Step.REVIEW)

    assert len(fake.planned) == 2
