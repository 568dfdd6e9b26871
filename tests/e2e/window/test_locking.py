"""A locked program shows nothing and asks nothing; unlocked it goes on where it was."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QPushButton, QToolTip, QWidget
from shiboken6 import isValid

from kraken_desk.app.application import window_settings
from kraken_desk.app.demo_world import DemoWorld
from kraken_desk.app.desktop import start_work
from kraken_desk.app.keeper import WindowKeeper
from kraken_desk.app.paths import resource_root
from kraken_desk.domain.locking import LockPolicy, LockReason
from kraken_desk.domain.secrets import Passphrase
from kraken_desk.sealing.derivation import Cost
from kraken_desk.sealing.threaded import ThreadedSeal
from kraken_desk.services.locking import LockService
from kraken_desk.ui.clipboard import clipboard_guard
from kraken_desk.ui.lock_window import LockWindow
from kraken_desk.ui.main_window import MainWindow
from kraken_desk.ui.shell import build_window
from kraken_desk.ui.theme import SYSTEM, Theme
from tests.helpers.wait import wait_until

RIGHT = Passphrase("tidal harbour nine")


class Lockable:
    """The demo in windows that can be locked."""

    def __init__(self, world: DemoWorld, lock: LockService, home: Path) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        self.world, self.lock = world, lock
        self.desk = world.open_desk.desk
        settings = window_settings(home)
        self.keeper = WindowKeeper(
            self.desk,
            lock,
            lambda: build_window(self.desk, resource_root(), settings=settings),
            lambda: start_work(world.open_desk),
            Theme(app, SYSTEM, resource_root()),
            lambda: None,
        )

    async def is_live(self) -> None:
        await wait_until(lambda: "desk:live" in self.desk.scope.groups.value, limit_s=60)
        await wait_until(
            lambda: any(g.startswith("desk:feed:") for g in self.desk.scope.groups.value), limit_s=60
        )


@asynccontextmanager
async def running(tmp_path: Path) -> AsyncIterator[Lockable]:
    """Run the demo inside a test: work that a fixture has started would be stepped between loops."""
    async with DemoWorld.running() as world:
        lock = LockService(world.store, ThreadedSeal(Cost(64, 1, 1)), world.open_desk.desk.clock)
        made = Lockable(world, lock, tmp_path)
        made.keeper.open()
        yield made
        await made.keeper.close()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def texts_of(widget: QWidget) -> str:
    """Return everything that assistive programs can read of a window and its children."""
    found: list[str] = []

    def walk(item: QObject) -> None:
        face = QAccessible.queryAccessibleInterface(item)
        if face is not None:
            found.extend(face.text(kind) for kind in (QAccessible.Text.Name, QAccessible.Text.Value))
        for child in item.children():
            if isinstance(child, QWidget):
                walk(child)

    walk(widget)
    return "\n".join([widget.windowTitle(), *found])


def try_passphrase(cover: LockWindow, text: str) -> QPushButton:
    """Type and press as a hand would; the button is enabled again when it was wrong."""
    field, button = cover.findChild(QLineEdit, "passphrase"), cover.findChild(QPushButton, "unlock")
    assert isinstance(field, QLineEdit)
    assert isinstance(button, QPushButton)
    field.setText(text)
    button.click()
    return button


async def test_locking_takes_the_window_and_its_work_away(tmp_path: Path) -> None:
    """No widget of the main window is left, feeds have ended, and the exchange is asked nothing more."""
    async with running(tmp_path) as lockable:
        await lockable.is_live()

        lockable.lock.lock(LockReason.REQUEST)
        await wait_until(lambda: not lockable.desk.scope.groups.value, limit_s=60)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

        cover = lockable.keeper.cover
        assert cover is not None
        assert lockable.keeper.window is None
        shown = [w for w in QApplication.topLevelWidgets() if w.isVisible()]
        assert shown == [cover]
        labels = [node.account.label for node in lockable.desk.fleet.snapshot.value.accounts()]
        readable = "\n".join(texts_of(window) for window in QApplication.topLevelWidgets())
        assert [label for label in labels if label in readable] == []


async def test_unlocking_brings_window_and_work_back(tmp_path: Path) -> None:
    """The right passphrase opens, a wrong one does not; then figures are live again."""
    async with running(tmp_path) as lockable:
        await lockable.is_live()
        await lockable.lock.set_passphrase(RIGHT)
        lockable.lock.lock(LockReason.IDLE)
        await wait_until(lambda: not lockable.desk.scope.groups.value, limit_s=60)
        cover = lockable.keeper.cover
        assert cover is not None

        await wait_until(try_passphrase(cover, "wrong one").isEnabled, limit_s=60)
        refused = lockable.keeper.window
        try_passphrase(cover, RIGHT.reveal())
        await wait_until(lambda: lockable.keeper.window is not None)

        assert refused is None
        assert lockable.keeper.cover is None
        await lockable.is_live()


async def test_locking_and_leaving_clear_our_copy_only(tmp_path: Path) -> None:
    """A key's copy goes with the lock and with the end; what another program copied meanwhile stays."""
    clipboard, held = QApplication.clipboard(), []
    async with running(tmp_path) as lockable:
        clipboard_guard().copy("a key")
        lockable.lock.lock(LockReason.IDLE)
        held.append(clipboard.text())
        clipboard_guard().copy("another key")
        clipboard.setText("a shopping list")
        await lockable.lock.unlock(None)
        lockable.lock.lock(LockReason.IDLE)
        held.append(clipboard.text())
        clipboard_guard().copy("a third key")
    held.append(clipboard.text())

    assert held == ["", "a shopping list", ""]


