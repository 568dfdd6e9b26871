"""What the tests of the transfer dialog stand on: an open dialog over fake services, and hands."""

from collections.abc import Callable

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from kraken_desk.domain.keys import Venue
from kraken_desk.ui.dialogs.transfer import Step, TransferDialog
from kraken_desk.ui.dialogs.transfer_steps import TransferStart
from kraken_desk.ui.widgets.amount_edit import AmountEdit
from tests.helpers.wait import wait_until as until
from tests.ui.dialogs.fakes import child
from tests.ui.money_samples import (
    MASTER,
    MOMENTUM,
    USD,
)

START = TransferStart(Venue.SPOT, MOMENTUM.account_id, MASTER.account_id, USD)
Opener = Callable[..., TransferDialog]


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
    await until(dialog.primary_button.isEnabled)
    dialog.primary_button.click()
    await until(lambda: dialog.step is Step.REVIEW)
