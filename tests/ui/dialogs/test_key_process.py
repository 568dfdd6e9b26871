"""ProcessDialog: which process uses a key, and its client library."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QComboBox, QLabel
from pytestqt.qtbot import QtBot

from kraken_desk.domain.errors import InputError
from kraken_desk.domain.keys import SlotId
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.dialogs.key_process import ProcessDialog
from kraken_desk.ui.theme import Theme
from tests.helpers.builders import LAB, a_key
from tests.helpers.wait import wait_until

SLOT = a_key(1, process="grid", client="ccxt").slot


class Given:
    """Remembers what was said of a key; `error` refuses it."""

    def __init__(self) -> None:
        self.made: list[tuple[SlotId, str, str]] = []
        self.error: InputError | None = None

    async def assign(self, slot_id: SlotId, process: str, client: str) -> None:
        if self.error is not None:
            raise self.error
        self.made.append((slot_id, process, client))


@pytest.fixture
def given() -> Given:
    return Given()


@pytest.fixture
def dialog(qtbot: QtBot, theme: Theme, given: Given) -> ProcessDialog:
    made = ProcessDialog(SLOT, ("grid", "momentum"), given.assign, TaskScope("test"), LAB, theme)
    qtbot.addWidget(made)
    made.show()
    return made


def box(dialog: ProcessDialog, name: str) -> QComboBox:
    found = dialog.findChild(QComboBox, name)
    assert isinstance(found, QComboBox)
    return found


async def test_process_and_client_are_said(dialog: ProcessDialog, given: Given) -> None:
    """The dialog starts with what is known, and says at which scale checks are signed from now on."""
    client = box(dialog, "key_client")
    shown = (box(dialog, "key_process").currentText(), client.currentText())
    box(dialog, "key_process").setCurrentText("  new   bot ")
    client.setCurrentIndex(client.findData("python-kraken-sdk"))
    said = dialog.findChild(QLabel, "scale")
    assert isinstance(said, QLabel)

    dialog.primary_button.click()
    await wait_until(lambda: not dialog.isVisible())

    assert shown == ("grid", "ccxt")
    assert said.text().startswith("python-kraken-sdk counts nonces in ")
    assert given.made == [(SLOT.slot_id, "new bot", "python-kraken-sdk")]


async def test_the_desks_own_key_has_no_other_client(dialog: ProcessDialog, given: Given) -> None:
    """Its client is not asked for."""
    box(dialog, "key_process").setCurrentText("kraken desk")
    assert not box(dialog, "key_client").isVisibleTo(dialog)

    dialog.primary_button.click()
    await wait_until(lambda: not dialog.isVisible())

    assert given.made == [(SLOT.slot_id, "Kraken Desk", "kraken-desk")]


async def test_a_refusal_stays_at_the_field(dialog: ProcessDialog, given: Given) -> None:
    """What was typed is not lost."""
    given.error = InputError("The process is too long", "It has too many letters.", "Shorten it.")

    dialog.primary_button.click()
    await wait_until(lambda: not dialog.busy)

    assert dialog.isVisible()
    assert box(dialog, "key_process").currentText() == "grid"
    assert any("too long" in label.text() for label in dialog.findChildren(QLabel))
