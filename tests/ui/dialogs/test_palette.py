"""The command palette in a real window: reached, driven and left by keyboard."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QTreeView, QWidget
from pytestqt.qtbot import QtBot

from kraken_desk.ui.dialogs.palette import PaletteDialog
from kraken_desk.ui.main_window import MainWindow
from kraken_desk.ui.shell import build_window
from tests.helpers.builders import LAB, a_key, a_master_with, a_node, an_account
from tests.ui.conftest import RESOURCES
from tests.ui.fake_desk import FakeDesk

FLEET = a_master_with(
    a_key(1, name="monitor", process="dash"),
    below=(a_node(an_account(2, label="Momentum"), a_key(3, name="bot")),),
)


class Scene:
    def __init__(self, keys: int = 0, settings: QSettings | None = None) -> None:
        many = [a_key(n, name=f"key {n}", process=f"bot {n % 50}") for n in range(10, 10 + keys)]
        self.fake = FakeDesk(LAB, a_master_with(*many) if keys else FLEET)
        self.window: MainWindow = build_window(self.fake.desk, RESOURCES, "dark", settings)
        self.window.show()

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        target = QApplication.focusWidget() or self.window
        QTest.keyClick(target, key, modifier)

    def open(self) -> PaletteDialog:
        act = self.window.findChild(QAction, "palette")
        assert isinstance(act, QAction)
        act.trigger()
        return self.palette()

    def palette(self) -> PaletteDialog:
        shown = [w for w in self.window.findChildren(PaletteDialog) if w.isVisible()]
        assert len(shown) == 1
        return shown[0]

    def type(self, text: str) -> PaletteDialog:
        palette = self.palette()
        line = palette.findChild(QLineEdit, "palette-line")
        assert isinstance(line, QLineEdit)
        QTest.keyClicks(line, text)
        return palette


@pytest_asyncio.fixture
async def scene(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> AsyncIterator[Scene]:
    scene = Scene(settings=QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))
    yield scene
    _end(scene)


def _end(scene: Scene) -> None:
    scene.window.close_for_good()
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    app.setStyleSheet("")


async def test_a_key_is_found_and_shown_by_keyboard(scene: Scene, qtbot: QtBot) -> None:
    """Ctrl+K, a few letters and Enter select the key in the tree and lead the keyboard there."""
    with qtbot.waitExposed(scene.window):
        scene.window.activateWindow()
    scene.press(Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = scene.type("bot")

    line = palette.findChild(QLineEdit, "palette-line")
    assert isinstance(line, QLineEdit)
    QTest.keyClick(line, Qt.Key.Key_Return)

    tree = scene.window.findChild(QTreeView, "fleet-tree")
    assert isinstance(tree, QTreeView)
    assert tree.currentIndex().siblingAtColumn(0).data() == "bot"
    assert not palette.isVisible()


async def test_every_kind_of_thing_is_offered(scene: Scene) -> None:
    """Commands, accounts, keys and processes are all found by their names."""
    palette = scene.open()

    kinds = {entry.kind.value for entry in palette.shown}

    assert {"Command", "Account", "Key", "Process"} <= kinds


async def test_arrows_move_and_escape_leaves(scene: Scene) -> None:
    """The line keeps the keyboard while the arrows choose; Escape changes nothing."""
    palette = scene.open()
    line = palette.findChild(QLineEdit, "palette-line")
    assert isinstance(line, QLineEdit)
    first = palette.current

    QTest.keyClick(line, Qt.Key.Key_Down)
    second = palette.current
    QTest.keyClick(line, Qt.Key.Key_Up)
    back = palette.current
    QTest.keyClick(line, Qt.Key.Key_Escape)

    assert first == back != second
    assert not palette.isVisible()


async def test_what_is_not_possible_now_is_shown_but_not_done(scene: Scene) -> None:
    """Without a selected key, removing one is listed with the reason, and Enter does nothing."""
    scene.open()
    palette = scene.type("forget this key")
    line = palette.findChild(QLineEdit, "palette-line")
    assert isinstance(line, QLineEdit)

    QTest.keyClick(line, Qt.Key.Key_Return)

    assert palette.current is not None
    assert palette.current.detail.endswith("not possible now")
    assert palette.isVisible()
    palette.reject()


async def test_nothing_found_is_said(scene: Scene) -> None:
    """An empty list is a sentence, also to a screen reader."""
    scene.open()
    palette = scene.type("no such thing at all")

    line = palette.findChild(QLineEdit, "palette-line")
    assert isinstance(line, QLineEdit)
    assert palette.shown == ()
    assert line.accessibleDescription() == "Nothing has this name. Fewer letters find more."
    palette.reject()


async def test_what_was_chosen_comes_first_the_next_time(scene: Scene) -> None:
    """In the same window a choice is remembered for the next opening."""
    palette = scene.open()
    scene.type("momentum")
    line = palette.findChild(QLineEdit, "palette-line")
    assert isinstance(line, QLineEdit)
    QTest.keyClick(line, Qt.Key.Key_Return)

    again = scene.open()

    assert again.shown[0].title == "Momentum"
    again.reject()


async def test_all_parts_have_names(scene: Scene) -> None:
    """A screen reader finds the line, the list and every row by words."""
    palette = scene.open()

    named = {w.objectName(): w.accessibleName() for w in palette.findChildren(QWidget) if w.accessibleName()}
    spoken = palette.current

    assert {"palette-line", "palette-list"} <= set(named)
    assert spoken is not None
    palette.reject()


async def test_it_opens_quickly_over_a_thousand_keys(qapp: QApplication, qtbot: QtBot) -> None:
    """With 1,000 keys opening and painting takes less than 50 ms of work, and a letter less than that.

    The best of several is taken, and only this process's own time is counted: others are busy too.
    """
    scene = Scene(1000)
    scene.open().reject()  # imports and caches are not what is measured
    opened, typed = [], []
    for _ in range(6):
        started = time.process_time()
        palette = scene.open()
        palette.grab()
        opened.append(time.process_time() - started)
        scene.type("k")
        typed.append(time.process_time() - started - opened[-1])
        palette.reject()

    assert min(opened) < 0.05
    assert min(typed) < 0.05
    _end(scene)
