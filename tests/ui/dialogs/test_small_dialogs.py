"""Renaming an account, and what the common frame promises to every dialog."""

import asyncio

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.environments import UAT, Environment
from kraken_desk.domain.errors import InputError, UnavailableError
from kraken_desk.domain.keys import KeySlot, SlotId
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.dialogs.frame import DialogFrame
from kraken_desk.ui.dialogs.rename import RenameAccountDialog, RenameKeyDialog
from kraken_desk.ui.theme import Theme
from kraken_desk.ui.widgets.problem_card import ProblemCard
from tests.helpers.builders import a_slot
from tests.helpers.wait import wait_until
from tests.ui.dialogs.fakes import child
from tests.ui.money_samples import DEMO, LIVE, MOMENTUM


class FakeRename:
    """Renames, or refuses as told."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.renamed: list[tuple[AccountId, str]] = []

    async def __call__(self, account_id: AccountId, label: str) -> None:
        self.renamed.append((account_id, label))
        await asyncio.sleep(0)
        if self.error is not None:
            raise self.error


def rename_dialog(qtbot: QtBot, theme: Theme, rename: FakeRename) -> RenameAccountDialog:
    dialog = RenameAccountDialog(MOMENTUM, rename, TaskScope("test"), DEMO, theme)
    qtbot.addWidget(dialog)
    dialog.open()
    return dialog


async def test_enter_renames_the_account(qtbot: QtBot, theme: Theme) -> None:
    """Enter in the name does what the button says, and the dialog ends accepted."""
    rename = FakeRename()
    dialog = rename_dialog(qtbot, theme, rename)
    edit = child(dialog, QLineEdit, "label")

    edit.setText("Trend")
    said = dialog.primary_button.text()
    QTest.keyClick(edit, Qt.Key.Key_Return)
    await wait_until(lambda: dialog.result() == QDialog.DialogCode.Accepted)

    assert said == "Rename to “Trend”"
    assert rename.renamed == [(MOMENTUM.account_id, "Trend")]


async def test_a_key_is_renamed_in_the_same_way(qtbot: QtBot, theme: Theme) -> None:
    """Its API key stands below the name, shortened, and what it can do above it."""
    given: list[tuple[SlotId, str]] = []

    async def rename(slot_id: SlotId, name: str) -> KeySlot:
        given.append((slot_id, name))
        return a_slot(1, name=name)

    dialog = RenameKeyDialog(
        a_slot(1), rename, TaskScope("test"), DEMO, theme, can="Can read balances; cannot withdraw."
    )
    qtbot.addWidget(dialog)
    dialog.open()

    said = child(dialog, QLabel, "ability").text()
    child(dialog, QLineEdit, "label").setText("main treasury")
    QTest.keyClick(child(dialog, QLineEdit, "label"), Qt.Key.Key_Return)
    await wait_until(lambda: dialog.result() == QDialog.DialogCode.Accepted)

    assert said == "Can read balances; cannot withdraw."
    assert given == [(SlotId("slot-1"), "main treasury")]


async def test_an_unchanged_or_empty_name_cannot_be_stored(qtbot: QtBot, theme: Theme) -> None:
    """Without a new name there is nothing to do."""
    dialog = rename_dialog(qtbot, theme, FakeRename())
    unchanged = dialog.primary_button.isEnabled()

    child(dialog, QLineEdit, "label").setText("   ")

    assert not unchanged
    assert not dialog.primary_button.isEnabled()


async def test_a_taken_name_is_answered_beside_the_field(qtbot: QtBot, theme: Theme) -> None:
    """The reason stands below the name, not in a second dialog."""
    taken = InputError("The name is taken", "Another account is called “Basis”.", "Choose another name.")
    dialog = rename_dialog(qtbot, theme, FakeRename(taken))

    child(dialog, QLineEdit, "label").setText("Basis")
    dialog.primary_button.click()
    message = child(dialog, QLabel, "label_message")
    await wait_until(lambda: message.text().startswith("The name is taken."))

    assert dialog.isVisible()
    assert not dialog.busy


def test_a_problem_is_shown_in_full_and_copied_without_secrets(qtbot: QtBot, theme: Theme) -> None:
    """What happened, what it means, Kraken's words and the next step; a key-like text is masked."""
    error = UnavailableError(
        "Kraken does not answer",
        f"No answer about {'A' * 60}.",
        "Try again in a minute.",
        kraken=("EService:Unavailable",),
    )
    dialog = DialogFrame("Transfer", "", DEMO, theme)
    qtbot.addWidget(dialog)

    dialog.show_problem(error)
    child(dialog, QPushButton, "copy_problem").click()

    copied = QGuiApplication.clipboard().text()
    assert copied == (
        "Kraken does not answer\nNo answer about ••••.\nKraken: EService:Unavailable\n"
        "Try again in a minute.\n(UnavailableError)"
    )


