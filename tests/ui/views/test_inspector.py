"""The inspector: the page follows the selection, findings come first, buttons act on what is shown."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QLabel, QPushButton, QStackedWidget, QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.keys import SlotId
from kraken_desk.ui.actions import DeskActions
from kraken_desk.ui.bridge import Bridge
from kraken_desk.ui.selection import Selection
from kraken_desk.ui.theme import Theme
from kraken_desk.ui.views.details_parts import KeyLink
from kraken_desk.ui.views.inspector import InspectorPane
from kraken_desk.ui.widgets.notice import Notice
from tests.helpers.builders import a_key, a_master_with, a_node, an_account, an_unchecked_key, spot_info
from tests.helpers.wait import wait_until
from tests.ui.fake_desk import FakeDesk

MAIN = AccountId("account-1")
OPEN = spot_info("withdraw-funds", ip_allowlist=IpAllowlist(()))
FLEET = a_master_with(
    a_key(1, name="monitor"),
    a_key(2, name="legacy", info=OPEN),
    an_unchecked_key(3, name="fresh"),
    below=(a_node(an_account(2, label="Momentum")),),
)


class Scene:
    """The pane with its fakes, shown."""

    def __init__(self, theme: Theme, qtbot: QtBot) -> None:
        self.fake = FakeDesk(fleet=FLEET)
        self.bridge = Bridge(self.fake.desk)
        self.selection = Selection()
        self.actions = DeskActions(self.bridge, self.selection, theme)
        self.pane = InspectorPane(self.bridge, self.selection, theme, self.actions)
        self.widget = self.pane.widget()
        qtbot.addWidget(self.widget)
        self.bridge.open()
        self.pane.open()
        self.widget.resize(380, 700)
        self.widget.show()

    @property
    def page(self) -> QWidget:
        assert isinstance(self.widget, QStackedWidget)
        page = self.widget.currentWidget()
        assert page is not None
        return page

    def words(self) -> list[str]:
        """Return the texts that can be seen, once Qt has shown what was added."""
        QCoreApplication.sendPostedEvents()
        return [label.text() for label in self.page.findChildren(QLabel) if label.isVisible()]

    def findings(self) -> list[str]:
        cards = [card for card in self.page.findChildren(Notice) if card.isVisible()]
        return [card.accessibleName() for card in cards]

    def button(self, name: str) -> QPushButton:
        found = self.page.findChild(QPushButton, name)
        assert isinstance(found, QPushButton)
        return found


@pytest.fixture
def scene(theme: Theme, qtbot: QtBot) -> Iterator[Scene]:
    scene = Scene(theme, qtbot)
    yield scene
    scene.pane.close()
    scene.bridge.close()


def test_the_other_pages_are_built_while_nothing_is_to_do(theme: Theme, qtbot: QtBot) -> None:
    """A window opens on the whole tree; the pages of accounts and keys come by themselves, one by one."""
    scene = Scene(theme, qtbot)
    assert isinstance(scene.widget, QStackedWidget)
    stack = scene.widget

    at_once = stack.count()
    qtbot.waitUntil(lambda: stack.count() == 3)

    assert at_once == 1
    assert stack.currentIndex() == 0


def test_a_page_that_is_wanted_before_is_built_at_once(theme: Theme, qtbot: QtBot) -> None:
    """Who chooses a key before sees it, and its page is not built again."""
    scene = Scene(theme, qtbot)
    assert isinstance(scene.widget, QStackedWidget)
    stack = scene.widget

    scene.selection.select_key(SlotId("slot-1"), MAIN)
    shown = scene.page
    qtbot.waitUntil(lambda: stack.count() == 3)

    assert "monitor" in scene.words()
    assert scene.page is shown is stack.widget(1)


def test_nothing_selected_means_all_accounts(scene: Scene) -> None:
    """The whole tree is summed up, and keys that need a look lead to themselves."""
    words = scene.words()
    scene.button("link-legacy").click()

    assert "All accounts" in words
    assert "3 keys on 2 accounts · lab" in words
    assert scene.selection.slot_id == SlotId("slot-2")


def test_an_account_shows_its_own_page(scene: Scene) -> None:
    """Selecting an account names it with kind and id."""
    scene.selection.select_account(MAIN)

    assert "Main" in scene.words()
    assert "Master · AA01 N84G WOAK NMOI" in scene.words()


def test_a_key_starts_with_its_findings(scene: Scene) -> None:
    """A key's worst finding stands as a card above its facts, with meaning and next step."""
    scene.selection.select_key(SlotId("slot-2"), MAIN)

    findings = scene.findings()
    assert len(findings) == 1
    assert findings[0].startswith("Can withdraw from anywhere. ")
    assert "legacy" in scene.words()
    assert "Open to any address" not in scene.words()  # a badge says it


