"""The hosts pane: states, details, the block for Kraken's form, comparing an address, naming hosts."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QStackedWidget,
)
from pytestqt.qtbot import QtBot

from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.hosts import Host, HostId
from kraken_desk.domain.keys import KeyId, SlotId
from kraken_desk.ui.bridge import Bridge
from kraken_desk.ui.dialogs.host import HostDialog
from kraken_desk.ui.selection import Selection
from kraken_desk.ui.theme import Theme
from kraken_desk.ui.views.hosts import HostsPane
from kraken_desk.ui.widgets.grouped_table import GroupedTable
from tests.helpers.builders import a_key, a_master_with
from tests.helpers.judgements import a_judgement
from tests.helpers.wait import wait_until
from tests.ui.fake_desk import FakeDesk
from tests.unit.domain.audit.facts import BOX, OPEN, trader

FRANKFURT = Host(HostId("h2"), "Frankfurt", ("198.51.100.4", "2001:db8::4"))
FOUND = a_judgement(
    trader(name="listed", facts={"ip_allowlist": IpAllowlist(("198.51.100.4", "192.0.2.9"))}),
    trader(
        name="open", slot_id=SlotId("s2"), key_id=KeyId("k2"), api_key="two", facts={"ip_allowlist": OPEN}
    ),
    hosts=(BOX, FRANKFURT),
)


class Scene:
    """The pane on a fake desk."""

    def __init__(self, theme: Theme, qtbot: QtBot) -> None:
        self.fake = FakeDesk(fleet=a_master_with(a_key(1)))
        self.bridge = Bridge(self.fake.desk)
        self.selection = Selection()
        self.pane = HostsPane(self.bridge, self.selection, theme)
        self.bridge.open()
        qtbot.addWidget(self.pane.widget())
        self.pane.widget().resize(1000, 400)
        self.pane.open()
        self.pane.widget().show()

    async def judge(self) -> None:
        self.fake.judging.judgement.publish(FOUND)
        await wait_until(lambda: self.pane._view is not None)

    @property
    def page(self) -> str:
        stack = self.pane.widget().findChild(QStackedWidget)
        assert isinstance(stack, QStackedWidget)
        shown = stack.currentWidget()
        assert shown is not None
        return shown.objectName()

    def table(self, name: str = "hosts-table") -> GroupedTable:
        found = self.pane.widget().findChild(GroupedTable, name)
        assert isinstance(found, GroupedTable)
        return found

    def said(self) -> str:
        labels = self.pane._details.findChildren(QLabel)
        return "\n".join(label.text() for label in labels if not label.isHidden()).replace("\u200b", "")

    def act(self, name: str) -> QAction:
        return next(action for action in self.pane.actions() if action.objectName() == name)

    def dialog(self) -> HostDialog:
        return next(w for w in QApplication.topLevelWidgets() if isinstance(w, HostDialog) and w.isVisible())

    def end(self) -> None:
        self.pane.close()
        self.bridge.close()


@pytest_asyncio.fixture
async def scene(theme: Theme, qtbot: QtBot) -> AsyncIterator[Scene]:
    scene = Scene(theme, qtbot)
    yield scene
    scene.end()


async def test_nothing_is_shown_before_the_first_judgement(scene: Scene) -> None:
    """While facts are loading the pane shows that it loads."""
    assert scene.page == "hosts-loading"


async def test_a_host_shows_its_keys_and_what_falls(scene: Scene) -> None:
    """Beside the list stand keys, money, and the block for Kraken's form, which can be copied."""
    await scene.judge()

    scene.table().select("h2")
    button = scene.pane._details.findChild(QPushButton, "host-copy-block")
    assert isinstance(button, QPushButton)
    button.click()

    await wait_until(lambda: "Can use 2 keys" in scene.said())
    assert "Falls if taken" in scene.said()
    assert QGuiApplication.clipboard().text() == "198.51.100.4\n2001:db8::4"


async def test_a_key_of_a_host_leads_to_it(scene: Scene) -> None:
    """The name of a key selects it in the whole window."""
    await scene.judge()
    scene.table().select("h2")
    links = [
        b for b in scene.pane._details.findChildren(QPushButton) if b.accessibleName() == "Show key open"
    ]

    links[0].click()

    assert scene.selection.slot_id == SlotId("s2")


async def test_ranges_are_shown_by_choice(scene: Scene) -> None:
    """The other list shows every entry below its grade."""
    await scene.judge()
    box = scene.pane.widget().findChild(QComboBox, "hosts-what")
    assert isinstance(box, QComboBox)

    box.setCurrentIndex(1)
    scene.table("ranges-table").select("192.0.2.9")

    assert scene.page == "ranges-table"
    await wait_until(lambda: "192.0.2.9" in scene.said())


@pytest.mark.parametrize(
    ("typed", "said"),
    [("192.0.2.9", "Can use 2 keys"), ("203.0.113.99", "Can use 1 key"), ("home", "Not an address")],
)
async def test_a_typed_address_is_compared(scene: Scene, typed: str, said: str) -> None:
    """Enter says what can be used from there; what is no address says so, and nothing is asked of anybody."""
    await scene.judge()
    field = scene.pane.widget().findChild(QLineEdit, "hosts-address")
    assert isinstance(field, QLineEdit)

    field.setText(typed)
    QTest.keyClick(field, Qt.Key.Key_Return)

    await wait_until(lambda: said in scene.said())


async def test_an_address_gets_a_name(scene: Scene) -> None:
    """Editing an address without a name makes a host of it."""
    await scene.judge()
    scene.table().select("address:192.0.2.9")
    scene.act("host-edit").trigger()
    dialog = scene.dialog()
    name = dialog.findChild(QLineEdit, "host_name")
    assert isinstance(name, QLineEdit)
    name.setText("Zurich")

    dialog.primary_button.click()
    await wait_until(lambda: scene.fake.hosts.hosts.value)

    assert [(host.name, host.addresses) for host in scene.fake.hosts.hosts.value] == [
        ("Zurich", ("192.0.2.9",))
    ]


async def test_a_bad_address_is_answered_beside_its_field(scene: Scene) -> None:
    """Nothing is saved until every line is an address."""
    scene.act("host-add").trigger()
    dialog = scene.dialog()
    name = dialog.findChild(QLineEdit, "host_name")
    addresses = dialog.findChild(QPlainTextEdit, "addresses")
    assert isinstance(name, QLineEdit)
    assert isinstance(addresses, QPlainTextEdit)
    name.setText("box")
    addresses.setPlainText("203.0.113.7\nnot.an.address")

    dialog.primary_button.click()
    message = dialog.findChild(QLabel, "addresses_message")
    assert isinstance(message, QLabel)
    await wait_until(lambda: "not.an.address" in message.text())

    assert scene.fake.hosts.hosts.value == ()
    dialog.reject()
