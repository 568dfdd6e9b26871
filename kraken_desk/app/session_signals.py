"""What the desktop tells of its session: the screen was locked, the machine is about to sleep.

Linux: D-Bus signals of the screen savers of GNOME, KDE and others, and of logind. Other systems tell
nothing here; the clocks still show a sleep afterwards (ui/activity.py).
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import SLOT, QObject, Signal, Slot

if TYPE_CHECKING:
    from PySide6.QtDBus import QDBusConnection

SCREEN_SAVERS = (
    ("org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver", "org.freedesktop.ScreenSaver"),
    ("org.freedesktop.ScreenSaver", "/ScreenSaver", "org.freedesktop.ScreenSaver"),
    ("org.gnome.ScreenSaver", "/org/gnome/ScreenSaver", "org.gnome.ScreenSaver"),
    ("org.cinnamon.ScreenSaver", "/org/cinnamon/ScreenSaver", "org.cinnamon.ScreenSaver"),
)
LOGIND = "org.freedesktop.login1"


class SessionSignals(QObject):
    """Listens once `listen` was called; without a bus it stays silent.

    Signals:
        screen_locked, about_to_sleep.
    """

    screen_locked = Signal()
    about_to_sleep = Signal()

    def listen(self) -> None:
        """Connect to the buses; the module of Qt is imported only now."""
        if not sys.platform.startswith("linux"):
            return
        from PySide6.QtDBus import QDBusConnection

        session, system = QDBusConnection.sessionBus(), QDBusConnection.systemBus()
        for service, path, interface in SCREEN_SAVERS:
            self._connect(session, (service, path, interface, "ActiveChanged"), "on_screen_saver(bool)")
        manager = ("/org/freedesktop/login1", f"{LOGIND}.Manager")
        self._connect(system, (LOGIND, *manager, "PrepareForSleep"), "on_sleep(bool)")
        self._connect(system, (LOGIND, "", f"{LOGIND}.Session", "Lock"), "on_lock()")

    def _connect(self, bus: QDBusConnection, source: tuple[str, str, str, str], slot: str) -> None:
        bus.connect(*source, self, SLOT(slot))  # type: ignore[call-overload]  # the stub wants bytes, Qt text

    @Slot(bool)
    def on_screen_saver(self, active: bool) -> None:
        if active:
            self.screen_locked.emit()

    @Slot(bool)
    def on_sleep(self, going: bool) -> None:
        if going:
            self.about_to_sleep.emit()

    @Slot()
    def on_lock(self) -> None:
        self.screen_locked.emit()
