"""Native libraries and programs: what Qt and the tests need, and which of it this machine lacks.

The libraries are those that the wheels of PySide6 link to and do not bring along. They are looked for by
loading them, not by asking a package manager: what counts is whether Qt will find them.
"""

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from itertools import chain
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Need:
    """Something the machine must have: how to see whether it is there, and the Debian packages that bring it.

    `packages` are alternatives, newest name first; the last one is the oldest that still works.
    """

    name: str
    packages: tuple[str, ...]
    is_present: Callable[[], bool]


def loads(soname: str) -> bool:
    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True


def has_program(name: str) -> bool:
    return shutil.which(name) is not None


def has_module(name: str) -> bool:
    return find_spec(name) is not None


def has_font() -> bool:
    """Tell whether fontconfig would find any outline font."""
    if shutil.which("fc-list"):
        listing = subprocess.run(["fc-list", ":outline", "family"], capture_output=True, check=False)
        return bool(listing.stdout.strip())
    return any(chain.from_iterable(folder.rglob("*.[to]tf") for folder in _font_folders()))


def _font_folders() -> Iterable[Path]:
    shared = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    home = Path(os.environ.get("HOME") or "/nonexistent")
    return [
        *(Path(folder) / "fonts" for folder in shared.split(":") if folder),
        home / ".local/share/fonts",
        home / ".fonts",
    ]


def _library(soname: str, *packages: str) -> Need:
    return Need(soname, packages, partial(loads, soname))


def _program(name: str, *packages: str) -> Need:
    return Need(name, packages, partial(has_program, name))


def python_needs() -> tuple[Need, ...]:
    """Return what making an environment takes: Debian keeps ensurepip in a package of its own."""
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    return (Need("the Python module ensurepip", (package,), partial(has_module, "ensurepip")),)


QT = (
    _library("libEGL.so.1", "libegl1"),
    _library("libGL.so.1", "libgl1"),
    _library("libX11.so.6", "libx11-6"),
    _library("libxkbcommon.so.0", "libxkbcommon0"),
    _library("libfontconfig.so.1", "libfontconfig1"),
    _library("libfreetype.so.6", "libfreetype6"),
    _library("libglib-2.0.so.0", "libglib2.0-0t64", "libglib2.0-0"),
    _library("libgthread-2.0.so.0", "libglib2.0-0t64", "libglib2.0-0"),
    _library("libdbus-1.so.3", "libdbus-1-3"),
    _library("libgssapi_krb5.so.2", "libgssapi-krb5-2"),
    _library("libbrotlicommon.so.1", "libbrotli1"),
    _library("libbrotlidec.so.1", "libbrotli1"),
    _library("libzstd.so.1", "libzstd1"),
    _library("libz.so.1", "zlib1g"),
    Need("a font", ("fonts-dejavu-core",), has_font),
)

X11 = (
    _library("libX11-xcb.so.1", "libx11-xcb1"),
    _library("libxcb.so.1", "libxcb1"),
    _library("libxcb-cursor.so.0", "libxcb-cursor0"),
    _library("libxcb-glx.so.0", "libxcb-glx0"),
    _library("libxcb-icccm.so.4", "libxcb-icccm4"),
    _library("libxcb-image.so.0", "libxcb-image0"),
    _library("libxcb-keysyms.so.1", "libxcb-keysyms1"),
    _library("libxcb-randr.so.0", "libxcb-randr0"),
    _library("libxcb-render-util.so.0", "libxcb-render-util0"),
    _library("libxcb-render.so.0", "libxcb-render0"),
    _library("libxcb-shape.so.0", "libxcb-shape0"),
    _library("libxcb-shm.so.0", "libxcb-shm0"),
    _library("libxcb-sync.so.1", "libxcb-sync1"),
    _library("libxcb-util.so.1", "libxcb-util1"),
    _library("libxcb-xfixes.so.0", "libxcb-xfixes0"),
    _library("libxcb-xkb.so.1", "libxcb-xkb1"),
    _library("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
)

WAYLAND = (
    _library("libwayland-client.so.0", "libwayland-client0"),
    _library("libwayland-cursor.so.0", "libwayland-cursor0"),
    _library("libwayland-egl.so.1", "libwayland-egl1"),
)

TESTS = (
    *X11,
    _program("dbus-daemon", "dbus-daemon", "dbus"),
    _program("gnome-keyring-daemon", "gnome-keyring"),
    _program("Xvfb", "xvfb"),
    _program("openbox", "openbox"),
    _program("xdotool", "xdotool"),
)
"""A private message bus and keychain, and a display of their own: the tests use the real ones."""


BUILD = (*X11, *WAYLAND, _program("objdump", "binutils"), _program("strip", "binutils"))
"""What collecting a bundle takes: Qt's platform plugins are looked through for what they link to."""


def missing_from(needs: Iterable[Need]) -> list[Need]:
    return [need for need in needs if not need.is_present()]


def needs_here(*, with_tests: bool) -> tuple[Need, ...]:
    """Return what this machine must have for the window, or for the tests."""
    if sys.platform != "linux":
        return ()
    if with_tests:
        return (*python_needs(), *QT, *TESTS)
    x11 = X11 if os.environ.get("DISPLAY") else ()
    wayland = WAYLAND if os.environ.get("WAYLAND_DISPLAY") else ()
    return (*python_needs(), *QT, *x11, *wayland)
