"""The transfer dialog by mouse and keyboard: every bad input answered, everything sent at most once."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QDialog, QLabel, QPushButton, QScrollArea, QTabBar
from pytestqt.qtbot import QtBot

from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import InvalidAmountError, RouteBlockedError, UnavailableError
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.transfers import PlanCheck, TransferState
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.dialogs.transfer import SEND_GROUP, Step, TransferDialog
from kraken_desk.ui.dialogs.transfer_steps import TransferStart
from kraken_desk.ui.theme import Theme
from kraken_desk.ui.widgets.account_combo import AccountCombo
from kraken_desk.ui.widgets.amount_edit import AmountEdit
from kraken_desk.ui.widgets.figures_table import FiguresTable
from kraken_desk.ui.widgets.problem_card import ProblemCard
from tests.helpers.wait import wait_until as until
from tests.ui.dialogs.fakes import FakeTransfers, Gate, child, turns
from tests.ui.money_samples import (
    BASIS,
    BTC,
    DEMO,
    INSUFFICIENT,
    LIVE,
    LOST_REPLY,
    MASTER,
    MOMENTUM,
    USD,
    a_plan,
    a_record,
    a_route,
    an_end,
    dec,
)

START = TransferStart(Venue.SPOT, MOMENTUM.account_id, MASTER.account_id, USD)
Opener = Callable[..., TransferDialog]


@pytest.fixture
def fake() -> FakeTransfers:
    return FakeTransfers()


@pytest.fixture
def opened(qtbot: QtBot, theme: Theme, fake: FakeTransfers) -> Opener:
    def open_dialog(start: TransferStart = START, environment: Environment = DEMO) -> TransferDialog:
        dialog = TransferDialog(fake.steps(), TaskScope("test"), environment, theme, start)
        qtbot.addWidget(dialog)
        dialog.open()
        return dialog

    return open_dialog


def message(dialog: TransferDialog, name: str) -> str:
    label = child(dialog, QLabel, f"{name}_message")
    return label.text() if label.isVisible() else ""


def type_amount(qtbot: QtBot, dialog: TransferDialog, text: str) -> None:
    edit = child(dialog, AmountEdit, "amount")
    edit.setFocus()
    edit.setText("")
    QTest.keyClicks(edit, text)


async def to_review(qtbot: QtBot, dialog: TransferDialog, amount: str = "12500") -> None:
    type_amount(qtbot, dialog, amount)
    dialog.primary_button.click()
    await until(lambda: dialog.step is Step.REVIEW)


async def test_the_form_shows_the_consequence_before_the_act(
    qtbot: QtBot, opened: Opener, fake: FakeTransfers
) -> None:
    """Figures before and after, signing key, endpoint and checks stand in the form once typing rests."""
    dialog = opened()

    type_amount(qtbot, dialog, "12500")
    await until(lambda: child(dialog, QLabel, "endpoint").text() == "AccountTransfer")

    assert fake.planned == [(a_route(), USD, dec("12500"))]
    assert child(dialog, FiguresTable, "figures").texts() == [
        ["", "before", "after"],
        ["Momentum", "103\u2009992.10", "91\u2009492.10"],
        ["Meridian Capital", "48\u2009210.55", "60\u2009710.55"],
        ["Total", "152\u2009202.65", "✓ 152\u2009202.65"],
    ]
    assert child(dialog, QLabel, "signed_by").text() == "desk treasury"
    assert dialog.primary_button.text() == "Review 12\u2009500.00 USD → Meridian Capital"


async def test_the_review_repeats_both_ends_in_words(qtbot: QtBot, opened: Opener) -> None:
    """The review says amount, both accounts with their kind, and the environment."""
    dialog = opened(environment=LIVE)

    await to_review(qtbot, dialog)

    assert child(dialog, QLabel, "title").text() == (
        "Send 12\u2009500.00 USD from Momentum (subaccount) to Meridian Capital (master)"
    )
    assert child(dialog, QLabel, "environment").text() == "PRODUCTION"
    assert "real money" in child(dialog, QLabel, "environment_sentence").text()
    assert child(dialog, QPushButton, "send").text() == "Send 12\u2009500.00 USD to Meridian Capital"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("0", "The amount is zero."),
        ("-5", "The amount is negative."),
        ("12,5", "The amount has a comma."),
        ("1.23456", "The amount has too many decimals."),
        ("103992.11", "More than is available."),
    ],
)
async def test_a_bad_amount_is_answered_beside_the_field(
    qtbot: QtBot, opened: Opener, fake: FakeTransfers, typed: str, said: str
) -> None:
    """The reason stands below the amount while it is typed, and Review goes nowhere."""
    dialog = opened()

    type_amount(qtbot, dialog, typed)
    dialog.primary_button.click()
    await turns()

    assert message(dialog, "amount").startswith(said)
    assert dialog.step is Step.FORM
    assert fake.planned == []


async def test_the_same_account_twice_is_answered_beside_to(qtbot: QtBot, opened: Opener) -> None:
    """Choosing one account for both ends is answered at once."""
    dialog = opened()

    child(dialog, AccountCombo, "destination").choose(MOMENTUM.account_id)
    await turns()

    assert message(dialog, "destination").startswith("Both ends are the same account.")


async def test_what_is_missing_is_only_named_when_asked_for(qtbot: QtBot, opened: Opener) -> None:
    """An empty form opens without a reproach; Review names what is missing."""
    dialog = opened(TransferStart())
    before = [message(dialog, name) for name in ("source", "destination", "amount")]

    dialog.primary_button.click()
    await turns()

    assert before == ["", "", ""]
    assert message(dialog, "source").startswith("No source.")
    assert message(dialog, "amount").startswith("No amount.")


async def test_all_available_fills_the_exact_amount(qtbot: QtBot, opened: Opener) -> None:
    """The offer inside the field fills in every digit that can be moved."""
    dialog = opened()

    child(dialog, QPushButton, "all_available").click()
    await turns()

    assert child(dialog, AmountEdit, "amount").amount() == dec("103992.10")


async def test_what_the_source_does_not_hold_cannot_be_sent(
    qtbot: QtBot, opened: Opener, fake: FakeTransfers
) -> None:
    """An asset missing from figures that were read is zero, not unknown."""
    fake.available = None
    dialog = opened()
    assets = child(dialog, QComboBox, "asset")
    await until(lambda: assets.findData("ETH") >= 0)

    assets.setCurrentIndex(assets.findData("ETH"))
    hint = message(dialog, "amount")
    type_amount(qtbot, dialog, "1")

    assert hint == "The source holds none of it that can be moved."
    assert message(dialog, "amount").startswith("More than is available. 0.00 ETH can be moved.")


async def test_money_of_a_subaccount_goes_to_the_master_unless_told_otherwise(opened: Opener) -> None:
    """The only master is proposed as destination; a chosen destination is left alone."""
    dialog = opened(TransferStart())
    source = child(dialog, AccountCombo, "source")
    destination = child(dialog, AccountCombo, "destination")

    source.choose(MOMENTUM.account_id)
    proposed = destination.chosen()
    destination.choose(BASIS.account_id)
    source.choose(MASTER.account_id)
    source.choose(MOMENTUM.account_id)

    assert proposed == MASTER.account_id
    assert destination.chosen() == BASIS.account_id


async def test_swap_exchanges_both_ends(qtbot: QtBot, opened: Opener) -> None:
    """Swap turns the transfer round."""
    dialog = opened()

    child(dialog, QPushButton, "swap").click()
    await turns()

    assert child(dialog, AccountCombo, "source").chosen() == MASTER.account_id
    assert child(dialog, AccountCombo, "destination").chosen() == MOMENTUM.account_id


async def test_an_account_that_cannot_be_an_end_is_not_chosen(qtbot: QtBot, opened: Opener) -> None:
    """On Futures an account without a uid stays listed with its reason and cannot be chosen."""
    dialog = opened(TransferStart(Venue.SPOT, MOMENTUM.account_id))

    child(dialog, QTabBar, "venue").setCurrentIndex(1)
    combo = child(dialog, AccountCombo, "destination")
    combo.choose(BASIS.account_id)
    await turns()

    assert combo.chosen() is None
    assert "its Futures uid is not known yet" in combo.itemText(2)


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


async def test_a_lost_asset_list_leaves_what_is_held(qtbot: QtBot, theme: Theme, fake: FakeTransfers) -> None:
    """When Kraken's asset list cannot be read, what the source holds can still be moved."""
    steps = fake.steps()

    async def no_assets(_venue: Venue) -> tuple[()]:
        raise UnavailableError("Kraken does not answer")

    dialog = TransferDialog(
        type(steps)(steps.ends, no_assets, steps.places, steps.available, steps.held, steps.plan, steps.send),
        TaskScope("test"),
        DEMO,
        theme,
        START,
    )
    qtbot.addWidget(dialog)
    dialog.open()
    await turns()

    combo = child(dialog, QComboBox, "asset")
    assert [combo.itemText(row) for row in range(combo.count())] == ["USD", "BTC"]


