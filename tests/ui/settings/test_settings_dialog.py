"""The settings dialog on a fake desk: every choice counts at once, is found by words, and can be reset."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import TypeVar, cast

import pytest
import pytest_asyncio
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeView,
    QWidget,
)
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from kraken_desk.domain.errors import SealError
from kraken_desk.domain.locking import LockPolicy
from kraken_desk.domain.preferences import Density, LowBalance, NoticeKind, Preferences
from kraken_desk.domain.secrets import Passphrase
from kraken_desk.services.lock_ports import PassphraseSeal
from kraken_desk.services.locking import LockService
from kraken_desk.services.profile_doors import ProfileDoors
from kraken_desk.ui.dialogs.settings import SettingsDialog
from kraken_desk.ui.shell import build_window
from kraken_desk.ui.widgets.grouped_table import GroupedTable
from kraken_desk.ui.widgets.keys_field import KeysField
from tests.helpers.builders import LAB, a_key, a_master_with
from tests.helpers.wait import wait_until
from tests.ui.conftest import RESOURCES
from tests.ui.fake_desk import EmptySettings, FakeDesk

W = TypeVar("W", bound=QWidget)


class PlainSeal:
    """Keeps the passphrase itself as its verifier; only for tests."""

    async def make_verifier(self, passphrase: object) -> str:
        return passphrase.reveal()  # type: ignore[attr-defined,no-any-return]  # a Passphrase

    async def is_right(self, passphrase: object, verifier: str) -> bool:
        return passphrase.reveal() == verifier  # type: ignore[attr-defined,no-any-return]  # a Passphrase


class FakeSystem:
    """The system's question; `reason` why it cannot be asked, `says_no` what it answers."""

    reason = ""
    says_no = False

    async def why_not(self) -> str:
        return self.reason

    async def ask(self) -> None:
        if self.says_no:
            raise SealError("The system has not confirmed you")


class Scene:
    def __init__(self) -> None:
        self.fake = FakeDesk(LAB, a_master_with(a_key(1, name="monitor")))
        seal = cast(PassphraseSeal, PlainSeal())
        self.system = FakeSystem()
        self.lock = LockService(EmptySettings(), seal, self.fake.clock, self.system)
        self.doors = ProfileDoors(locking=self.lock)
        self.window = build_window(self.fake.desk, RESOURCES, profile=self.doors)
        self.window.show()
        self.action("settings").trigger()
        dialog = self.window.findChild(SettingsDialog)
        assert isinstance(dialog, SettingsDialog)
        self.dialog = dialog

    @property
    def preferences(self) -> Preferences:
        return self.doors.preferences.preferences.value

    def action(self, name: str) -> QAction:
        found = self.window.findChild(QAction, name)
        assert isinstance(found, QAction)
        return found

    def find(self, kind: type[W], name: str) -> W:
        found = self.dialog.findChild(kind, name)
        assert found is not None
        return found

    def choose(self, name: str, text: str) -> None:
        box = self.find(QComboBox, name)
        row = box.findText(text)
        box.setCurrentIndex(row)
        box.activated.emit(row)

    async def settle(self) -> None:
        await wait_until(lambda: not self.fake.scope.groups.value)


@pytest_asyncio.fixture
async def scene(qapp: QApplication, qtbot: QtBot) -> AsyncIterator[Scene]:
    scene = Scene()
    yield scene
    await scene.settle()
    if isValid(scene.dialog):
        scene.dialog.accept()
    scene.window.close_for_good()
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    app.setStyleSheet("")


async def test_density_and_font_change_the_open_window(scene: Scene) -> None:
    """Compact rows are lower at once, a larger font makes them higher again; nothing is restarted."""
    tree = scene.window.findChild(QTreeView, "fleet-tree")
    assert isinstance(tree, QTreeView)

    def height() -> int:
        return tree.visualRect(tree.model().index(0, 0)).height()

    await wait_until(lambda: height() == 32)
    scene.choose("density", "Compact")
    await wait_until(lambda: height() == 28)
    scene.choose("font-size", "200 %")
    await wait_until(lambda: height() > 32)

    assert scene.preferences.density is Density.COMPACT
    scene.choose("font-size", "100 %")
    await scene.settle()


async def test_a_page_is_reset_as_a_whole(scene: Scene) -> None:
    """Reset gives the shown page its usual values and leaves the others alone."""
    scene.choose("theme", "Light")
    scene.find(QCheckBox, "reduced-motion").click()
    scene.find(QCheckBox, "notice-amounts").click()

    scene.find(QPushButton, "settings-reset").click()

    assert scene.preferences == Preferences(amounts=True)
    assert not scene.find(QCheckBox, "reduced-motion").isChecked()
    await scene.settle()


