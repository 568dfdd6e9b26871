"""The review asks for what the limits want said, and sends nothing before."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QCheckBox, QLineEdit
from pytestqt.qtbot import QtBot

from kraken_desk.domain.limits import Consent
from kraken_desk.domain.transfers import PlanCheck, TransferPlan
from tests.helpers.wait import wait_until as until
from tests.ui.dialogs.fakes import FakeTransfers, child
from tests.ui.dialogs.transfer_stage import START, Opener, to_review
from tests.ui.money_samples import a_plan


def asking(*names: str) -> TransferPlan:
    plan = a_plan("12500")
    return replace(plan, checks=(*plan.checks, *(PlanCheck(n, True, f"{n}.", warns=True) for n in names)))


async def test_a_first_use_is_ticked(qtbot: QtBot, opened: Opener, fake: FakeTransfers) -> None:
    """Send is possible only when the destination is confirmed, and says so to the services."""
    fake.plan_answer = asking("first use")
    dialog = opened(START)
    await to_review(qtbot, dialog)
    assert not dialog.send_button.isEnabled()

    child(dialog, QCheckBox, "confirm_destination").setChecked(True)
    dialog.send_button.click()

    await until(lambda: bool(fake.said))
    assert fake.said == [(Consent(destination=True), "")]


async def test_a_name_is_typed(qtbot: QtBot, opened: Opener, fake: FakeTransfers) -> None:
    """Above the threshold the destination's name opens Send; another does not."""
    fake.plan_answer = asking("typed-above")
    dialog = opened(START)
    await to_review(qtbot, dialog)
    field = child(dialog, QLineEdit, "typed_name")

    field.setText("Somebody else")
    assert not dialog.send_button.isEnabled()
    field.setText(fake.plan_answer.destination_label.upper())
    assert dialog.send_button.isEnabled()


async def test_a_name_typed_beside_another_is_said_by_itself(
    qtbot: QtBot, opened: Opener, fake: FakeTransfers
) -> None:
    """What opens Send is what the services are told, line by line."""
    fake.plan_answer = asking("typed-above")
    label = fake.plan_answer.destination_label
    dialog = opened(START)
    await to_review(qtbot, dialog)

    child(dialog, QLineEdit, "typed_name").setText(f"Reserve, {label}")
    dialog.send_button.click()

    await until(lambda: bool(fake.said))
    assert fake.said == [(Consent(typed=f"Reserve, {label}\nReserve\n{label}"), "")]


async def test_a_one_time_password_is_asked_and_wiped(
    qtbot: QtBot, opened: Opener, fake: FakeTransfers
) -> None:
    """A key with 2FA asks for its code at the moment of use; the field is empty afterwards."""
    fake.two_factor = True
    dialog = opened(START)
    await to_review(qtbot, dialog)
    field = child(dialog, QLineEdit, "otp")
    assert not dialog.send_button.isEnabled()

    field.setText("123456")
    dialog.send_button.click()

    await until(lambda: bool(fake.said))
    assert fake.said == [(Consent(), "123456")]
    assert field.text() == ""
    assert field.echoMode() is QLineEdit.EchoMode.Password


async def test_nothing_is_asked_without_need(qtbot: QtBot, opened: Opener, fake: FakeTransfers) -> None:
    """Without limits in the way Send is ready at once."""
    dialog = opened(START)

    await to_review(qtbot, dialog)

    assert dialog.send_button.isEnabled()
    assert not child(dialog, QCheckBox, "confirm_destination").isVisible()
