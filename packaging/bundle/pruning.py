"""What a bundle leaves out: parts of Qt and of the desktop that the program never loads.

The names are those of PySide6's wheels on Linux, Windows and macOS. What Qt loads by itself stays:
ICU (QtCore links it), the X11, Wayland and offscreen platforms, the SVG icon engine, the desktop's
file-dialog portal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeVar

Entry = TypeVar("Entry", bound=tuple[str, ...])

EXCLUDED_MODULES = (
    "PySide6.QtPdf",
    "PySide6.QtQml",
    "PySide6.QtQuick",
    "lib2to3",
    "pip",
    "pydoc",
    "setuptools",
    "tkinter",
    "unittest",
)

_UNUSED = re.compile(
    r"""
    (lib)?Qt6(Qml|Quick|Pdf|VirtualKeyboard|EglF|OpenGLWidgets|Test)        # libraries of other ways to draw
    | plugins/platforminputcontexts/.*virtualkeyboard
    | plugins/platforms/.*(eglfs|linuxfb|minimal|vkkhrdisplay|vnc|directfb)
    | plugins/(egldeviceintegrations|generic|networkinformation|sqldrivers|qmltooling)/
    | plugins/imageformats/.*(pdf|tiff|webp|tga|wbmp|icns)
    | plugins/platformthemes/.*gtk3                                          # brings all of GTK along
    | PySide6/(Qt/)?(qml|metatypes|typesystems)/
    | translations/(?!qtbase_(en|de)\b)
    | ^lib(gtk-3|gdk-3|gdk_pixbuf|cairo|pango|atk|atspi|epoxy|harfbuzz|fribidi|thai|datrie|graphite2|pixman)
    """,
    re.VERBOSE,
)


def is_unused(name: str) -> bool:
    """Tell whether a collected file, named relative to the bundle, is left out."""
    return _UNUSED.search(name.replace("\\", "/")) is not None


def kept(entries: Iterable[Entry]) -> list[Entry]:
    """Return the entries of a PyInstaller table that belong into the bundle."""
    return [entry for entry in entries if not is_unused(entry[0])]
