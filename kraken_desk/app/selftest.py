"""The self-test: whether this installation, bundled or not, has everything it needs to work.

Needs no network, no display, no profile and no keychain that is open: it asks what the program
brings along, not what the machine offers (that is the doctor's question). Writes to temporary
directories only.
"""

from __future__ import annotations

import asyncio
import os
import platform
import sys
import tempfile
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from kraken_desk.services.doctor import Diagnosis

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from kraken_desk.app.demo_world import DemoWorld

LEAST_ROOTS = 50
"""Public certificate lists hold well over a hundred authorities; a handful means a broken list."""

PLATFORM_PLUGINS = {"linux": ("xcb", "wayland", "offscreen"), "win32": ("windows",), "darwin": ("cocoa",)}
IMAGE_FORMATS = ("png", "svg")
REINSTALL = "Install Kraken Desk anew; this copy is incomplete."
LOOPBACK = "Bring up this machine's loopback network (127.0.0.1), then test again."

Found = str
"""What a test that passed has found; a test that fails raises."""


def run_self_test() -> tuple[Diagnosis, ...]:
    """Run every test, each independent of the others' results."""
    if sys.platform.startswith("linux"):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    found = [_judged(name, test) for name, test in _PLAIN]
    try:
        from kraken_desk.app.application import make_application
        from kraken_desk.app.qt_loop import loop_factory

        app = make_application(["kraken-desk"])
    except Exception as error:  # noqa: BLE001  # a missing Qt is a finding, not the end of the test
        return (*found, _broken("Qt", error))
    found += [_judged(name, partial(test, app)) for name, test in _WITH_QT]
    with asyncio.Runner(loop_factory=loop_factory(app)) as runner:
        found += runner.run(_with_loop())
    return tuple(found)


def _judged(name: str, test: Callable[[], Found]) -> Diagnosis:
    try:
        return Diagnosis(name, True, test())
    except Exception as error:  # noqa: BLE001  # whatever is wrong is what the self-test is there to say
        return _broken(name, error)


async def _judged_later(name: str, test: Callable[[], Awaitable[Found]]) -> Diagnosis:
    try:
        return Diagnosis(name, True, await test())
    except Exception as error:  # noqa: BLE001  # as above
        return _broken(name, error)


def _broken(name: str, error: Exception) -> Diagnosis:
    hint = LOOPBACK if isinstance(error, ConnectionError) else REINSTALL
    return Diagnosis(name, False, f"{type(error).__name__}: {error}", hint)


def _need(holds: object, what: str) -> None:
    if not holds:
        raise LookupError(what)


def _interpreter() -> Found:
    import PySide6

    from kraken_desk import __version__ as own
    from kraken_desk.app.application import references_are_counted

    _need(references_are_counted(), f"PySide6 {PySide6.__version__} would crash Python")
    kind = "bundle" if getattr(sys, "frozen", False) else "source"
    return f"Kraken Desk {own} ({kind}), Python {platform.python_version()}, PySide6 {PySide6.__version__}"


def _keychain() -> Found:
    """Load every backend of this system; whether one is usable here is told, not judged."""
    from kraken_desk.domain.errors import KeychainError
    from kraken_desk.keychain.policy import choose_backend, class_name, load_backends

    loaded = load_backends()
    try:
        usable = f"usable here: {class_name(choose_backend())}"
    except KeychainError as error:
        usable = f"none usable here: {error.title}"
    return f"{len(loaded)} backends load; {usable}"


def _tls_roots() -> Found:
    from kraken_desk.exchange.transport import secure_context

    number = secure_context().cert_store_stats()["x509_ca"]
    _need(number >= LEAST_ROOTS, f"only {number} certificate authorities are known")
    return f"{number} certificate authorities"


def _guide() -> Found:
    """Read the user guide, and look whether its pictures came along."""
    import re

    from kraken_desk.app.paths import resource_root
    from kraken_desk.ui.guide.text import read_guide

    folder = resource_root() / "guide"
    sections = read_guide(folder).sections
    for name in {name for section in sections for name in re.findall(r"!\[.*?\]\((.*?)\)", section.text)}:
        _need((folder / name).is_file(), f"the guide's picture {name} is missing")
    return f"{len(sections)} sections with their pictures"


