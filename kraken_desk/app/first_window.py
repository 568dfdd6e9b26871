"""The first of a start: a window with the fleet as it was stored, before there is an event loop of asyncio.

Nothing is imported here that a painting does without; a test counts. What a start usually finds is read
in one look. Where it finds anything else (no profile yet, a lock, an older database, the demo), there
is no first window, and everything is built before the window is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEventLoop, QObject, Signal
from PySide6.QtWidgets import QApplication

from kraken_desk.app.application import window_settings
from kraken_desk.app.paths import database_path, profile_home, resource_root, settings_path
from kraken_desk.app.single_window import SingleWindow
from kraken_desk.store.first_look import first_look
from kraken_desk.ui.first_paint import note_spent
from kraken_desk.ui.front import Front
from kraken_desk.ui.held_input import HeldInput
from kraken_desk.ui.theme import SYSTEM, Theme

if TYPE_CHECKING:
    from kraken_desk.domain.first_look import FirstLook
    from kraken_desk.domain.preferences import Preferences
    from kraken_desk.services.desk import Desk
    from kraken_desk.services.profile_doors import ProfileDoors
    from kraken_desk.ui.main_window import MainWindow


class FirstWindow(QObject):
    """A painted window whose clicks and keys wait until `furnish` has made it whole.

    Signals:
        left: the operator has closed it already.
    """

    left = Signal()

    def __init__(self, app: QApplication, home: Path, look: FirstLook, single: SingleWindow) -> None:
        super().__init__()
        preferences = _preferences(home)
        self.theme = Theme(app, preferences.theme if preferences else SYSTEM, resource_root())
        if preferences is not None:
            from kraken_desk.ui.wearing import wear  # most profiles look as usual

            wear(self.theme, preferences)
        self.environment, self.single = look.environment, single
        self.has_been_left = False
        self._front: Front | None = Front(look, self.theme, window_settings(home))
        self.theme.style()
        self._front.show_fleet()
        self._front.window.close_requested.connect(self._on_close_requested)
        self._front.window.show()
        self._held = HeldInput(self._front.window)

    def wait_until_painted(self) -> None:
        """Return when the window has been painted and the rest of the program is imported, or it was left."""
        if self._front is None:
            return
        loop = QEventLoop(self)
        self.left.connect(loop.quit)
        self._front.window.painted.connect(lambda: _import_the_rest(loop))
        loop.exec()
        loop.deleteLater()

    def when_left(self, do: Callable[[], object]) -> None:
        """Call `do` when the operator closes the window, at once if that has happened."""
        self.left.connect(do)
        if self.has_been_left:
            do()

    def furnish(self, desk: Desk, profile: ProfileDoors) -> MainWindow | None:
        """Make the window whole, a step in each turn of the event loop; None when it has gone."""
        if self._front is None:
            return None
        from kraken_desk.app.turns import Turns
        from kraken_desk.ui.shell import furnish

        front, self._front = self._front, None
        window = front.window
        turns = Turns(iter(furnish(front, desk, profile)), self._on_whole, window)
        window.closed.connect(turns.stop)
        turns.start()
        return window

    def close(self) -> None:
        """Close the window unless it has become the program's own."""
        front, self._front = self._front, None
        if front is not None:
            front.window.close_for_good()

    def end(self) -> None:
        """Close the window, and let others have the profile."""
        self.close()
        self.single.free()

    def _on_whole(self) -> None:
        self._held.release()
        note_spent("window whole")

    def _on_close_requested(self) -> None:
        self.has_been_left = True
        self.left.emit()


def open_first_window(app: QApplication, home: Path | None, environment: str | None) -> FirstWindow | None:
    """Show a profile's window from one look at its store; None where that is not enough.

    Raises RuleError when the profile has a window already, which is asked to show itself.
    """
    directory = profile_home(home)
    look = first_look(database_path(directory), environment, datetime.now(UTC))
    if look is None:
        return None
    single = SingleWindow(directory)
    single.take()
    return FirstWindow(app, directory, look, single)


def _import_the_rest(loop: QEventLoop) -> None:
    """Import what comes after the first painting, in turns of a loop that ends with it."""
    from kraken_desk.app.turns import Turns, imports

    Turns(imports(), loop.quit, loop).start()


def _preferences(home: Path) -> Preferences | None:
    """Return the preferences that the profile's file holds; None for the usual ones."""
    if not settings_path(home).exists():
        return None
    from kraken_desk.app.settings_file import SettingsFile
    from kraken_desk.domain.errors import InputError
    from kraken_desk.domain.preferences import preferences_from

    try:
        text = SettingsFile(home).read()
        return None if text is None else preferences_from(text)
    except InputError:
        return None  # said once there is a place for it
