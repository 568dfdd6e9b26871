"""The real program with its window, led through everything that takes a secret.

Run as a script. It reads what to do as JSON from its standard input, and prints what could be read of it
as JSON: titles, tips, the clipboard's contents, and what assistive programs are given.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QAccessible, QAccessibleInterface, QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget

from kraken_desk.app import presence
from kraken_desk.app.crash import DefectReports
from kraken_desk.app.entry import main
from kraken_desk.app.keeper import WindowKeeper
from kraken_desk.app.screen_driver import ScreenDriver
from kraken_desk.domain.secrets import ApiSecret
from kraken_desk.services.desk import Desk
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.clipboard import clipboard_guard
from kraken_desk.ui.settings.rows import SettingsPage
from kraken_desk.ui.widgets.secret_field import SecretField
from tests.helpers.wait import wait_until

SHORT_MS = 50
PATIENCE_S = 30.0
SHOWING = frozenset({QEvent.Type.WindowTitleChange, QEvent.Type.Show, QEvent.Type.ToolTipChange})


class Witness(QObject):
    """Notes what can be read from outside, whenever it changes or is asked for."""

    def __init__(self, app: QApplication) -> None:
        super().__init__()
        self.seen: dict[str, list[str]] = {"titles": [], "clipboard": [], "locked": [], "open": [], "end": []}
        app.installEventFilter(self)
        QGuiApplication.clipboard().dataChanged.connect(self.look_at_clipboard)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        if event.type() in SHOWING and isinstance(watched, QWidget):
            self.seen["titles"] += [watched.windowTitle(), watched.toolTip(), watched.statusTip()]
        return False

    def look_at_clipboard(self) -> None:
        self.seen["clipboard"].append(clipboard_text())

    def read(self, when: str) -> None:
        """Read every window as an assistive program does, hidden ones too."""
        for window in QApplication.topLevelWidgets():
            face = QAccessible.queryAccessibleInterface(window)
            self.seen[when] += [window.windowTitle(), *texts_of(face)]


def texts_of(face: QAccessibleInterface | None) -> list[str]:
    """Return all texts of an element and of those below it."""
    if face is None or not face.isValid():
        return []
    found = [face.text(kind) for kind in QAccessible.Text if kind is not QAccessible.Text.UserText]
    for number in range(face.childCount()):
        found += texts_of(face.child(number))
    return [text for text in found if text]


def clipboard_text() -> str:
    clipboard = QGuiApplication.clipboard()
    both = (clipboard.Mode.Clipboard, clipboard.Mode.Selection)
    return "\n".join(clipboard.text(mode) for mode in both)


class Walk:
    """One visit of the window, from the lock to the end."""

    def __init__(self, keeper: WindowKeeper, desk: Desk, plan: dict[str, Any], witness: Witness) -> None:
        self._keeper, self._desk, self._plan, self._witness = keeper, desk, plan, witness
        self._driver: ScreenDriver | None = None

    async def go(self) -> None:
        clipboard_guard()._timer.setInterval(SHORT_MS)
        presence.LOOK_EVERY_S = SHORT_MS / 1_000
        await self.unlock()
        await self.add_key()
        await self.copy()
        await self.change_passphrase()
        self.fail()
        await self.lock_over_a_dialog()
        await self.unlock()
        self._driver_now().select(self._plan["key"]["name"])
        self._driver_now().act("copy-api-key")
        self._keeper.leave()

    def _driver_now(self) -> ScreenDriver:
        window = self._keeper.window
        assert window is not None
        if self._driver is None or self._driver.window is not window:
            self._driver = ScreenDriver(window, self._desk, Path(self._plan["aside"]), "canary")
        return self._driver

    async def unlock(self) -> None:
        """Try a wrong passphrase, then the right one."""
        cover = self._keeper.cover
        assert cover is not None
        field, button = cover.findChild(QLineEdit, "passphrase"), cover.findChild(QPushButton, "unlock")
        assert isinstance(field, QLineEdit)
        assert isinstance(button, QPushButton)
        for text in (self._plan["wrong"], self._plan["unlocking"]):
            field.setText(text)
            self._witness.read("locked")
            button.click()
            await wait_until(
                lambda: self._keeper.window is not None or button.isEnabled(), limit_s=PATIENCE_S
            )
            self._witness.read("locked" if self._keeper.window is None else "open")
        await wait_until(lambda: self._keeper.window is not None, limit_s=PATIENCE_S)
        await self._driver_now().settle()

    async def add_key(self) -> None:
        """Paste a mistyped secret, then the right one."""
        driver, key = self._driver_now(), self._plan["key"]
        driver.act("add-key")
        dialog = await driver.dialog()
        for secret in (self._plan["mistyped"], key["api_secret"]):
            driver.type("api_key", key["api_key"], dialog)
            driver.type("secret", secret, dialog)
            self._witness.read("open")
            await driver.click("primary", dialog)
            await driver.settle()
            self._witness.read("open")
        driver.type("name", key["name"], dialog)
        await driver.click("primary", dialog)
        await driver.dialog_gone()
        await driver.settle()

    async def copy(self) -> None:
        """Copy what the window offers to copy of a key, and let the time run out."""
        driver = self._driver_now()
        driver.select(self._plan["key"]["name"])
        driver.act("copy-api-key")
        self._witness.look_at_clipboard()
        await wait_until(lambda: not clipboard_text().strip(), limit_s=PATIENCE_S)
        driver.act("hand-over")
        dialog = await driver.dialog()
        driver.press("copy-line", dialog)
        self._witness.read("open")
        await driver.close(dialog)

    async def change_passphrase(self) -> None:
        """Mistype the present passphrase in the settings."""
        driver = self._driver_now()
        driver.act("settings")
        dialog = await driver.dialog()
        page = driver.find(SettingsPage, "settings-locking", dialog)
        for field in page.findChildren(SecretField):
            field.setText(self._plan["wrong"])
        self._witness.read("open")
        driver.find(QPushButton, "set-passphrase", page).click()
        await driver.settle()
        self._witness.read("open")
        dialog.accept()
        await driver.dialog_gone()

    def fail(self) -> None:
        """Fail in a slot and in a task, with a secret at hand and in the message."""
        secret, token = ApiSecret(self._plan["mistyped"]), self._plan["token"]

        def slot() -> None:
            at_hand = secret.reveal()
            raise ValueError(f"a defect with {at_hand} and {token}")

        async def task() -> None:
            at_hand = secret.reveal()
            raise KeyError(at_hand, token)

        scope = TaskScope("canary")
        QTimer.singleShot(0, slot)
        scope.start("defect", task())

    async def lock_over_a_dialog(self) -> None:
        """Lock while a secret stands in a form, with a key's copy on the clipboard."""
        driver, key = self._driver_now(), self._plan["key"]
        driver.act("add-key")
        dialog = await driver.dialog()
        driver.type("api_key", key["api_key"], dialog)
        driver.type("secret", key["api_secret"], dialog)
        driver.act("lock")
        await wait_until(
            lambda: self._keeper.window is None and not self._desk.scope.groups.value, limit_s=PATIENCE_S
        )
        await asyncio.sleep(0.1)
        self._witness.read("locked")
        self._witness.look_at_clipboard()


