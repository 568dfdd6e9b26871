"""Whether the desktop asks programs for less motion, where it tells; Qt passes on only its contrast.

Linux: the settings portal (org.freedesktop.portal.Settings): `reduced-motion` of the desktops that know
it, else GNOME's `enable-animations`. Windows: "Animation effects" (SystemParametersInfo). macOS: "Reduce
motion" (NSWorkspace). Asked once, beside the window's own work and long after its first painting.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable
from typing import Any

PORTAL = "org.freedesktop.portal.Desktop"
PATH = "/org/freedesktop/portal/desktop"
SETTINGS = "org.freedesktop.portal.Settings"
QUESTIONS: tuple[tuple[str, str, object], ...] = (
    ("org.freedesktop.appearance", "reduced-motion", 1),
    ("org.gnome.desktop.interface", "enable-animations", False),
)
"""Namespace and key, and the value that asks for less motion; the first that is told counts."""

PATIENCE_S = 2.0
_SPI_GETCLIENTAREAANIMATION = 0x1042

_log = logging.getLogger(__name__)


async def motion_is_reduced() -> bool | None:
    """Return whether the desktop asks for less motion; None where it tells nothing."""
    return await asyncio.to_thread(_ask)


def _ask() -> bool | None:
    try:
        if sys.platform == "win32":
            return windows_answer(_windows_call())
        if sys.platform == "darwin":
            return _mac_answer()
        return _portal_answer()
    except (OSError, AttributeError, KeyError, ValueError, TimeoutError) as error:
        _log.debug("the desktop tells nothing of motion: %s", type(error).__name__)
        return None


def _portal_answer() -> bool | None:
    """Ask the portal, which is not started for it; raises OSError without a bus."""
    from jeepney import DBusAddress, MessageFlag, MessageType, new_method_call
    from jeepney.io.blocking import open_dbus_connection

    address = DBusAddress(PATH, bus_name=PORTAL, interface=SETTINGS)
    with open_dbus_connection() as bus:
        for namespace, key, reduced in QUESTIONS:
            call = new_method_call(address, "Read", "ss", (namespace, key))
            call.header.flags |= MessageFlag.no_auto_start
            reply = bus.send_and_get_reply(call, timeout=PATIENCE_S)
            if reply.header.message_type is MessageType.method_return:
                return bool(unwrapped(reply.body[0]) == reduced)
    return None


def unwrapped(value: object) -> object:
    """Return what is inside of variants, which the portal packs twice."""
    while isinstance(value, tuple):
        value = value[1]
    return value


def windows_answer(read: Callable[[int], bool | None]) -> bool | None:
    """Ask Windows whether it animates what is inside windows; `read` gives a parameter, None if refused."""
    animated = read(_SPI_GETCLIENTAREAANIMATION)
    return None if animated is None else not animated


def _windows_call() -> Callable[[int], bool | None]:
    import ctypes

    user32: Any = ctypes.windll.user32  # type: ignore[attr-defined,unused-ignore]  # Windows only

    def read(parameter: int) -> bool | None:
        value = ctypes.c_int(0)
        told = user32.SystemParametersInfoW(parameter, 0, ctypes.byref(value), 0)
        return bool(value.value) if told else None

    return read


def _mac_answer() -> bool | None:
    import ctypes
    import ctypes.util

    objc = ctypes.CDLL(ctypes.util.find_library("objc"))
    for name in ("objc_getClass", "sel_registerName"):
        getattr(objc, name).restype = ctypes.c_void_p
        getattr(objc, name).argtypes = [ctypes.c_char_p]
    address = (ctypes.c_void_p, ctypes.c_void_p)
    shared = ctypes.CFUNCTYPE(ctypes.c_void_p, *address)(("objc_msgSend", objc))
    asked = ctypes.CFUNCTYPE(ctypes.c_bool, *address)(("objc_msgSend", objc))
    workspace = shared(objc.objc_getClass(b"NSWorkspace"), objc.sel_registerName(b"sharedWorkspace"))
    if not workspace:
        return None
    return bool(asked(workspace, objc.sel_registerName(b"accessibilityDisplayShouldReduceMotion")))
