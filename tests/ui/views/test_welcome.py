"""The welcome: what an empty profile offers, and what of the window it takes."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from kraken_desk.domain.environments import PRODUCTION
from kraken_desk.domain.secrets import Passphrase
from kraken_desk.services.backup import BackupReport
from kraken_desk.services.profile_doors import FirstSteps, ProfileDoors
from kraken_desk.ui.dialogs.first_key import FirstKeyDialog
from kraken_desk.ui.dialogs.restore import RestoreDialog
from kraken_desk.ui.main_window import MainWindow
from kraken_desk.ui.shell import build_window
from kraken_desk.ui.theme import Theme
from tests.helpers.builders import NOW, a_key, a_master_with
from tests.ui.conftest import RESOURCES
from tests.ui.fake_desk import FakeDesk

HOLDS = (("accounts", 2), ("slots", 3), ("transfers", 0), ("transfer_moves", 0))


class Doors:
    """Where the window has led."""

    def __init__(self) -> None:
        self.visits = 0
        self.restored: list[Path] = []

    def steps(self, *, empty: bool = True) -> FirstSteps:
        look: Callable[[Path, Passphrase], Awaitable[BackupReport]] = self._look
        return FirstSteps(self._visit, look, lambda file, _phrase: self.restored.append(file), empty)

    def _visit(self) -> None:
        self.visits += 1

    async def _look(self, file: Path, passphrase: Passphrase) -> BackupReport:
        del file, passphrase
        return BackupReport(NOW, HOLDS, 3, 0)


class Scene:
    """The window of an empty profile, shown."""

    def __init__(self, qtbot: QtBot, doors: ProfileDoors) -> None:
        self.fake = FakeDesk(PRODUCTION)
        self.window: MainWindow = build_window(self.fake.desk, RESOURCES, profile=doors)
        self.window.show()

    def button(self, name: str) -> QPushButton:
        found = self.window.findChild(QPushButton, name)
        assert isinstance(found, QPushButton)
        return found

    def shows(self, name: str) -> bool:
        found = self.window.findChild(QWidget, name)
        return found is not None and found.isVisible()

    def end(self) -> None:
        self.window.close_for_good()
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.setStyleSheet("")


@pytest.fixture
def doors() -> Doors:
    return Doors()


def test_an_empty_profile_is_welcomed_alone(qtbot: QtBot, doors: Doors) -> None:
    """There is nothing to say in drawer and details yet, so the welcome has the window to itself."""
    scene = Scene(qtbot, ProfileDoors(first_steps=doors.steps()))

    assert scene.shows("welcome")
    assert not scene.shows("drawer")
    assert not scene.shows("late-place")
    scene.end()


def test_the_keyboard_begins_at_the_first_offer(qtbot: QtBot, doors: Doors) -> None:
    """Tab goes from offer to offer, and Space takes one."""
    scene = Scene(qtbot, ProfileDoors(first_steps=doors.steps()))
    first = scene.button("welcome-first-key")
    scene.window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is first)

    QTest.keyClick(first, Qt.Key.Key_Tab)
    QTest.keyClick(scene.button("welcome-open-demo"), Qt.Key.Key_Space)

    assert scene.window.focusWidget() is scene.button("welcome-open-demo")
    assert doors.visits == 1
    scene.end()


def test_the_first_key_ends_the_welcome(qtbot: QtBot, doors: Doors) -> None:
    """With the first account the window has all its parts."""
    scene = Scene(qtbot, ProfileDoors(first_steps=doors.steps()))

    scene.fake.fleet.snapshot.publish(replace(a_master_with(a_key(1)), environment=PRODUCTION.name))

    qtbot.waitUntil(lambda: scene.shows("drawer"))
    assert scene.shows("fleet-tree")
    assert not scene.shows("welcome")
    scene.end()


def test_the_first_key_dialog_tells_what_to_tick(qtbot: QtBot, doors: Doors) -> None:
    """It opens from the welcome with the reading key's rights, and says what such a key can do."""
    scene = Scene(qtbot, ProfileDoors(first_steps=doors.steps()))

    scene.button("welcome-first-key").click()

    [dialog] = scene.window.findChildren(FirstKeyDialog)
    assert dialog.guided.process == "Kraken Desk"
    assert "Query Ledger Entries" in _text(dialog, "form-Permissions")
    assert _text(dialog, "purpose_can").endswith("cannot withdraw.")
    dialog.reject()
    scene.end()