def run() -> int:
    plan = json.load(sys.stdin)
    kept: list[Any] = []
    opened = WindowKeeper.open

    def open_and_walk(keeper: WindowKeeper) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        witness = Witness(app)
        opened(keeper)
        walk = asyncio.ensure_future(_watched(Walk(keeper, keeper._desk, plan, witness), keeper))
        kept.extend((witness, walk))

    async def _watched(walk: Walk, keeper: WindowKeeper) -> None:
        await wait_until(_reports_defects, limit_s=PATIENCE_S)
        try:
            await walk.go()
        finally:
            keeper.leave()

    WindowKeeper.open = open_and_walk  # type: ignore[assignment,method-assign]
    code = main(["--home", plan["profile"], "--environment", "rehearsal"])
    witness, walk = kept
    witness.seen["end"].append(clipboard_text())
    report = {
        "code": code,
        "failure": repr(walk.exception()) if walk.done() else "unfinished",
        **witness.seen,
    }
    print(json.dumps(report))  # noqa: T201  # the test reads it
    return 0


def _reports_defects() -> bool:
    """Say whether the program listens for defects by now."""
    return DefectReports.install.__qualname__.split(".")[0] in getattr(sys.excepthook, "__qualname__", "")


if __name__ == "__main__":
    sys.exit(run())
