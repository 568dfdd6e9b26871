"""Set-up knows every library that Qt does not bring along, and with them a real window opens."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from devtools import native
from tests.architecture.elf import needed_libraries

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems bring what Qt needs")

MODULES = ("Core", "Gui", "Widgets", "Network", "DBus", "Svg", "XcbQpa", "WaylandClient")
PLUGINS = (
    "iconengines/libqsvgicon.so",
    "imageformats/libqsvg.so",
    "platforminputcontexts/libcomposeplatforminputcontextplugin.so",
    "platforms/libqoffscreen.so",
    "platforms/libqwayland.so",
    "platforms/libqxcb.so",
    "platformthemes/libqxdgdesktopportal.so",
    "tls/libqopensslbackend.so",
    "wayland-graphics-integration-client/libqt-plugin-wayland-egl.so",
    "wayland-shell-integration/libxdg-shell.so",
    "xcbglintegrations/libqxcb-egl-integration.so",
    "xcbglintegrations/libqxcb-glx-integration.so",
)

WITH_THE_C_COMPILER = (
    "ld-linux",
    "libc.so",
    "libdl.so",
    "libgcc_s.so",
    "libm.so",
    "libpthread.so",
    "libresolv.so",
)
"""Libraries without which Python itself, or any wheel in C++, would not run."""

WINDOW = (
    "from PySide6.QtTest import QTest; "
    "from PySide6.QtWidgets import QApplication, QLabel; app = QApplication([]); "
    "label = QLabel('Kraken Desk'); label.show(); "
    "print(app.platformName(), QTest.qWaitForWindowExposed(label, 20_000))"
)


def qt_folder() -> Path:
    spec = find_spec("PySide6")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "Qt"


def wanted_from_the_system(folder: Path) -> set[str]:
    """Return what our part of Qt links to and neither brings along nor shares with every program."""
    libraries = [folder / "lib" / f"libQt6{name}.so.6" for name in MODULES]
    wanted = {name for path in libraries for name in needed_libraries(path)}
    wanted |= {name for plugin in PLUGINS for name in needed_libraries(folder / "plugins" / plugin)}
    brought = {path.name for path in (folder / "lib").iterdir()}
    return {name for name in wanted - brought if not name.startswith((*WITH_THE_C_COMPILER, "libstdc++"))}


@pytest.fixture
def x_display() -> Iterator[str]:
    """Start a display of our own and name it; without Xvfb skip, unless everything is required."""
    if not shutil.which("Xvfb"):
        if os.environ.get("KRAKEN_DESK_REQUIRE_ALL"):
            pytest.fail("Xvfb is missing")
        pytest.skip("Xvfb is missing")
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "640x480x24", "-nolisten", "tcp"]
    with (
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(command, pass_fds=[write], stderr=errors) as server,
    ):
        os.close(write)
        with os.fdopen(read) as answer:
            number = answer.readline().strip()
        try:
            assert number, "Xvfb did not start"
            yield f":{number}"
        finally:
            server.terminate()


def test_every_library_qt_wants_is_known_to_set_up() -> None:
    """What Qt's libraries and plugins link to stands in the tables of set-up."""
    known = {need.name for need in (*native.QT, *native.X11, *native.WAYLAND)}

    assert wanted_from_the_system(qt_folder()) - known == set()


def test_the_tables_name_nothing_that_qt_does_not_want() -> None:
    """A library that Qt no longer links to is taken out of the tables."""
    libraries = {need.name for need in (*native.QT, *native.X11, *native.WAYLAND) if ".so." in need.name}

    assert libraries - wanted_from_the_system(qt_folder()) == set()


def test_wanted_libraries_are_read_from_the_file() -> None:
    """The reading of the header agrees with what is known of Qt's offscreen plugin."""
    wanted = needed_libraries(qt_folder() / "plugins" / "platforms" / "libqoffscreen.so")

    assert {"libQt6Gui.so.6", "libX11.so.6", "libc.so.6"} <= set(wanted)


def test_another_file_has_no_libraries(tmp_path: Path) -> None:
    """A file that is no shared object is refused."""
    (tmp_path / "text.so").write_text("not a library", "utf-8")

    with pytest.raises(ValueError, match="no 64-bit little-endian ELF"):
        needed_libraries(tmp_path / "text.so")


def test_a_window_opens_on_a_real_display(x_display: str) -> None:
    """With what set-up installed Qt shows a window on an X server, not only offscreen."""
    env = {**os.environ, "DISPLAY": x_display, "QT_QPA_PLATFORM": "xcb"}

    shown = subprocess.run(
        [sys.executable, "-c", WINDOW], env=env, capture_output=True, text=True, check=False
    )

    assert shown.stdout.split() == ["xcb", "True"], shown.stderr
