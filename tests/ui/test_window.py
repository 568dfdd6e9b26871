"""The whole window on a fake desk: what stands where, what the keyboard reaches, how it closes."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QAccessible, QAction
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QLineEdit, QMenu, QPushButton, QTreeView, QWidget
from pytestqt.qtbot import QtBot

from kraken_desk.domain.environments import PRODUCTION, Environment
from kraken_desk.domain.errors import RateLimitedError
from kraken_desk.domain.keys import SlotId
from kraken_desk.ui.dialogs.add_key import AddKeyDialog
from kraken_desk.ui.dialogs.transfer import TransferDialog
from kraken_desk.ui.main_window import MainWindow
from kraken_desk.ui.more_menu import MoreMenu
from kraken_desk.ui.shell import build_window
from kraken_desk.ui.widgets.question import QuestionDialog
from tests.helpers.builders import LAB, a_key, a_master_with, a_node, an_account
from tests.helpers.wait import wait_until
from tests.ui.conftest import RESOURCES
from tests.ui.fake_desk import FakeDesk

FLEET = a_master_with(
    a_key(1, name="monitor"),
    below=(a_node(an_account(2, label="Momentum"), a_key(3, name="bot")),),
)


class Scene:
    """A window with its fakes, shown."""

    def __init__(self, environment: Environment, settings: QSettings | None = None) -> None:
        self.fake = FakeDesk(environment, replace(FLEET, environment=environment.name))
        self.window: MainWindow = build_window(self.fake.desk, RESOURCES, "dark", settings)
        self.window.show()

    def action(self, name: str) -> QAction:
        found = self.window.findChild(QAction, name)
        assert isinstance(found, QAction)
        return found

    def widget(self, name: str) -> QWidget:
        found = self.window.findChild(QWidget, name)
        assert isinstance(found, QWidget)
        return found

    def end(self) -> None:
        self.window.close_for_good()
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.setStyleSheet("")  # a window is built much faster before its stylesheet than under it


@pytest.fixture
def scene(qapp: QApplication, qtbot: QtBot) -> Iterator[Scene]:
    scene = Scene(LAB)
    yield scene
    scene.end()


def test_tree_details_drawer_and_status_stand_in_one_window(scene: Scene) -> None:
    """All parts of the desk are visible at once."""
    names = ("top-bar", "fleet-tree", "inspector", "drawer", "status-bar", "filter")

    assert {name: scene.widget(name).isVisible() for name in names} == dict.fromkeys(names, True)
    assert scene.widget("error-banner").isHidden()


def test_the_window_names_program_and_environment(scene: Scene) -> None:
    """Title and top bar say where the desk stands, and the title holds nothing else."""
    label = scene.widget("environment")
    assert isinstance(label, QLabel)

    assert scene.window.windowTitle() == "lab · Kraken Desk"
    assert label.text() == "LAB"


def test_only_production_has_a_coloured_edge(scene: Scene) -> None:
    """A window on real money is marked at its top in two pixels."""
    live = Scene(PRODUCTION)

    edge = live.window.findChild(QFrame, "production-edge")
    assert isinstance(edge, QFrame)
    assert edge.height() == 2
    assert scene.window.findChild(QFrame, "production-edge") is None
    live.end()


def test_closing_is_announced_first(scene: Scene) -> None:
    """The close button asks; the window stays, disabled, until the desk has ended its work."""
    asked = QSignalSpy(scene.window.close_requested)

    scene.window.close()
    scene.window.close()

    assert asked.count() >= 1
    assert scene.window.isVisible()
    assert not scene.window.isEnabled()


def test_closing_for_good_closes(qapp: QApplication, qtbot: QtBot) -> None:
    """When the desk says so, the window closes and hears no more snapshots."""
    scene = Scene(LAB)
    closed = QSignalSpy(scene.window.closed)

    scene.window.close_for_good()
    scene.fake.fleet.snapshot.publish(a_master_with())

    assert closed.count() == 1
    assert not scene.window.isVisible()
    scene.window.deleteLater()


def test_quit_asks_like_the_close_button(scene: Scene, qtbot: QtBot) -> None:
    """The menu's way out is the same as the window's."""
    with qtbot.waitSignal(scene.window.close_requested):
        scene.action("quit").trigger()


def test_every_focusable_widget_has_an_accessible_name(scene: Scene) -> None:
    """Whatever the keyboard reaches tells a screen reader what it is."""
    nameless = [
        f"{type(widget).__name__} {widget.objectName()}"
        for widget in scene.window.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not widget.accessibleName()
        and not _accessible_name(widget)
    ]

    assert nameless == []


def _accessible_name(widget: QWidget) -> str:
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)


def test_the_filter_is_reached_by_keyboard(scene: Scene, qtbot: QtBot) -> None:
    """Finding puts the cursor into the filter box, from anywhere."""
    scene.widget("fleet-tree").setFocus()

    scene.action("find").trigger()

    assert scene.window.focusWidget() is scene.widget("filter")


def test_tab_leads_through_the_window(scene: Scene) -> None:
    """From the filter box Tab reaches the acts, the tree, the details and the drawer, and comes back."""
    start = scene.widget("filter")
    start.setFocus()
    visited: list[str] = []
    for _ in range(40):
        focus = scene.window.focusWidget()
        assert focus is not None
        if focus is start and visited:
            break
        visited.append(focus.objectName())
        QTest.keyClick(focus, Qt.Key.Key_Tab)

    assert {"filter", "button-check-all", "button-transfer", "button-add-key", "fleet-tree"} <= set(visited)
    assert visited[-1] == "empty-refresh-shown"
    assert scene.window.focusWidget() is start


def test_errors_appear_in_the_banner_and_can_be_dismissed(scene: Scene) -> None:
    """An error nobody else showed stands below the top bar with Kraken's own words."""
    error = RateLimitedError(
        "Kraken asks for a pause",
        "The budget is used up.",
        "It refills.",
        kraken=("EAPI:Rate limit exceeded",),
    )

    scene.fake.scope.failures.publish(error)
    banner = scene.widget("error-banner")
    words = [label.text() for label in banner.findChildren(QLabel) if not label.isHidden()]
    QTest.mouseClick(scene.widget("error-dismiss"), Qt.MouseButton.LeftButton)

    assert words == [
        "Kraken asks for a pause",
        "The budget is used up. It refills.",
        "Kraken: EAPI:Rate limit exceeded",
    ]
    assert banner.isHidden()