@pytest.mark.parametrize(("environment", "tone"), [(DEMO, "accent"), (UAT, "warn"), (LIVE, "danger")])
def test_every_dialog_names_its_environment_in_words_and_colour(
    qtbot: QtBot, theme: Theme, environment: Environment, tone: str
) -> None:
    """The environment stands in the window title and beside the head, coloured by its kind."""
    dialog = DialogFrame("Transfer", "One sentence.", environment, theme)
    qtbot.addWidget(dialog)

    pill = child(dialog, QLabel, "environment")

    assert dialog.windowTitle() == f"Transfer · {environment.name}"
    assert pill.text() == environment.name.upper()
    assert pill.property("tone") == tone


def test_a_name_with_an_ampersand_is_written_out(qtbot: QtBot, theme: Theme) -> None:
    """An account's name is text on a button, never a shortcut; too long a name is elided."""
    dialog = DialogFrame("Transfer", "", DEMO, theme)
    qtbot.addWidget(dialog)

    dialog.set_primary("Send 1.00 USD to R&D")
    short = dialog.primary_button.text()
    dialog.set_primary("Send 1.00 USD to " + "A very long name of an account " * 5)

    assert short == "Send 1.00 USD to R&&D"
    assert dialog.primary_button.text().endswith("…")
    assert dialog.primary_button.accessibleName().endswith("name of an account ")


def test_a_busy_dialog_takes_no_act(qtbot: QtBot, theme: Theme) -> None:
    """While something runs the primary button is off and says nothing is to be pressed."""
    dialog = DialogFrame("Transfer", "", DEMO, theme)
    qtbot.addWidget(dialog)
    dialog.add_page("page")
    dialog.set_primary("Go")
    dialog.open()

    dialog.set_busy("Working …")
    busy = dialog.primary_button.isEnabled()
    dialog.set_busy("")

    assert not busy
    assert dialog.primary_button.isEnabled()


def test_a_problem_is_announced_to_screen_readers(qtbot: QtBot, theme: Theme) -> None:
    """The card's accessible texts hold what it shows."""
    dialog = DialogFrame("Transfer", "", DEMO, theme)
    qtbot.addWidget(dialog)

    dialog.show_problem(UnavailableError("No answer", "For 15 s.", "Try later.", kraken=("EService:Busy",)))

    card = child(dialog, ProblemCard, "problem")
    assert card.accessibleName() == "No answer"
    assert card.accessibleDescription() == "For 15 s. EService:Busy Try later."


class SmallScreen(DialogFrame):
    """A dialog on a screen with room for 300 pixels."""

    def room(self) -> int:
        return 300


def test_on_a_small_screen_the_page_scrolls_and_the_acts_stay(qtbot: QtBot, theme: Theme) -> None:
    """Title and buttons are always there; only what is between them scrolls to the focus."""
    dialog = SmallScreen("Transfer", "One sentence.", DEMO, theme)
    qtbot.addWidget(dialog)
    page = dialog.add_page("page")
    fields = [QLineEdit() for _ in range(20)]
    for field in fields:
        page.addWidget(field)
    dialog.show()
    qtbot.waitUntil(lambda: dialog.height() == 300)
    dialog.activateWindow()
    assert QTest.qWaitForWindowActive(dialog)

    fields[-1].setFocus()

    assert dialog.primary_button.geometry().bottom() < 300
    assert not fields[0].visibleRegion().contains(fields[0].rect().center())
    assert fields[-1].visibleRegion().contains(fields[-1].rect().center())


def test_a_dialog_is_as_high_as_its_page(qtbot: QtBot, theme: Theme) -> None:
    """A dialog grows for an error and shrinks again when it is gone."""
    dialog = DialogFrame("Transfer", "One sentence.", DEMO, theme)
    qtbot.addWidget(dialog)
    dialog.add_page("page").addWidget(QLineEdit())
    dialog.show()
    qtbot.waitUntil(lambda: dialog.height() < 250)
    before = dialog.height()

    dialog.show_problem(UnavailableError("No answer", "For 15 seconds.", "Try later."))
    qtbot.waitUntil(lambda: dialog.height() > before)
    grown = dialog.height()
    dialog.problem.clear()
    qtbot.waitUntil(lambda: dialog.height() == before)

    assert grown > before