async def test_the_form_proposes_what_the_source_holds(
    qtbot: QtBot, theme: Theme, fake: FakeTransfers
) -> None:
    """Until a person chooses an asset, it follows the source: US dollars before others, else what is held."""
    held = {MASTER.account_id: (BTC, USD), MOMENTUM.account_id: (BTC,)}
    steps = replace(fake.steps(), held=lambda account, _venue: held[account])
    dialog = TransferDialog(steps, TaskScope("test"), DEMO, theme, TransferStart(source=MASTER.account_id))
    qtbot.addWidget(dialog)
    dialog.open()
    source, asset = child(dialog, AccountCombo, "source"), child(dialog, QComboBox, "asset")
    await until(lambda: asset.findData("ETH") >= 0)
    assert asset.currentText() == "USD"

    source.choose(MOMENTUM.account_id)
    assert asset.currentText() == "BTC"

    asset.setCurrentIndex(asset.findData("ETH"))
    source.choose(MASTER.account_id)
    assert asset.currentText() == "ETH"


async def test_a_very_long_name_does_not_widen_the_dialog(
    qtbot: QtBot, theme: Theme, fake: FakeTransfers
) -> None:
    """Whatever accounts are called, every field stays inside the dialog on form and review."""
    long = replace(MOMENTUM, label="W" * 60)
    steps = replace(fake.steps(), ends=lambda _venue: (an_end(MASTER), an_end(long)))
    fake.plan_answer = replace(a_plan(), source_label=long.label)
    dialog = TransferDialog(steps, TaskScope("test"), DEMO, theme, START)
    qtbot.addWidget(dialog)
    dialog.open()
    page = child(dialog, QScrollArea, "body").widget()
    assert page is not None
    assert page.minimumSizeHint().width() <= 512

    await to_review(qtbot, dialog)

    assert page.minimumSizeHint().width() <= 512
    assert dialog.width() == 560
