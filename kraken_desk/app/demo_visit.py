"""A visit to the demo from the profile's window: its own store, keychain and preferences, thrown away."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from kraken_desk.app.clock import SystemClock
from kraken_desk.app.demo_world import DemoWorld
from kraken_desk.app.desktop import start_work
from kraken_desk.app.keeper import WindowKeeper
from kraken_desk.app.paths import resource_root
from kraken_desk.app.stage import Stage
from kraken_desk.domain.preferences import Preferences
from kraken_desk.sealing.threaded import ThreadedSeal
from kraken_desk.services.locking import LockService
from kraken_desk.services.profile_doors import ProfileDoors, unkept
from kraken_desk.ui.main_window import MainWindow
from kraken_desk.ui.shell import build_tree_first
from kraken_desk.ui.theme import Theme
from kraken_desk.ui.wearing import wear


async def visit_demo(stage: Stage, preferences: Preferences) -> None:
    """Show the demo until its window is closed; it looks as the profile's own window does.

    The profile is closed meanwhile: nothing of the visit can reach it.
    """
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    stop = stage.set_scene()
    theme = Theme(app, preferences.theme, resource_root())
    async with DemoWorld.running() as world:
        desk = world.open_desk.desk
        doors = ProfileDoors(unkept(preferences), leave_demo=stop.set)
        lock = LockService(world.store, ThreadedSeal(), SystemClock())

        def build() -> MainWindow:
            return build_tree_first(desk, theme, None, doors)

        keeper = WindowKeeper(desk, lock, build, lambda: start_work(world.open_desk), theme, stop.set)
        keeper.dress_cover = lambda: wear(theme, doors.preferences.preferences.value)
        keeper.open()
        await stop.wait()
        await keeper.close()
    theme.deleteLater()