async def test_settings_are_found_by_words(scene: Scene) -> None:
    """Search leads to the page and leaves only what has the words; nonsense is answered by a sentence."""
    search = scene.find(QLineEdit, "settings-search")

    search.setText("nonce")
    page, daily = scene.dialog.page.name, scene.find(QCheckBox, "daily-checks").isVisible()
    other = scene.find(QCheckBox, "read-only").isVisible()
    search.setText("qqqq")

    assert (page, daily, other) == ("checks", True, False)
    assert scene.find(QLabel, "settings-nothing").isVisible()


async def test_kinds_of_notifications_are_switched_one_by_one(scene: Scene) -> None:
    """Switching one kind off leaves the others on."""
    scene.find(QCheckBox, "notice-drift").click()

    assert scene.preferences.notices == frozenset(NoticeKind) - {NoticeKind.DRIFT}
    await scene.settle()


async def test_thresholds_are_checked_and_kept(scene: Scene) -> None:
    """A wrong amount is refused beside its field; a right one is kept, once per account and asset."""
    account, asset = scene.find(QLineEdit, "low-account"), scene.find(QLineEdit, "low-asset")
    least, add = scene.find(QLineEdit, "low-least"), scene.find(QPushButton, "low-add")
    said = scene.find(QLabel, "low-least_message")

    account.setText("Main")
    asset.setText("usd")
    least.setText("minus one")
    add.click()
    refused, kept = said.text(), scene.preferences.low_balances
    least.setText("2500")
    add.click()

    assert refused == "No such threshold. A threshold is an amount above zero. Write it like 2500."
    assert kept == ()
    assert scene.preferences.low_balances == (LowBalance("Main", "USD", Decimal(2500)),)
    await scene.settle()


async def test_the_lock_policy_is_the_profiles_own(scene: Scene) -> None:
    """What is chosen goes to the lock service and counts there."""
    scene.choose("lock-idle", "Never")
    scene.find(QCheckBox, "lock-screen").click()
    await scene.settle()

    assert scene.lock.policy.value == LockPolicy(idle=None, on_screen_lock=False, on_suspend=True)


async def test_a_passphrase_is_set_and_taken_away(scene: Scene) -> None:
    """Two different texts are refused; a set passphrase is asked for before it is removed."""
    new, again = scene.find(QLineEdit, "new-passphrase"), scene.find(QLineEdit, "again")

    new.setText("correct horse")
    again.setText("correct hors")
    scene.find(QPushButton, "set-passphrase").click()
    refused = scene.find(QLabel, "again_message").text()
    new.setText("correct horse")
    again.setText("correct horse")
    scene.find(QPushButton, "set-passphrase").click()
    await scene.settle()
    has_one, left = scene.lock.state.value.has_passphrase, new.text() + again.text()
    scene.find(QLineEdit, "present").setText("wrong one!")
    scene.find(QPushButton, "remove-passphrase").click()
    await scene.settle()

    assert refused.startswith("The two differ.")
    assert (has_one, left) == (True, "")
    assert scene.lock.state.value.has_passphrase
    assert scene.find(QLabel, "present_message").text().startswith("The passphrase is wrong.")


async def test_the_daily_switch_and_read_only_are_the_desks_own(scene: Scene) -> None:
    """What the command line shares is changed through the services."""
    scene.find(QCheckBox, "daily-checks").click()
    scene.find(QCheckBox, "read-only").click()
    scene.choose("currency", "EUR")
    await scene.settle()

    assert scene.fake.schedule.process_keys.value is False
    assert scene.fake.treasury.read_only.state.value is True
    assert scene.fake.valuation.chosen == ["EUR"]


async def test_keys_are_changed_by_pressing_them(scene: Scene) -> None:
    """A free combination is given at once and named in the tip; reset brings back the usual one."""
    table, keys = scene.find(GroupedTable, "shortcuts-table"), scene.find(KeysField, "new-keys")
    scene.dialog.show_page("shortcuts")
    table.select("add-key")

    keys.take(QKeySequence("Ctrl+Alt+A"))
    scene.find(QPushButton, "shortcut-give").click()
    given, tip = scene.action("add-key").shortcut().toString(), scene.action("add-key").toolTip()
    scene.find(QPushButton, "settings-reset").click()

    assert given == "Ctrl+Alt+A"
    assert tip == "Paste a key, check it, store it (Ctrl+Alt+A)"
    assert scene.action("add-key").shortcut().toString() == "Ctrl+N"
    await scene.settle()


