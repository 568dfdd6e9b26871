"""The fleet's pane: selection, expansion and filter outlive every snapshot."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
    QListView,
    QMenu,
    QPushButton,
    QStackedWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.fleet import FleetSnapshot
from kraken_desk.domain.keys import SlotId
from kraken_desk.ui.actions import DeskActions
from kraken_desk.ui.bridge import Bridge
from kraken_desk.ui.models.fleet_rows import Column
from kraken_desk.ui.selection import Selection
from kraken_desk.ui.theme import Theme
from kraken_desk.ui.views.account_tree import AccountTreePane
from kraken_desk.ui.views.fleet_tree import FleetTree
from tests.helpers.builders import LAB, NOW, a_key, a_master_with, a_node, an_account
from tests.ui.fake_desk import FakeDesk
from tests.ui.models.test_account_tree import names

MAIN, MOMENTUM = AccountId("account-1"), AccountId("account-2")
FLEET = a_master_with(
    a_key(1, name="monitor"),
    a_key(2, "withdraw-funds", name="treasury"),
    below=(
        a_node(
            an_account(2, label="Momentum"),
            a_key(3, "modify-trades", name="bot", account_id=AccountId("account-2")),
        ),
    ),
)


class Scene:
    """A pane with its fakes, shown."""

    def __init__(self, theme: Theme, qtbot: QtBot, fleet: FleetSnapshot) -> None:
        self.fake = FakeDesk(fleet=fleet)
        self.bridge = Bridge(self.fake.desk)
        self.selection = Selection()
        self.actions = DeskActions(self.bridge, self.selection, theme)
        self.pane = AccountTreePane(self.bridge, self.selection, theme, self.actions)
        self.filter = self.pane.filter_box()
        self.widget = self.pane.widget()
        qtbot.addWidget(self.filter)
        qtbot.addWidget(self.widget)
        self.bridge.open()
        self.pane.open()
        self.widget.resize(1000, 500)
        self.widget.show()

    @property
    def tree(self) -> FleetTree:
        found = self.widget.findChild(FleetTree, "fleet-tree")
        assert isinstance(found, FleetTree)
        return found

    @property
    def page(self) -> str:
        stack = self.widget.findChild(QStackedWidget, "fleet")
        assert isinstance(stack, QStackedWidget)
        page = stack.currentWidget()
        assert page is not None
        return page.objectName()

    def index(self, name: str, above: QModelIndex | None = None) -> QModelIndex:
        model, parent = self.tree.model(), above or QModelIndex()
        for row in range(model.rowCount(parent)):
            index = model.index(row, 0, parent)
            if index.data() == name:
                return index
            below = self.index(name, index)
            if below.isValid():
                return below
        return QModelIndex()

    def click(self, name: str) -> None:
        place = self.tree.visualRect(self.index(name)).center()
        QTest.mouseClick(self.tree.viewport(), Qt.MouseButton.LeftButton, pos=place)

    def type_filter(self, text: str) -> None:
        self.filter.setText(text)
        self.pane.apply_filter()

    def selected(self) -> list[str]:
        return [str(i.data()) for i in self.tree.selectionModel().selectedRows()]


@pytest.fixture
def scene(theme: Theme, qtbot: QtBot) -> Iterator[Scene]:
    scene = Scene(theme, qtbot, FLEET)
    yield scene
    scene.pane.close()
    scene.bridge.close()


def test_all_accounts_are_open_at_first(scene: Scene) -> None:
    """The whole tree is visible without a click, and nothing is selected."""
    assert scene.tree.isExpanded(scene.index("Main"))
    assert scene.tree.isExpanded(scene.index("Momentum"))
    assert scene.selected() == []
    assert scene.selection.account_id is None


def test_a_click_selects_the_key_with_its_account(scene: Scene) -> None:
    """Clicking a row publishes ids, not rows."""
    scene.click("bot")

    assert (scene.selection.slot_id, scene.selection.account_id) == (SlotId("slot-3"), MOMENTUM)


def test_focus_alone_selects_nothing(scene: Scene) -> None:
    """Coming into the tree by keyboard leaves the whole tree meant until a row is chosen."""
    scene.tree.setFocus(Qt.FocusReason.TabFocusReason)

    assert scene.selection.account_id is None


def test_arrow_keys_move_the_selection(scene: Scene) -> None:
    """Down from the first row selects the next one."""
    scene.click("Main")

    QTest.keyClick(scene.tree, Qt.Key.Key_Down)

    assert scene.selection.slot_id == SlotId("slot-1")


def test_escape_means_the_whole_tree_again(scene: Scene) -> None:
    """Escape in the tree lets go of the selection."""
    scene.click("bot")
    scene.tree.setFocus()

    QTest.keyClick(scene.tree, Qt.Key.Key_Escape)

    assert scene.selection.account_id is None
    assert scene.selected() == []


def test_the_selection_survives_a_new_snapshot(scene: Scene) -> None:
    """A snapshot with another order keeps the selected key selected."""
    scene.click("bot")
    master = scene.bridge.fleet.masters[0]
    turned = replace(master, keys=tuple(reversed(master.keys)))

    scene.fake.fleet.snapshot.publish(replace(scene.bridge.fleet, masters=(turned,)))

    assert scene.selected() == ["bot"]
    assert scene.selection.slot_id == SlotId("slot-3")


def test_a_closed_account_stays_closed(scene: Scene) -> None:
    """What the operator has closed is not opened by a snapshot, and a filter opens it only for its time."""
    scene.tree.collapse(scene.index("Momentum"))

    scene.fake.fleet.snapshot.publish(replace(FLEET, as_of=NOW + timedelta(seconds=5)))
    after_snapshot = scene.tree.isExpanded(scene.index("Momentum"))
    scene.type_filter("bot")
    while_filtering = scene.tree.isExpanded(scene.index("Momentum"))
    scene.type_filter("")

    assert (after_snapshot, while_filtering) == (False, True)
    assert not scene.tree.isExpanded(scene.index("Momentum"))


def test_a_filter_does_not_touch_the_selection(scene: Scene) -> None:
    """A selected key that the filter hides stays selected and is shown again afterwards."""
    scene.click("monitor")

    scene.type_filter("withdraw")
    hidden = scene.selected()
    scene.type_filter("")

    assert hidden == []
    assert scene.selection.slot_id == SlotId("slot-1")
    assert scene.selected() == ["monitor"]


def test_typing_filters_after_a_pause(scene: Scene, qtbot: QtBot) -> None:
    """The tree follows the box by itself, once the operator rests."""
    scene.filter.setText("withdraw")
    at_once = names(scene.tree.model())

    qtbot.waitUntil(lambda: names(scene.tree.model()) == [["Main", ["treasury"]]])

    assert at_once != [["Main", ["treasury"]]]


def test_nothing_found_says_so_and_offers_the_way_back(scene: Scene) -> None:
    """A text without a match names itself; its button shows everything again."""
    scene.type_filter("zebra")
    page = scene.page
    words = [label.text() for label in scene.widget.findChildren(QWidget) if hasattr(label, "text")]
    button = scene.widget.findChild(QPushButton, "empty-clear-filter")
    assert isinstance(button, QPushButton)

    button.click()

    assert page == "fleet-no-match"
    assert "No key or account matches “zebra”." in words
    assert scene.page == "fleet-tree"
    assert scene.filter.text() == ""


def test_return_goes_to_the_first_key_found(scene: Scene) -> None:
    """From the box, Return selects the first matching key."""
    scene.filter.setText("trade")

    QTest.keyClick(scene.filter, Qt.Key.Key_Return)

    assert scene.selection.slot_id == SlotId("slot-3")


def test_an_empty_fleet_offers_the_one_useful_act(theme: Theme, qtbot: QtBot) -> None:
    """Without any key there is one sentence and a button that adds one."""
    scene = Scene(theme, qtbot, FleetSnapshot(LAB.name, NOW))
    button = scene.widget.findChild(QPushButton, "empty-add-key")
    assert isinstance(button, QPushButton)

    with qtbot.waitSignal(scene.actions.act_requested):
        button.click()

    assert scene.page == "fleet-empty"
    scene.pane.close()


def test_the_first_key_replaces_the_empty_page(theme: Theme, qtbot: QtBot) -> None:
    """As soon as the fleet has a key the tree is shown, open."""
    scene = Scene(theme, qtbot, FleetSnapshot(LAB.name, NOW))

    scene.fake.fleet.snapshot.publish(FLEET)

    assert scene.page == "fleet-tree"
    assert scene.tree.isExpanded(scene.index("Main"))
    scene.pane.close()


def test_a_closed_pane_hears_nothing(scene: Scene) -> None:
    """After closing, snapshots no longer reach the model."""
    scene.pane.close()

    scene.fake.fleet.snapshot.publish(FleetSnapshot(LAB.name, NOW))

    assert names(scene.tree.model()) != []


def test_every_row_is_painted_differently(scene: Scene) -> None:
    """A selected row, an account's row and a key's row have the grounds of the design."""
    scene.click("monitor")
    tokens = scene.tree._theme.tokens
    image = scene.tree.viewport().grab().toImage()

    def ground(name: str) -> str:
        rect = scene.tree.visualRect(scene.index(name))
        return image.pixelColor(QPoint(scene.tree.viewport().width() - 3, rect.top() + 3)).name()

    assert ground("Momentum") == tokens.surface.name()
    assert ground("treasury") == tokens.bg.name()
    assert ground("monitor") == tokens.sel.name()
    assert image.pixelColor(1, scene.tree.visualRect(scene.index("monitor")).center().y()) == tokens.accent


def test_tooltips_hold_what_a_cell_cannot(scene: Scene) -> None:
    """A rights cell says what they come to, and names every single right with its wire string."""
    tip = scene.index("treasury").siblingAtColumn(Column.PERMISSIONS).data(Qt.ItemDataRole.ToolTipRole)

    assert str(tip).splitlines() == [
        "Can move money between master and subaccounts and withdraw to saved addresses outside Kraken.",
        "Withdraw: Withdraw Funds (withdraw-funds)",
    ]


def test_the_filter_box_can_be_found(scene: Scene) -> None:
    """The box has a name for tests and for screen readers."""
    assert isinstance(scene.filter, QLineEdit)
    assert (scene.filter.objectName(), scene.filter.accessibleName()) == (
        "filter",
        "Filter keys and accounts",
    )


@pytest.mark.parametrize(
    ("name", "acts"),
    [
        ("treasury", ["check-now", "copy-api-key", "", "rename-key", "remove-key"]),
        ("Momentum", ["check-now", "transfer", "rename-account"]),
    ],
)
def test_the_menu_of_a_row_offers_what_fits_it(scene: Scene, name: str, acts: list[str]) -> None:
    """A key can be checked, copied and removed; an account checked, moved from and renamed."""
    scene.tree.setCurrentIndex(scene.index(name))

    scene.tree.menu_requested.emit(scene.tree.visualRect(scene.index(name)).center())

    menu = scene.tree.findChild(QMenu, "row-menu")
    assert isinstance(menu, QMenu)
    offered = [action.objectName() for action in menu.actions()]
    assert [each for each in offered if each in acts] == acts
    menu.close()


def test_a_menu_asked_for_by_a_key_is_that_of_the_present_row(scene: Scene) -> None:
    """Wherever the key's event says that the keyboard is."""
    scene.tree.setCurrentIndex(scene.index("treasury"))
    asked = QContextMenuEvent(
        QContextMenuEvent.Reason.Keyboard, QPoint(5, 5), scene.tree.mapToGlobal(QPoint(5, 5))
    )

    QApplication.sendEvent(scene.tree, asked)

    menu = scene.tree.findChild(QMenu, "row-menu")
    assert isinstance(menu, QMenu)
    assert "copy-api-key" in [action.objectName() for action in menu.actions()]
    menu.close()


