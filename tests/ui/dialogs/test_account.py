"""The account's dialog: its words are kept, and what cannot be kept is answered beside its field."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from kraken_desk.domain.accounts import Account
from kraken_desk.domain.errors import InputError
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.dialogs.account import AccountDialog
from kraken_desk.ui.dialogs.field import Field
from kraken_desk.ui.theme import Theme
from tests.helpers.builders import LAB, an_account
from tests.helpers.wait import wait_until
from tests.ui.dialogs.fakes import child


class Stand:
    def __init__(self, theme: Theme, qtbot: QtBot, error: Exception | None = None) -> None:
        self.kept: list[tuple[str, str, str]] = []
        self.account = an_account(2, label="Carry", tags=("basis",), note="Call Ann")
        self.error = error

        async def describe(*words: str) -> Account:
            if self.error is not None:
                raise self.error
            self.kept.append(words)  # type: ignore[arg-type]  # three of them
            return self.account

        self.dialog = AccountDialog(self.account, describe, TaskScope("test"), LAB, theme)
        qtbot.addWidget(self.dialog)
        self.dialog.open()

    def edit(self, name: str) -> Any:  # a line or a text
        kind = QPlainTextEdit if name == "note" else QLineEdit
        return child(self.dialog, kind, name)

    def message(self, name: str) -> str:
        return child(self.dialog, Field, f"{name}_field").message

    @property
    def primary(self) -> QPushButton:
        return self.dialog.primary_button


async def test_words_are_kept_as_typed(qtbot: QtBot, theme: Theme) -> None:
    """Nothing can be saved before something has changed; then all three go together."""
    stand = Stand(theme, qtbot)
    before = stand.primary.isEnabled()

    stand.edit("tags").setText("basis, trend")
    stand.edit("note").setPlainText("Call Ann\nor Bob")
    stand.primary.click()
    await wait_until(lambda: bool(stand.kept))

    assert not before
    assert stand.kept == [("Carry", "Call Ann\nor Bob", "basis, trend")]
    await wait_until(lambda: not stand.dialog.isVisible())


@pytest.mark.parametrize("text", ["a/b", "x" * 25])
async def test_a_tag_that_is_none_is_told_at_once(qtbot: QtBot, theme: Theme, text: str) -> None:
    """Beside its field, while it is typed."""
    stand = Stand(theme, qtbot)

    stand.edit("tags").setText(text)

    assert "Not a usable tag" in stand.message("tags")


async def test_a_refusal_stands_beside_its_field(qtbot: QtBot, theme: Theme) -> None:
    """The words stay, and can be mended."""
    stand = Stand(theme, qtbot, InputError("The name is taken", "Another account is called so."))

    stand.edit("label").setText("Main")
    stand.primary.click()
    await wait_until(lambda: "The name is taken" in stand.message("label"))

    assert stand.edit("label").text() == "Main"
    assert stand.dialog.isVisible()