def test_a_fine_key_has_no_card(scene: Scene) -> None:
    """Nothing is warned about where nothing is wrong."""
    scene.selection.select_key(SlotId("slot-1"), MAIN)

    assert scene.findings() == []


async def test_an_unchecked_key_offers_the_check(scene: Scene) -> None:
    """The card of a key never checked has the button that mends it."""
    scene.selection.select_key(SlotId("slot-3"), MAIN)
    card = next(card for card in scene.page.findChildren(Notice) if card.isVisible())
    button = card.findChild(QPushButton, "button-check-now")
    assert isinstance(button, QPushButton)

    button.click()
    await wait_until(lambda: not scene.bridge.work)

    assert scene.fake.keys.checked == [(SlotId("slot-3"),)]


def test_a_check_changes_the_page_at_once(scene: Scene) -> None:
    """A snapshot with the check's result replaces the card by facts."""
    scene.selection.select_key(SlotId("slot-3"), MAIN)

    scene.fake.fleet.snapshot.publish(a_master_with(a_key(3, name="fresh")))

    assert scene.findings() == []
    assert "never" in scene.words()


def test_ages_grow_while_the_window_stands(scene: Scene) -> None:
    """The time since the check is told anew, without a new snapshot."""
    scene.selection.select_key(SlotId("slot-1"), MAIN)
    before = "just now, from Kraken" in scene.words()

    scene.fake.clock.time += timedelta(minutes=3)
    scene.pane.refresh()

    assert before
    assert "3 min ago, from Kraken" in scene.words()


def test_the_chosen_tab_stays_from_key_to_key(scene: Scene) -> None:
    """Comparing rights of two keys needs no second click on the tab."""
    scene.selection.select_key(SlotId("slot-1"), MAIN)
    tabs = scene.page.findChild(QTabWidget, "key-tabs")
    assert isinstance(tabs, QTabWidget)
    tabs.setCurrentIndex(1)

    scene.selection.select_key(SlotId("slot-2"), MAIN)

    assert tabs.currentIndex() == 1
    assert "withdraw-funds" in scene.words()


def test_removing_is_asked_for_not_done(scene: Scene, qtbot: QtBot) -> None:
    """The button announces the wish; the key is still there."""
    scene.selection.select_key(SlotId("slot-1"), MAIN)

    with qtbot.waitSignal(scene.actions.act_requested):
        scene.button("button-remove-key").click()

    assert scene.fake.keys.removed == []


def test_no_button_below_an_account_is_cut(scene: Scene) -> None:
    """However narrow the details, each button has the room for its words, if need be in another line."""
    scene.selection.select_account(MAIN)
    scene.widget.resize(scene.widget.minimumSizeHint().width(), 500)
    QCoreApplication.sendPostedEvents()

    buttons = [b for b in scene.page.findChildren(QPushButton) if b.objectName().startswith("button-")]
    assert [b.text() for b in buttons] == ["Check keys", "Transfer", "Rename…"]
    assert all(b.width() >= b.sizeHint().width() for b in buttons)
    assert all(b.mapTo(scene.page, b.rect().topRight()).x() < scene.page.width() for b in buttons)


def test_a_long_list_of_keys_is_left_to_the_tree(scene: Scene) -> None:
    """Of many keys that need a look the details name two dozen and say how to see the rest."""
    scene.fake.fleet.snapshot.publish(a_master_with(*(a_key(n, info=OPEN) for n in range(1, 31))))

    words = scene.words()
    links = [link for link in scene.page.findChildren(KeyLink) if link.isVisible()]
    assert len(links) == 24
    assert "and 6 more; filter the tree by “is:findings” to see them all" in words


def test_a_link_leads_the_keyboard_to_the_tabs_of_its_key(scene: Scene) -> None:
    """The focus of a link that is gone with its page never lands on Remove."""
    scene.widget.activateWindow()
    link = scene.button("link-legacy")
    link.setFocus()

    link.click()

    tabs = scene.page.findChild(QTabWidget, "key-tabs")
    assert isinstance(tabs, QTabWidget)
    assert tabs.tabBar().hasFocus()