def test_escape_in_the_tree_ends_the_filter_first(scene: Scene) -> None:
    """One Escape shows everything again and keeps the selection; the next one lets it go."""
    scene.filter.setText("treasury")
    scene.pane.apply_filter()
    scene.tree.setCurrentIndex(scene.index("treasury"))
    scene.tree.setFocus()

    QTest.keyClick(scene.tree, Qt.Key.Key_Escape)
    assert (scene.filter.text(), scene.selection.slot_id) == ("", SlotId("slot-2"))

    QTest.keyClick(scene.tree, Qt.Key.Key_Escape)
    assert scene.selection.slot_id is None


def proposals(scene: Scene) -> list[str]:
    """Return what the open list below the box proposes."""
    popup = next(
        w for w in QApplication.allWidgets() if w.objectName() == "search-proposals" and w.isVisible()
    )
    assert isinstance(popup, QListView)
    model = popup.model()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def proposing() -> bool:
    return any(w.objectName() == "search-proposals" and w.isVisible() for w in QApplication.allWidgets())


def test_typing_a_field_proposes_its_values(scene: Scene) -> None:
    """Below the box stands what a field takes and what that means; a free word of the fleet has no list."""
    scene.filter.show()
    QTest.keyClicks(scene.filter, "venue:")
    shown = proposals(scene)
    scene.filter.clear()
    QTest.keyClicks(scene.filter, "bot")

    assert shown == ["venue:spot   Spot keys", "venue:futures   Futures keys"]
    assert not proposing()


