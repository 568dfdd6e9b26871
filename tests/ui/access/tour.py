"""A tour of the real window on the embedded simulator: every pane, every dialog that an act opens."""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import cast

from PySide6.QtCore import QCoreApplication, QEvent, QModelIndex, QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QDialog, QWidget

from kraken_desk.app.clock import SystemClock
from kraken_desk.app.demo_world import DemoWorld
from kraken_desk.app.desktop import start_work
from kraken_desk.app.paths import resource_root
from kraken_desk.app.screen_driver import ScreenDriver
from kraken_desk.app.snapshots_legs import picture_plan
from kraken_desk.app.snapshots_money import picture_unknown_transfer
from kraken_desk.app.wiring import OpenDesk
from kraken_desk.domain.environments import PRODUCTION
from kraken_desk.domain.preferences import Preferences
from kraken_desk.domain.secrets import Passphrase
from kraken_desk.keychain.memory import MemoryVault
from kraken_desk.services.backup import BackupReport
from kraken_desk.services.desk import Desk
from kraken_desk.services.diagnosis import Diagnosis
from kraken_desk.services.lock_ports import PassphraseSeal
from kraken_desk.services.locking import LockService
from kraken_desk.services.preferences import PreferencesService
from kraken_desk.services.profile_doors import FirstSteps, ProfileDoors, unkept
from kraken_desk.store import Store
from kraken_desk.ui import dialogs, widgets
from kraken_desk.ui.act_list import ACTS
from kraken_desk.ui.dialogs.settings import PAGES, SettingsDialog
from kraken_desk.ui.main_window import MainWindow
from kraken_desk.ui.pane_list import PANES
from kraken_desk.ui.shell import build_window
from tests.helpers.builders import NOW
from tests.helpers.fakes import FakeClock
from tests.ui.access.parts import called
from tests.ui.fake_desk import EmptySettings

Look = Callable[[str, QWidget], None]

ROWS = ("mm-bot-1", "legacy export", "Momentum", "Meridian Capital")
"""Rows of the demo fleet, one of which every act about a row is possible for."""

LEADING_AWAY = {"open-demo"}
"""Acts that open no dialog, but another window in place of this one."""

PANE_ACTS = {"findings": ("finding-mute",), "hosts": ("host-add", "host-edit")}
"""Acts of panes that open a dialog of their own."""


class StrayWindows(QObject):
    """Remembers widgets that were shown as windows of their own and are none: they take the focus away."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's own name
        if event.type() is QEvent.Type.Show and isinstance(watched, QWidget) and _is_stray(watched):
            self.seen.append(called(watched))
        return False


def _is_stray(widget: QWidget) -> bool:
    window = widget.windowType() is Qt.WindowType.Window
    return window and not isinstance(widget, QDialog) and not widget.windowTitle()


class Tour(ScreenDriver):
    """One window, looked at in all its states; `look` is called for each with its name."""

    def __init__(self, window: MainWindow, desk: Desk, preferences: PreferencesService) -> None:
        super().__init__(window, desk, Path(), "tour")
        self.desk = desk
        self.preferences = preferences
        self.opened: set[str] = set()
        """The acts whose dialogs were looked at."""
        self._look: Look = lambda _name, _root: None
        self.stray = StrayWindows()
        self.kinds: set[type] = set()
        """The classes of all dialogs that were looked at."""

    async def panes(self, look: Look) -> None:
        """Look at every pane with something chosen in it."""
        for entry in PANES:
            self.window.show_pane(entry.name)
            await self.settle()
            self.choose_row(entry.name, 1)
            await self.turns()
            look(entry.name, self.window)

    async def acts(self, look: Look, rows: Sequence[str] = ROWS) -> None:
        """Look at the dialog of every act of the window that is possible for one of the rows."""
        for act in ACTS:
            if act.command.name not in LEADING_AWAY:
                await self.dialog_of(act.command.name, look, [partial(self.select, row) for row in rows])

    async def pane_acts(self, look: Look) -> None:
        for pane, acts in PANE_ACTS.items():
            self.window.show_pane(pane)
            await self.settle()
            for act in acts:
                await self.dialog_of(act, look, [partial(self.choose_row, pane, row) for row in range(4)])

    async def dialog_of(self, act: str, look: Look, choices: Sequence[Callable[[], None]]) -> None:
        """Open an act's dialog on the first row that it is possible for, and leave it by Escape."""
        action = self.action(act)
        for choose in choices:
            if not action.isEnabled():
                choose()
                await self.turns()
        if not action.isEnabled():
            return
        self.act(act)
        await self.settle()
        dialog = self._in_front()
        if dialog is None:
            return  # its door is in another window
        self.opened.add(act)
        self.kinds.add(type(dialog))
        if isinstance(dialog, SettingsDialog):
            for page in PAGES:
                dialog.show_page(page)
                await self.settle()
                look(f"settings-{page}", dialog)
        else:
            look(act, dialog)
        await self.leave(dialog)

    def choose_row(self, pane: str, row: int) -> None:
        """Select a row of the first table of a pane, below a group's head where it has groups."""
        inside = self.find(QWidget, f"place-{pane}")
        tables = [
            t for t in inside.findChildren(QAbstractItemView) if t.isVisible() and t.model() is not None
        ]
        for table in tables[:1]:
            model = table.model()
            head = model.index(0, 0)
            table.setCurrentIndex(model.index(row, 0, head if model.rowCount(head) else QModelIndex()))

    async def rest(self, look: Look, world: DemoWorld) -> None:
        """Look at what only follows from work: a transfer in doubt and its settling, a plan of legs."""
        self._look = look
        self.select("Momentum")
        await self.dialog_of("rename-account", look, ())
        self.window.show_pane("journal")
        self.select("Meridian Capital")
        await picture_unknown_transfer(self, world)
        await picture_plan(self)

    async def picture(self, name: str, widget: QWidget | None = None, *, at_once: bool = False) -> None:
        """Look, where the pictures of the demo are taken."""
        if not at_once:
            await self.settle()
        shown = widget or self.window
        self.kinds.add(type(shown))
        if shown is not self.window:
            self._look(name, shown)

    def action(self, name: str) -> QAction:
        found = next((a for a in self.window.actions() if a.objectName() == name), None)
        assert isinstance(found, QAction), name
        return found

    def _in_front(self) -> QWidget | None:
        """Return the dialog, or other window, that an act has opened."""
        others = (w for w in QApplication.topLevelWidgets() if w.isVisible() and w is not self.window)
        return next((w for w in others if isinstance(w, QDialog) or w.windowTitle()), None)

    async def leave(self, dialog: QWidget) -> None:
        """Press Escape; the window goes away."""
        QTest.keyClick(QApplication.focusWidget() or dialog, Qt.Key.Key_Escape)
        await self.until(lambda: self._in_front() is None)
        self.window.activateWindow()  # a desktop does that; the offscreen platform has none
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    async def turns(self, number: int = 3) -> None:
        for _ in range(number):
            await asyncio.sleep(0)