async def test_adding_a_key_opens_its_dialog(scene: Scene) -> None:
    """The primary act opens one dialog, modal to the window."""
    scene.action("add-key").trigger()

    dialogs = scene.window.findChildren(AddKeyDialog)
    assert [dialog.isVisible() for dialog in dialogs] == [True]
    assert dialogs[0].isModal()
    dialogs[0].reject()


async def test_a_transfer_opens_its_dialog(scene: Scene) -> None:
    """The transfer act opens the transfer dialog."""
    scene.action("transfer").trigger()

    dialogs = scene.window.findChildren(TransferDialog)
    assert [dialog.isVisible() for dialog in dialogs] == [True]
    dialogs[0].reject()
    await wait_until(lambda: not scene.fake.scope.groups.value)


@pytest.mark.parametrize(("yes", "removed"), [(True, [SlotId("slot-3")]), (False, [])])
async def test_a_key_is_removed_after_the_question_only(
    scene: Scene, *, yes: bool, removed: list[SlotId]
) -> None:
    """Removing asks first; a no keeps the key and its secret."""
    tree = scene.widget("fleet-tree")
    assert isinstance(tree, QTreeView)
    model = tree.model()
    found = model.match(model.index(0, 0), Qt.ItemDataRole.DisplayRole, "bot", 1, Qt.MatchFlag.MatchRecursive)
    tree.setCurrentIndex(found[0])

    scene.action("remove-key").trigger()
    await wait_until(lambda: scene.window.findChild(QuestionDialog) is not None)
    question = scene.window.findChild(QuestionDialog)
    assert isinstance(question, QuestionDialog)
    question.done(int(yes))
    await wait_until(lambda: not scene.fake.scope.groups.value)

    assert scene.fake.keys.removed == removed