def test_proposals_are_shown_whole(scene: Scene) -> None:
    """Two of them need no scrolling, however much room stands between the lines."""
    scene.filter.show()
    QTest.keyClicks(scene.filter, "venue:")
    popup = next(
        w for w in QApplication.allWidgets() if w.objectName() == "search-proposals" and w.isVisible()
    )
    assert isinstance(popup, QListView)

    last = popup.visualRect(popup.model().index(1, 0))

    assert last.bottom() <= popup.viewport().rect().bottom()
    assert popup.verticalScrollBar().maximum() == 0


def test_return_takes_the_chosen_proposal_and_goes_on(scene: Scene) -> None:
    """An arrow chooses, Return takes: the text is completed and the keyboard stays in the box."""
    scene.filter.show()
    QTest.keyClicks(scene.filter, "venue:f")
    popup = next(
        w for w in QApplication.allWidgets() if w.objectName() == "search-proposals" and w.isVisible()
    )

    QTest.keyClick(popup, Qt.Key.Key_Down)
    QTest.keyClick(popup, Qt.Key.Key_Return)

    assert scene.filter.text() == "venue:futures "
    assert not proposing()
    assert scene.selection.slot_id is None


def test_a_text_that_cannot_be_understood_says_why(scene: Scene) -> None:
    """An unknown word of the grammar is named where the rows would be."""
    scene.type_filter("venue:margin")
    words = [label.text() for label in scene.widget.findChildren(QWidget) if hasattr(label, "text")]

    assert scene.page == "fleet-no-match"
    assert "“venue:margin” means nothing. venue: takes spot, futures." in words
