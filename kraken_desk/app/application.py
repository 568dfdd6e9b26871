"""The one application object, and what has to be right before there is a window."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtCore import QObject, QSettings
from PySide6.QtWidgets import QApplication

from kraken_desk.ui.theme.theme import FUSION

SWITCH_S = 0.001
"""How long a worker that reckons keeps the interpreter when the window wants it; Python's own is 5 ms."""


def make_application(arguments: list[str]) -> QApplication:
    """Return the one application object; closing a dialog must not stop the loop."""
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else _new(arguments)
    app.setApplicationName("Kraken Desk")
    app.setApplicationDisplayName("Kraken Desk")
    app.setDesktopFileName("kraken-desk")
    app.setQuitOnLastWindowClosed(False)
    sys.setswitchinterval(SWITCH_S)
    return app


def _new(arguments: list[str]) -> QApplication:
    """Ask for Fusion on the way in: a style that is handed to Python costs the making of all its enums."""
    app = QApplication([*arguments, "-style", "Fusion"])
    app.setProperty(FUSION, True)
    return app


def has_display() -> bool:
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def references_are_counted(calls: int = 200) -> bool:
    """Say whether PySide6 counts references to None rightly; 6.12.0 on Python 3.11 does not and aborts."""
    probe = QObject()
    before = sys.getrefcount(None)
    for _ in range(calls):
        probe.setObjectName("x")
    return sys.getrefcount(None) - before > -calls // 2


def window_settings(home: Path) -> QSettings:
    """Return where a profile keeps what its window looked like: sizes and the pane in front, no data."""
    return QSettings(str(home / "window.ini"), QSettings.Format.IniFormat)
