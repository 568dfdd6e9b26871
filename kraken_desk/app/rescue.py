"""What comes when a profile's database cannot be opened, or is to be repaired: a window that leads on."""

from __future__ import annotations

import asyncio
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from kraken_desk.app.clock import SystemClock
from kraken_desk.app.paths import database_path, resource_root
from kraken_desk.app.settings_file import SettingsFile
from kraken_desk.app.stage import Stage, first_steps
from kraken_desk.domain.environments import PRODUCTION
from kraken_desk.domain.errors import KrakenDeskError, StoreCorruptError
from kraken_desk.domain.upkeep import RepairReport
from kraken_desk.services.preferences import PreferencesService
from kraken_desk.services.tasks import TaskScope
from kraken_desk.store.repair import repair
from kraken_desk.ui.dialogs.restore import RestoreDialog
from kraken_desk.ui.rescue_window import RescueWindow
from kraken_desk.ui.theme import Theme
from kraken_desk.ui.wearing import wear


async def nothing() -> KrakenDeskError | None:
    """Do nothing between two windows: the profile is opened once more."""
    return None


async def rescue(stage: Stage, home: Path, error: KrakenDeskError | None) -> None:
    """Show why the profile does not open, or without an error the question before a repair.

    What comes after the window is told to the stage.
    """
    stop = stage.set_scene()
    scene = _Rescue(stage, home)
    scene.show(error)
    await stop.wait()
    await scene.close()


class _Rescue(QObject):
    """The window with its work; it opens no database, so that a repair has it alone."""

    def __init__(self, stage: Stage, home: Path) -> None:
        super().__init__()
        self._stage, self._home = stage, home
        self._scope = TaskScope("rescue")
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        preferences = PreferencesService(SettingsFile(home)).load()
        self._theme = Theme(app, preferences.theme, resource_root())
        self._theme.setParent(self)
        self._window = RescueWindow(self._theme)
        self._theme.style()
        wear(self._theme, preferences)
        self._window.again_requested.connect(lambda: stage.lead_to(nothing))
        self._window.leave_requested.connect(stage.end)
        self._window.repair_requested.connect(self._on_repair)
        self._window.restore_requested.connect(self._on_restore)

    def show(self, error: KrakenDeskError | None) -> None:
        if error is not None:
            self._window.show_error(error, can_repair=isinstance(error, StoreCorruptError))
        else:
            self._window.ask()
        self._window.show()

    async def close(self) -> None:
        await self._scope.close()
        self._window.close_for_good()
        self.deleteLater()

    def _on_repair(self) -> None:
        self._window.set_working("Copying it aside and reading it out …")
        self._scope.start("repair", self._do_repair(), on_error=self._on_failed)

    async def _do_repair(self) -> None:
        path, now = database_path(self._home), SystemClock().now()
        report: RepairReport = await asyncio.to_thread(repair, path, now)
        self._window.show_report(report)

    def _on_failed(self, error: KrakenDeskError) -> None:
        self._window.show_error(error, can_repair=False)

    def _on_restore(self) -> None:
        steps = first_steps(self._stage, self._home, nothing, empty=True)
        dialog = RestoreDialog(steps, self._scope, PRODUCTION, self._theme, self._window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