@asynccontextmanager
async def among_keys(world: DemoWorld, preferences: Preferences) -> AsyncIterator[Tour]:
    """Open the window on the demo's fleet, checked and judged."""
    lock = LockService(EmptySettings(), cast(PassphraseSeal, None), FakeClock())
    doors = ProfileDoors(unkept(preferences), lock, examine=_examine)
    async with _touring(world.open_desk.desk, doors) as tour:
        start_work(world.open_desk)
        await tour.until(lambda: bool(tour.desk.balances.snapshot.value.sheets))
        await tour.until(lambda: "desk:first" not in tour.desk.scope.groups.value)
        await tour.until(lambda: tour.desk.judging.judgement.value is not None)
        yield tour
        await tour.desk.scope.close()


@asynccontextmanager
async def at_first(home: Path, preferences: Preferences) -> AsyncIterator[Tour]:
    """Open the window of real money on an empty profile; nothing is asked of anybody."""
    store = await Store.open(home / "first.sqlite3")
    opened = OpenDesk(PRODUCTION, store, MemoryVault(), SystemClock())
    await opened.desk.fleet.load()
    steps = FirstSteps(lambda: None, _look_into, lambda _file, _passphrase: None)
    async with _touring(opened.desk, ProfileDoors(unkept(preferences), first_steps=steps)) as tour:
        yield tour
    await opened.close()
    await store.close()


async def _examine() -> tuple[Diagnosis, ...]:
    return (Diagnosis("clock", False, "The clock is 9 s off.", "Set it by the network."),)


async def _look_into(_file: Path, _passphrase: Passphrase) -> BackupReport:
    return BackupReport(NOW, (("accounts", 6),), 21, 0)


@asynccontextmanager
async def _touring(desk: Desk, doors: ProfileDoors) -> AsyncIterator[Tour]:
    window = build_window(desk, resource_root(), profile=doors)
    window.resize(1280, 800)
    window.show()
    window.activateWindow()
    tour = Tour(window, desk, doors.preferences)
    app = QApplication.instance()
    assert app is not None
    app.installEventFilter(tour.stray)
    await tour.until(window.isActiveWindow)
    yield tour
    app.removeEventFilter(tour.stray)
    window.close_for_good()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def dialogs_of_the_program() -> set[type]:
    """Return the classes of all dialogs that the program can show, from the modules that hold them."""
    found: set[type] = set()
    for package in (dialogs, widgets):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            kinds = vars(importlib.import_module(module.name)).values()
            found |= {k for k in kinds if isinstance(k, type) and issubclass(k, QDialog) and k is not QDialog}
    ours = {kind for kind in found if kind.__module__.startswith("kraken_desk.")}
    return {kind for kind in ours if not kind.__subclasses__()}
