"""CaptureShield: keeps every window of the program out of screenshots and shared screens, where that exists.

Windows has SetWindowDisplayAffinity with WDA_EXCLUDEFROMCAPTURE (Windows 10 2004 and later; before, a black
area). macOS has NSWindow.sharingType; programs that use ScreenCaptureKit on new releases may not keep to it.
X11 and Wayland have nothing of the kind.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget

SystemCall = Callable[[int, bool], bool]
"""Hides (True) or shows (False) a window by its native id; False when the system refused."""

HOW_FAR = "Dialogs and menus included. A camera is beyond it, and newer macOS lets some programs record."
_LINUX = (
    "Not possible here: X11 and Wayland give a program no way to keep its windows out of a screenshot or a "
    "shared screen. Lock the window before you share."
)
_ELSEWHERE = "Not possible on this system."

_WDA_NONE, _WDA_MONITOR, _WDA_EXCLUDEFROMCAPTURE = 0x00, 0x01, 0x11
_SHARING_NONE, _SHARING_READ_ONLY = 0, 1
_SHOWN = frozenset({QEvent.Type.Show, QEvent.Type.WinIdChange})
_NAME = "capture-shield"

_log = logging.getLogger(__name__)


def why_not(platform: str = sys.platform) -> str:
    """Say why windows cannot be hidden here, or nothing."""
    if platform in {"win32", "darwin"}:
        return ""
    return _LINUX if platform.startswith("linux") else _ELSEWHERE


class CaptureShield(QObject):
    """Follows every top-level window, also those to come: dialogs, menus, lists that drop down, tips."""

    def __init__(self, app: QApplication, call: SystemCall) -> None:
        super().__init__(app)
        self.setObjectName(_NAME)
        self._app, self._call = app, call
        self._hidden = False

    def hide_windows(self, hidden: bool) -> None:
        """Hide all windows from captures from now on, or show them again."""
        if hidden == self._hidden:
            return
        self._hidden = hidden
        if hidden:
            self._app.installEventFilter(self)
        else:
            self._app.removeEventFilter(self)
        for window in QApplication.topLevelWidgets():
            self._apply(window)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hide a window before it is shown: its Show comes before the system shows it."""
        if event.type() in _SHOWN and isinstance(watched, QWidget) and watched.isWindow():
            self._apply(watched)
        return False

    def _apply(self, window: QWidget) -> None:
        if window.windowHandle() is not None and not self._call(int(window.winId()), self._hidden):
            _log.warning("the system did not hide a window from captures")


def capture_shield() -> CaptureShield:
    """Return the application's shield."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    found = app.findChild(CaptureShield, _NAME)
    return found if found is not None else CaptureShield(app, _system_call())


def windows_call(user32: Any) -> SystemCall:
    """Return the call on Windows; `user32` is the system's library."""

    def call(window: int, hidden: bool) -> bool:
        if not hidden:
            return bool(user32.SetWindowDisplayAffinity(window, _WDA_NONE))
        wanted = (_WDA_EXCLUDEFROMCAPTURE, _WDA_MONITOR)  # the second is all that old releases know
        return any(user32.SetWindowDisplayAffinity(window, affinity) for affinity in wanted)

    return call


def mac_call(send: Callable[..., Any]) -> SystemCall:
    """Return the call on macOS; `send(receiver, selector, *numbers)` sends a message of Objective-C."""

    def call(view: int, hidden: bool) -> bool:
        window = send(view, b"window")
        if not window:
            return False
        send(window, b"setSharingType:", _SHARING_NONE if hidden else _SHARING_READ_ONLY)
        return True

    return call


def _system_call() -> SystemCall:
    import ctypes

    if sys.platform == "win32":
        return windows_call(ctypes.windll.user32)
    if sys.platform == "darwin":
        return mac_call(_sender())
    return lambda _window, _hidden: False


def _sender() -> Callable[..., Any]:
    """Return how messages of Objective-C are sent: by the runtime's own functions."""
    import ctypes
    import ctypes.util

    objc = ctypes.CDLL(ctypes.util.find_library("objc"))
    objc.sel_registerName.restype = ctypes.c_void_p
    objc.sel_registerName.argtypes = [ctypes.c_char_p]

    def send(receiver: int, selector: bytes, *numbers: int) -> Any:
        kinds = [ctypes.c_void_p, ctypes.c_void_p, *(ctypes.c_ulong for _ in numbers)]
        message = ctypes.CFUNCTYPE(ctypes.c_void_p, *kinds)(("objc_msgSend", objc))
        return message(receiver, objc.sel_registerName(selector), *numbers)

    return send