def _plugins(app: QApplication) -> Found:
    from PySide6.QtCore import QLibraryInfo
    from PySide6.QtGui import QImageReader

    formats = {bytes(name.data()).decode() for name in QImageReader.supportedImageFormats()}
    for name in IMAGE_FORMATS:
        _need(name in formats, f"Qt cannot read {name} images")
    folder = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath)) / "platforms"
    there = [path.name for path in folder.iterdir()]
    wanted = PLATFORM_PLUGINS.get(sys.platform, ())
    for name in wanted:
        _need(any(name in file for file in there), f"Qt's platform plugin {name} is missing")
    return f"platform {app.platformName()}; at hand: {', '.join(wanted)}"


def _icons(app: QApplication) -> Found:
    del app  # drawing needs it to exist
    from PySide6.QtGui import QColor

    from kraken_desk.app.paths import resource_root
    from kraken_desk.ui.theme.icons import IconSet

    folder = resource_root() / "icons"
    names = sorted(path.stem for path in folder.glob("*.svg"))
    _need(names, f"no icons in {folder}")
    icons, black = IconSet(folder), QColor("black")
    for name in names:
        picture = icons.pixmap(name, black, 32).toImage()
        inked = any(picture.pixelColor(x, y).alpha() for x in range(32) for y in range(32))
        _need(inked, f"the icon {name} draws nothing")
    return f"{len(names)} icons draw"


async def _database() -> Found:
    """Create a profile, write, close and read it again."""
    from kraken_desk.store import Store

    with tempfile.TemporaryDirectory(prefix="kraken-desk-self-test-") as name:
        path = Path(name) / "desk.sqlite3"
        for turn in ("written", "read"):
            store = await Store.open(path)
            try:
                if turn == "written":
                    await store.save_setting("self-test", turn)
                _need(await store.setting("self-test") == "written", "a setting was not kept")
            finally:
                await store.close()
    return "schema made, written, read again"


async def _with_loop() -> list[Diagnosis]:
    found = [await _judged_later("database", _database)]
    try:
        from kraken_desk.app.demo_world import DemoWorld

        async with DemoWorld.running() as world:
            found.append(await _judged_later("simulator", lambda: _round_trip(world)))
            found.append(await _judged_later("window", lambda: _window(world)))
    except Exception as error:  # noqa: BLE001  # a demo that cannot start is a finding
        found.append(_broken("demo", error))
    return found


async def _round_trip(world: DemoWorld) -> Found:
    """Sign, send over loopback, answer, read: the desk's own keys of the demo fleet.

    Raises ConnectionError when nothing answers: then it is the machine that lacks something.
    """
    from kraken_desk.domain.keys import CheckOutcome

    await world.check_desk_keys()
    desk = world.open_desk.desk
    keys = desk.fleet.snapshot.value.keys()
    nodes = [node for node in keys if node.slot.is_desk_key]
    accepted = [node for node in nodes if node.check and node.check.info]
    unreached = [n.check.problem for n in nodes if n.check and n.check.outcome is CheckOutcome.UNREACHED]
    if unreached:
        raise ConnectionError(unreached[0].detail if unreached[0] else "no answer")
    _need(nodes and len(accepted) == len(nodes), f"{len(accepted)} of {len(nodes)} desk keys were accepted")
    await desk.balances.refresh()
    sheets = desk.balances.snapshot.value.sheets
    _need(sheets, "no balances came")
    return f"{len(accepted)} keys checked and balances of {len(sheets)} places read over loopback"


async def _window(world: DemoWorld) -> Found:
    from kraken_desk.app.paths import resource_root
    from kraken_desk.ui.shell import build_window

    window = build_window(world.open_desk.desk, resource_root())
    window.show()
    try:
        await asyncio.sleep(0)
        picture = window.grab().toImage()
        colours = {
            picture.pixel(x, y) for x in range(0, picture.width(), 7) for y in range(0, picture.height(), 7)
        }
        _need(len(colours) > 3, "the window stayed empty")
    finally:
        window.close_for_good()
    return f"painted at {picture.width()} by {picture.height()}"


_PLAIN: tuple[tuple[str, Callable[[], Found]], ...] = (
    ("interpreter", _interpreter),
    ("keychain", _keychain),
    ("TLS roots", _tls_roots),
    ("guide", _guide),
)
_WITH_QT: tuple[tuple[str, Callable[[QApplication], Found]], ...] = (
    ("plugins", _plugins),
    ("icons", _icons),
)