async def test_the_scheme_switches_live(scene: Scene, qapp: QApplication) -> None:
    """Choosing light in the menu repaints the window at once."""
    dark = qapp.palette().window().color().name()

    scene.action("scheme-light").trigger()

    assert dark == "#0e1116"
    assert qapp.palette().window().color().name() == "#f4f6f9"


def test_the_size_is_kept_for_the_next_time(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> None:
    """A window opens as large as it was closed."""
    settings = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    first = Scene(LAB, settings)
    first.window.resize(900, 610)
    first.end()

    second = Scene(LAB, settings)

    assert (second.window.width(), second.window.height()) == (900, 610)
    second.end()


def test_the_menu_calls_no_two_things_alike(scene: Scene) -> None:
    """The acts of a pane stand below the pane's name: several of them are an “Export…”."""
    menu = scene.window.findChild(QMenu, "more-menu")
    assert isinstance(menu, MoreMenu)
    scene.action("show-journal").trigger()
    scene.action("show-matrix").trigger()

    menu.fill()
    menu.fill()

    words = [action.text() for action in menu.actions() if action.text()]
    assert {"Balances", "Journal", "Matrix"} <= set(words)
    assert len(words) == len(set(words))


def test_no_shortcut_is_given_twice(scene: Scene) -> None:
    """Two actions of the window with one shortcut would silence each other."""
    window_wide = [
        action.shortcut().toString()
        for action in scene.window.actions()
        if not action.shortcut().isEmpty() and action.shortcutContext() is Qt.ShortcutContext.WindowShortcut
    ]

    assert len(window_wide) >= 6
    assert len(window_wide) == len(set(window_wide))


def test_nothing_in_the_window_shows_a_whole_key(scene: Scene) -> None:
    """No label, field or button of the window holds a full public key."""
    nodes = FLEET.keys()
    keys = [node.slot.api_key for node in nodes]
    texts = [label.text() + label.toolTip() for label in scene.window.findChildren(QLabel)]
    texts += [button.text() for button in scene.window.findChildren(QPushButton)]
    texts += [field.text() for field in scene.window.findChildren(QLineEdit)]

    assert texts
    assert not [text for text in texts for key in keys if key in text]


def test_a_selected_account_leads_all_panes(scene: Scene) -> None:
    """Choosing an account in the tree changes details and drawer together."""
    tree = scene.widget("fleet-tree")
    assert isinstance(tree, QTreeView)
    model = tree.model()
    index = model.match(
        model.index(0, 0), Qt.ItemDataRole.DisplayRole, "Momentum", 1, Qt.MatchFlag.MatchRecursive
    )[0]

    tree.setCurrentIndex(index)

    details = [label.text() for label in scene.widget("inspector").findChildren(QLabel)]
    assert "Momentum" in details


def test_number_keys_lead_to_tree_and_panes(scene: Scene) -> None:
    """Ctrl+1 is the tree, the numbers above it are the panes in the order of their tabs."""
    keys = {name: scene.action(f"show-{name}").shortcut().toString() for name in ("tree", "balances")}

    scene.action("show-journal").trigger()
    in_front = scene.widget("journal").isVisible()
    scene.action("show-tree").trigger()

    assert keys == {"tree": "Ctrl+1", "balances": "Ctrl+2"}
    assert in_front
    assert scene.window.focusWidget() is scene.widget("fleet-tree")


def test_the_drawer_takes_the_whole_side_and_gives_it_back(scene: Scene) -> None:
    """Enlarged, the panes stand where the tree was; going to the tree or finding brings it back."""
    tree, enlarge = scene.widget("fleet-tree"), scene.action("enlarge-drawer")

    enlarge.trigger()
    hidden, checked = not tree.isVisible(), enlarge.isChecked()
    scene.action("find").trigger()

    assert (hidden, checked) == (True, True)
    assert (tree.isVisible(), enlarge.isChecked()) == (True, False)


def test_pane_and_its_room_are_kept_for_the_next_time(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path
) -> None:
    """A window opens with the pane in front, and as large, as it was closed."""
    settings = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    first = Scene(LAB, settings)
    first.action("show-journal").trigger()
    first.action("enlarge-drawer").trigger()
    first.end()
    settings.sync()

    second = Scene(LAB, QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))

    assert second.widget("journal").isVisible()
    assert not second.widget("fleet-tree").isVisible()
    second.end()
