"""The dialog about a key's one-time password: marking it, and one check by its code."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QCheckBox, QDialog, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from kraken_desk.domain.keys import CheckOutcome, KeyCheck, KeySlot, Problem, SlotId
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.dialogs.code import CodeDialog, CodeSteps
from kraken_desk.ui.theme import Theme
from kraken_desk.ui.widgets.problem_card import ProblemCard
from tests.helpers.builders import NOW, a_slot
from tests.helpers.wait import wait_until as until
from tests.ui.dialogs.fakes import child
from tests.ui.money_samples import DEMO


class FakeKey:
    """A key that is marked and checked as asked."""

    def __init__(self, outcome: CheckOutcome = CheckOutcome.ACCEPTED) -> None:
        self.slot = a_slot(1)
        self.outcome = outcome
        self.asked: list[bool | str] = []

    async def say(self, _slot_id: SlotId, two_factor: bool) -> KeySlot:
        self.asked.append(two_factor)
        self.slot = replace(self.slot, two_factor=two_factor)
        return self.slot

    async def check(self, _slot_id: SlotId, code: str) -> KeyCheck:
        self.asked.append(code)
        problem = None if self.outcome is CheckOutcome.ACCEPTED else Problem("AuthRejectedError", "Refused")
        return KeyCheck(self.slot.key_id, NOW, self.outcome, None, problem)


def shown(qtbot: QtBot, theme: Theme, key: FakeKey) -> CodeDialog:
    dialog = CodeDialog(
        key.slot, CodeSteps(key.say, key.check), TaskScope("test"), DEMO, theme, can="Can trade."
    )
    qtbot.addWidget(dialog)
    dialog.open()
    return dialog


async def test_a_key_is_marked(qtbot: QtBot, theme: Theme) -> None:
    """Without a code nothing is asked of Kraken."""
    key = FakeKey()
    dialog = shown(qtbot, theme, key)
    assert not dialog.primary_button.isEnabled()
    assert child(dialog, QLabel, "ability").text() == "Can trade."

    child(dialog, QCheckBox, "two_factor").setChecked(True)
    dialog.primary_button.click()

    await until(lambda: dialog.result() == QDialog.DialogCode.Accepted)
    assert key.asked == [True]


async def test_a_code_makes_one_check_and_is_wiped(qtbot: QtBot, theme: Theme) -> None:
    """The key is marked first, so that its check is signed with the code."""
    key = FakeKey()
    dialog = shown(qtbot, theme, key)
    child(dialog, QCheckBox, "two_factor").setChecked(True)
    field = child(dialog, QLineEdit, "otp")
    field.setText("123456")

    dialog.primary_button.click()

    assert field.text() == ""
    await until(lambda: dialog.result() == QDialog.DialogCode.Accepted)
    assert key.asked == [True, "123456"]


async def test_a_refusal_is_told_and_the_dialog_stays(qtbot: QtBot, theme: Theme) -> None:
    """A wrong code looks like a wrong signature; what Kraken said is shown."""
    key = FakeKey(CheckOutcome.REJECTED)
    key.slot = replace(key.slot, two_factor=True)
    dialog = shown(qtbot, theme, key)
    child(dialog, QLineEdit, "otp").setText("000000")

    dialog.primary_button.click()

    await until(lambda: child(dialog, ProblemCard, "problem").isVisible())
    assert dialog.isVisible()
    assert key.asked == ["000000"]
