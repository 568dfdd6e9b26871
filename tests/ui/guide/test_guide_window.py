"""The guide's window: help on the spot, contents, search, and that it stays beside dialogs."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QTextBrowser, QWidget
from pytestqt.qtbot import QtBot

from kraken_desk.domain.errors import KrakenDeskError
from kraken_desk.ui.dialogs.add_key import AddKeyDialog
from kraken_desk.ui.guide.opening import GuideKeeper
from kraken_desk.ui.guide.page import page_of
from kraken_desk.ui.guide.text import sections_of
from kraken_desk.ui.guide.window import GuideWindow
from kraken_desk.ui.main_window import MainWindow
from kraken_desk.ui.shell import build_window
from kraken_desk.ui.theme import Theme
from tests.helpers.builders import LAB, a_key, a_master_with
from tests.ui.conftest import RESOURCES
from tests.ui.fake_desk import FakeDesk


class Scene:
    """A window, shown and active."""

    def __init__(self, qtbot: QtBot) -> None:
        self.fake = FakeDesk(LAB, replace(a_master_with(a_key(1)), environment=LAB.name))
        self.window: MainWindow = build_window(self.fake.desk, RESOURCES, "dark")
        qtbot.addWidget(self.window)
        self.window.show()
        qtbot.waitActive(self.window)

    @property
    def guide(self) -> GuideWindow:
        keeper = self.window.findChild(GuideKeeper)
        assert keeper is not None
        return keeper.window

    def act(self, name: str) -> None:
        next(a for a in self.window.actions() if a.objectName() == name).trigger()

    def focus(self, name: str) -> QWidget:
        found = self.window.findChild(QWidget, name)
        assert found is not None
        found.setFocus()
        return found


@pytest.fixture
def scene(qtbot: QtBot) -> Iterator[Scene]:
    scene = Scene(qtbot)
    yield scene
    scene.window.close_for_good()
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    app.setStyleSheet("")


@pytest.mark.parametrize(("focus", "title"), [("filter", "Finding keys"), ("fleet-tree", "The tree")])
def test_help_explains_what_has_the_keyboard(scene: Scene, focus: str, title: str) -> None:
    """F1 opens the section of the focused part of the window."""
    widget = scene.focus(focus)

    QTest.keyClick(widget, Qt.Key.Key_F1)

    assert scene.guide.isVisible()
    assert scene.guide.shown.title == title


def test_help_works_in_a_dialog_and_in_its_fields(scene: Scene, qtbot: QtBot) -> None:
    """In a dialog F1 explains the field, or the dialog where the field has no section; both stay usable."""
    scene.act("add-key")
    [dialog] = scene.window.findChildren(AddKeyDialog)
    dialog.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is dialog)
    field = dialog.findChild(QWidget, "client")
    assert field is not None
    field.setFocus()

    QTest.keyClick(field, Qt.Key.Key_F1)

    assert scene.guide.shown.title == "Process and client library"
    assert scene.guide.parentWidget() is None
    assert dialog.isVisible()
    dialog.reject()


def test_the_guide_is_searched_and_followed_by_keyboard(scene: Scene) -> None:
    """Words narrow the contents to the best section first; an empty search brings everything back."""
    scene.act("guide")
    search = scene.guide.findChild(QLineEdit, "guide-search")
    assert search is not None

    QTest.keyClicks(search, "nonce window")

    assert scene.guide.shown.title == "Nonce and nonce window"
    search.clear()
    assert scene.guide._contents.count() > 40


def test_a_search_without_a_match_says_so(scene: Scene) -> None:
    """The text stays as it was, and the list says that nothing has these words."""
    scene.act("guide")
    before = scene.guide.shown

    scene.guide._search.setText("no such words anywhere")

    assert scene.guide._contents.item(0).text() == "No section has these words."
    assert scene.guide.shown is before


def test_the_guide_closes_with_the_window(scene: Scene) -> None:
    """Leaving or locking the program leaves no window behind."""
    scene.act("guide")

    scene.window.closed.emit()

    assert not scene.guide.isVisible()


def test_a_lost_guide_is_told(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation without its texts says so in the window and goes on."""
    failures: list[KrakenDeskError] = []
    monkeypatch.setattr("kraken_desk.ui.guide.opening.FOLDER", "nowhere")
    scene.window.findChildren(QWidget)
    scene.fake.scope.failures.subscribe(lambda error: failures.append(error) if error else None)

    scene.act("guide")

    banner = scene.window.findChild(QWidget, "error-banner")
    assert banner is not None
    assert banner.isVisible()


def test_a_section_becomes_a_page(theme: Theme) -> None:
    """Paragraphs, lists, tables, emphasis and links are marked; everything else is shown as it is."""
    text = "# C\n## T\nA **b** and `<c>`\ngoes on.\n\n- one\n  more\n- two\n\n"
    text += "| h | i |\n|---|---|\n| 1 | [x](#t) |\n"
    [section] = sections_of(text)

    page = page_of(section, theme)

    assert "<p>A <b>b</b> and <code>&lt;c&gt;</code> goes on.</p>" in page
    assert "<ul><li>one more</li><li>two</li></ul>" in page
    assert '<td><a href="#t">x</a></td>' in page


def test_every_section_is_painted_without_a_missing_picture(scene: Scene) -> None:
    """Each section can be shown in both schemes, and its text reaches the screen."""
    scene.act("guide")
    browser = scene.guide.findChild(QTextBrowser, "guide-text")
    assert browser is not None

    for section in scene.guide._guide.sections:
        scene.guide.show_section(section)
        assert section.title in browser.toPlainText()
