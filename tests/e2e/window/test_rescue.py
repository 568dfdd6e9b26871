"""A profile that does not open leads to its mending instead of an end with a message."""

import asyncio
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from kraken_desk.app.desktop import _live
from kraken_desk.app.paths import database_path
from kraken_desk.app.profile import open_profile
from kraken_desk.ui.main_window import MainWindow
from kraken_desk.ui.rescue_window import RescueWindow
from tests.e2e.window.test_first_run import NOWHERE
from tests.helpers.wait import wait_until


def shown(kind: type[QWidget]) -> QWidget | None:
    return next((w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()), None)


def press(name: str) -> None:
    window = shown(RescueWindow)
    assert window is not None
    button = window.findChild(QPushButton, name)
    assert button is not None
    assert button.isVisible()
    button.click()


async def a_profile(home: Path) -> Path:
    """Make a profile with an environment of its own, and return its database."""
    async with open_profile(home) as profile:
        await profile.environments.add("nowhere", "custom", **NOWHERE)
    return database_path(home)


async def test_a_damaged_profile_is_repaired_from_its_window(tmp_path: Path) -> None:
    """The window says what is wrong, asks, repairs, tells what it did, and opens the profile."""
    path = await a_profile(tmp_path / "profile")
    path.write_bytes(b"\xff" * 16 + path.read_bytes()[16:])
    running = asyncio.get_running_loop().create_task(_live(tmp_path / "profile", "nowhere"))

    await wait_until(lambda: shown(RescueWindow) is not None)
    press("rescue-repair")
    press("rescue-do")
    rescue = shown(RescueWindow)
    assert isinstance(rescue, RescueWindow)
    await wait_until(lambda: rescue.page == 2)
    press("rescue-open")
    await wait_until(lambda: shown(MainWindow) is not None)
    window = shown(MainWindow)
    assert window is not None
    window.close()

    assert await running == 0
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert len(list(path.parent.glob("damaged-*"))) == 1


async def test_what_cannot_be_repaired_says_so_and_can_be_left(tmp_path: Path) -> None:
    """A file with nothing in it stays as it is; the window still offers a backup and the way out."""
    path = await a_profile(tmp_path / "profile")
    path.write_bytes(b"no database " * 500)
    running = asyncio.get_running_loop().create_task(_live(tmp_path / "profile", "nowhere"))

    await wait_until(lambda: shown(RescueWindow) is not None)
    press("rescue-repair")
    press("rescue-do")
    rescue = shown(RescueWindow)
    assert isinstance(rescue, RescueWindow)
    await wait_until(lambda: rescue.page == 0 and "Nothing can be read" in rescue.problem.accessibleName())
    press("rescue-restore")
    press("rescue-leave")

    assert await running == 0
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert path.read_bytes() == b"no database " * 500