def test_the_way_to_a_first_key_is_read_in_a_minute(qtbot: QtBot, doors: Doors, theme: Theme) -> None:
    """What stands on the way, the other offers left aside, is read in a minute (240 words)."""
    scene = Scene(qtbot, ProfileDoors(first_steps=doors.steps()))
    welcome = scene.window.findChild(QWidget, "welcome")
    assert welcome is not None
    first = FirstKeyDialog(PRODUCTION, theme, scene.window)
    first.open()

    words = [text for part in (welcome, first) for text in _texts(part)]

    assert 100 < len(" ".join(words).split()) < 240
    first.reject()
    scene.end()


def _texts(part: QWidget) -> list[str]:
    """Return what can be read in a part of the window."""
    aside = [part.findChild(QWidget, f"offer-{name}") for name in ("open-demo", "restore-backup")]
    labels, buttons = part.findChildren(QLabel), part.findChildren(QPushButton)
    return [
        str(widget.property("text"))
        for widget in (*labels, *buttons)
        if widget.isVisibleTo(part) and not any(a is not None and a.isAncestorOf(widget) for a in aside)
    ]


def test_a_backup_is_not_put_over_keys_of_another_environment(qtbot: QtBot, doors: Doors) -> None:
    """The welcome of one environment does not offer to replace a profile that holds keys in another."""
    scene = Scene(qtbot, ProfileDoors(first_steps=doors.steps(empty=False)))

    assert scene.window.findChild(QPushButton, "welcome-restore-backup") is None
    scene.end()


def test_a_window_without_other_places_offers_a_key_alone(qtbot: QtBot) -> None:
    """Where nothing else can be opened, no button pretends to."""
    scene = Scene(qtbot, ProfileDoors())

    names = {b.objectName() for b in scene.window.findChildren(QPushButton)}
    assert {n for n in names if n.startswith("welcome-")} == {"welcome-first-key"}
    scene.end()


async def test_a_backup_is_looked_into_before_it_is_restored(qtbot: QtBot, doors: Doors) -> None:
    """The first step says what the file holds; only the second leads to its restoration."""
    scene = Scene(qtbot, ProfileDoors(first_steps=doors.steps()))
    scene.button("welcome-restore-backup").click()
    [dialog] = scene.window.findChildren(RestoreDialog)
    dialog._file.setText("desk.backup")
    dialog._typed.setText("four words of passphrase")

    dialog.primary_button.click()
    await scene.fake.scope.finish("profile", within_s=5)

    assert dialog.page == "report"
    assert _text(dialog, "holds") == "2 accounts, 3 keys, 0 transfers, 0 journal lines"
    assert dialog._typed.text() == ""
    assert doors.restored == []
    dialog.primary_button.click()
    assert doors.restored == [Path("desk.backup")]
    scene.end()


@pytest.mark.parametrize(
    ("file", "phrase", "field"), [("", "words", "_file_field"), ("desk.backup", "", "_typed_field")]
)
def test_what_is_missing_is_said_beside_its_field(
    qtbot: QtBot, doors: Doors, file: str, phrase: str, field: str
) -> None:
    """Without a file or a passphrase nothing is opened."""
    scene = Scene(qtbot, ProfileDoors(first_steps=doors.steps()))
    scene.button("welcome-restore-backup").click()
    [dialog] = scene.window.findChildren(RestoreDialog)
    dialog._file.setText(file)
    dialog._typed.setText(phrase)

    dialog.primary_button.click()

    assert getattr(dialog, field).has_error
    assert dialog.page == "choice"
    dialog.reject()
    scene.end()


def test_a_visit_to_the_demo_says_what_it_is(qtbot: QtBot) -> None:
    """The strip of a visit stands in the window as long as it lasts, and its button ends it."""
    left: list[bool] = []
    scene = Scene(qtbot, ProfileDoors(leave_demo=lambda: left.append(True)))

    scene.button("button-leave-demo").click()

    assert scene.shows("visit-strip")
    assert left == [True]
    scene.end()


def _text(inside: QWidget, name: str) -> str:
    found = inside.findChild(QWidget, name)
    assert found is not None
    return str(found.property("text"))