async def test_sleep_locks_if_the_operator_wants_it(tmp_path: Path) -> None:
    """The policy decides whether a suspend or the desktop's own lock counts."""
    async with running(tmp_path) as lockable:
        await lockable.lock.set_policy(LockPolicy(on_suspend=False, on_screen_lock=True))

        lockable.keeper.session.on_sleep(True)
        after_sleep = lockable.lock.state.value.locked
        lockable.keeper.session.on_screen_saver(True)

        assert not after_sleep
        assert lockable.lock.state.value.reason is LockReason.SCREEN


def is_gone(window: MainWindow | None) -> bool:
    """Say whether a window and all names in it have been destroyed."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return not isValid(window)


async def test_what_acts_at_kraken_is_seen_to_its_end(tmp_path: Path) -> None:
    """Locking and leaving cancel no plan, stop, rotation or creation: their outcome would be unknown."""
    groups = {"transfers:send", "plans:run", "stop:everything", "subaccounts:create", "keys:rotate"}
    async with running(tmp_path) as lockable:
        await lockable.is_live()
        gate, ended, window = asyncio.Event(), [], lockable.keeper.window

        async def act(group: str) -> None:
            await gate.wait()
            ended.append(group)

        for group in sorted(groups):
            lockable.desk.scope.start(group, act(group))
        lockable.lock.lock(LockReason.REQUEST)
        await wait_until(lambda: lockable.desk.scope.groups.value == groups, limit_s=60)
        await wait_until(lambda: is_gone(window), limit_s=60)
        lockable.desk.scope.cancel("transfers:send")
        asyncio.get_running_loop().call_later(0.1, gate.set)

    groups.remove("transfers:send")
    assert set(ended) == groups


async def test_a_second_lock_takes_the_second_window_as_well(tmp_path: Path) -> None:
    """While a transfer of the first window is waited for, the next one is destroyed and its work ends."""
    async with running(tmp_path) as lockable:
        gate = asyncio.Event()
        lockable.desk.scope.start("transfers:send", gate.wait())
        lockable.lock.lock(LockReason.REQUEST)
        await wait_until(lambda: lockable.desk.scope.groups.value == {"transfers:send"}, limit_s=60)
        await lockable.lock.unlock(None)
        second = lockable.keeper.window
        lockable.desk.scope.start("desk:live", gate.wait())

        lockable.lock.lock(LockReason.REQUEST)

        await wait_until(lambda: is_gone(second), limit_s=20)
        assert lockable.desk.scope.groups.value == {"transfers:send"}
        gate.set()


async def test_no_dialog_comes_after_the_lock(tmp_path: Path) -> None:
    """Work of the window that is about to go on, as to open what it has loaded, is cancelled at once."""
    async with running(tmp_path) as lockable:
        gate, opened = asyncio.Event(), []

        async def load_and_open() -> None:
            await gate.wait()
            opened.append("a dialog")

        lockable.desk.scope.start("roles:load", load_and_open())
        await asyncio.sleep(0)
        gate.set()

        lockable.lock.lock(LockReason.SCREEN)

        await wait_until(lambda: not lockable.desk.scope.groups.value)
        assert opened == []


async def test_nothing_stays_open_beside_the_lock(tmp_path: Path) -> None:
    """Menus and tips hold names too; they go with the window."""
    async with running(tmp_path) as lockable:
        window = lockable.keeper.window
        assert window is not None
        menu = QMenu()
        menu.addAction("Momentum")
        menu.popup(window.pos())
        QToolTip.showText(window.pos(), "Momentum holds 12500", window)

        lockable.lock.lock(LockReason.SCREEN)
        await wait_until(lambda: lockable.keeper.window is None)

        shown = [w for w in QApplication.topLevelWidgets() if w.isVisible()]
        assert shown == [lockable.keeper.cover]