async def test_keys_that_are_taken_are_refused(scene: Scene) -> None:
    """Another act's keys and bare letters are refused with the reason; nothing changes."""
    table, keys = scene.find(GroupedTable, "shortcuts-table"), scene.find(KeysField, "new-keys")
    said, give = scene.find(QLabel, "shortcut-said"), scene.find(QPushButton, "shortcut-give")
    table.select("add-key")

    keys.take(QKeySequence("Ctrl+T"))
    taken, may_take = said.text(), give.isEnabled()
    keys.take(QKeySequence("K"))
    bare, may_bare = said.text(), give.isEnabled()

    assert taken == "Ctrl+T belongs to “Transfer”. Give that other keys first."
    assert bare == "That key is needed for writing and moving. Hold Ctrl, Alt or Meta with it."
    assert (may_take, may_bare) == (False, False)
    assert scene.preferences.shortcuts == ()


async def test_a_shortcut_in_the_file_that_is_taken_is_passed_over(scene: Scene) -> None:
    """A file that gives two acts the same keys leaves the second act with its usual ones."""
    await scene.doors.preferences.change(Preferences(shortcuts=(("add-key", "Ctrl+T"), ("find", "no keys"))))

    assert scene.action("add-key").shortcut().toString() == "Ctrl+N"
    assert scene.action("find").shortcut().toString() == "Ctrl+F"


async def test_every_control_has_a_name(scene: Scene) -> None:
    """A screen reader finds words for everything that takes the keyboard."""
    nameless = [
        w.objectName() or type(w).__name__
        for w in scene.dialog.findChildren(QWidget)
        if w.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not (w.accessibleName() or getattr(w, "text", str)())
        and not w.objectName().startswith("qt_")
    ]

    assert nameless == []


async def test_escape_closes(scene: Scene) -> None:
    """The keyboard alone leads out."""
    QTest.keyClick(scene.dialog, Qt.Key.Key_Escape)

    await wait_until(lambda: not isValid(scene.dialog) or not scene.dialog.isVisible())


async def test_the_systems_login_counts_once_it_was_tried(scene: Scene) -> None:
    """A no leaves the switch off and says why; a yes turns it on; the page's reset leaves it alone."""
    scene.dialog.show_page("locking")
    switch = scene.find(QCheckBox, "lock-by-system")
    await wait_until(switch.isEnabled)

    scene.system.says_no = True
    switch.click()
    await wait_until(scene.dialog.problem.isVisible)
    refused = (switch.isChecked(), scene.lock.policy.value.by_system)
    scene.system.says_no = False
    switch.click()
    await wait_until(lambda: scene.lock.policy.value.by_system)
    scene.find(QPushButton, "settings-reset").click()
    await scene.settle()

    assert refused == (False, False)
    assert switch.isChecked()
    assert scene.lock.policy.value.by_system


async def test_what_ends_after_the_dialog_touches_nothing_of_it(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A passphrase or a question may take its time; the dialog may be gone, what was asked for counts."""
    gate, defects = asyncio.Event(), []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _loop, context: defects.append(context))

    async def slow_verifier(passphrase: Passphrase) -> str:
        await gate.wait()
        return passphrase.reveal()

    monkeypatch.setattr(scene.lock._seal, "make_verifier", slow_verifier)
    monkeypatch.setattr(scene.system, "ask", gate.wait)
    switch = scene.find(QCheckBox, "lock-by-system")
    await wait_until(switch.isEnabled)
    switch.click()
    for name in ("new-passphrase", "again"):
        scene.find(QLineEdit, name).setText("tidal harbour nine")
    scene.find(QPushButton, "set-passphrase").click()

    scene.dialog.accept()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gate.set()
    await scene.settle()
    loop.set_exception_handler(None)

    assert not isValid(scene.dialog)
    assert defects == []
    assert scene.lock.state.value.has_passphrase
    assert scene.lock.policy.value.by_system


async def test_hiding_from_captures_says_why_it_cannot(scene: Scene) -> None:
    """On Linux the switch is off, cannot be turned, and tells the reason."""
    switch = scene.find(QCheckBox, "hidden-from-capture")

    assert not switch.isEnabled()
    assert not switch.isChecked()
    assert "X11 and Wayland" in switch.accessibleDescription()
