"""The examination in the window: what is to be mended first, copied as text, repeated, led to the repair."""

import asyncio

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from kraken_desk.domain.errors import KeychainLockedError
from kraken_desk.services.diagnosis import Diagnosis
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.dialogs.doctor import DoctorDialog
from kraken_desk.ui.theme import Theme
from kraken_desk.ui.widgets.notice import Notice
from tests.ui.dialogs.fakes import turns
from tests.ui.money_samples import DEMO

WELL = Diagnosis("keychain", True, "GNOME Keyring")
BROKEN = Diagnosis("database", False, "wrong page", "Repair it.")


class Scene:
    """A dialog whose examination answers what a test wants."""

    def __init__(self, qtbot: QtBot, theme: Theme, *answers: Diagnosis) -> None:
        self.answers = answers
        self.failure: Exception | None = None
        self.asked = 0
        self.repairs = 0
        self.dialog = DoctorDialog(self._examine, self._repair, TaskScope("test"), DEMO, theme)
        qtbot.addWidget(self.dialog)
        self.dialog.open()

    async def _examine(self) -> tuple[Diagnosis, ...]:
        self.asked += 1
        await asyncio.sleep(0)
        if self.failure is not None:
            raise self.failure
        return self.answers

    def _repair(self) -> None:
        self.repairs += 1

    def button(self, name: str) -> QPushButton:
        found = self.dialog.findChild(QPushButton, name)
        assert found is not None
        return found

    def shows(self, text: str) -> bool:
        return any(text in label.text() for label in self.dialog.findChildren(QLabel) if label.isVisible())


async def test_it_examines_when_it_opens(qtbot: QtBot, theme: Theme) -> None:
    """A machine in order is said to be well, and offers no repair."""
    scene = Scene(qtbot, theme, WELL)
    await turns()

    assert scene.asked == 1
    assert scene.shows("Everything is well.")
    assert scene.shows("GNOME Keyring")
    assert not scene.button("doctor-repair").isVisible()


async def test_what_is_to_be_mended_comes_first(qtbot: QtBot, theme: Theme) -> None:
    """It is told with its next step before everything that is well."""
    scene = Scene(qtbot, theme, WELL, BROKEN)
    await turns()

    [notice] = scene.dialog.findChildren(Notice)
    parent = notice.parentWidget()
    assert parent is not None
    layout = parent.layout()
    assert layout is not None
    assert layout.indexOf(notice) == 0
    assert "Repair it." in notice.accessibleName()
    assert scene.shows("1 thing to mend.")


async def test_the_text_is_copied_whole(qtbot: QtBot, theme: Theme) -> None:
    """What the command line would print goes to the clipboard."""
    scene = Scene(qtbot, theme, WELL, BROKEN)
    await turns()

    scene.button("doctor-copy").click()

    assert QGuiApplication.clipboard().text() == (
        "ok   keychain: GNOME Keyring\nBAD  database: wrong page\n     Repair it."
    )


async def test_a_damaged_database_leads_to_its_repair(qtbot: QtBot, theme: Theme) -> None:
    """The button closes the dialog and leads on; the repair itself needs the window closed."""
    scene = Scene(qtbot, theme, BROKEN)
    await turns()

    scene.button("doctor-repair").click()

    assert scene.repairs == 1
    assert not scene.dialog.isVisible()


async def test_it_is_repeated_on_request(qtbot: QtBot, theme: Theme) -> None:
    """A second examination replaces what the first has found."""
    scene = Scene(qtbot, theme, BROKEN)
    await turns()
    scene.answers = (WELL,)

    scene.button("primary").click()
    await turns()

    assert scene.asked == 2
    assert not scene.shows("wrong page")


async def test_an_examination_that_fails_says_why(qtbot: QtBot, theme: Theme) -> None:
    """The error stands in the dialog, which stays usable."""
    scene = Scene(qtbot, theme, WELL)
    await turns()
    scene.failure = KeychainLockedError("The keychain is locked", "It cannot be read.", "Unlock it.")

    scene.button("primary").click()
    await turns()

    assert scene.shows("The keychain is locked")
    assert scene.button("primary").isEnabled()
