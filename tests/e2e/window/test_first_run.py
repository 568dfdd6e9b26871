"""The first run: from the welcome to the demo and back, with nothing of it left in the profile."""

import asyncio
import os
import signal
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QPushButton, QTreeView, QWidget

from kraken_desk.app.desktop import _live
from kraken_desk.app.paths import database_path
from kraken_desk.app.profile import open_profile
from kraken_desk.store import Store
from kraken_desk.ui.main_window import MainWindow
from tests.helpers.wait import wait_until

NOWHERE = {"spot_url": "http://127.0.0.1:9", "futures_url": "http://127.0.0.1:9"}
"""A place on this machine where nobody answers."""


def shown(name: str) -> QWidget | None:
    """Return a visible widget of whatever main window is open."""
    windows = [w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow) and w.isVisible()]
    found = (window.findChild(QWidget, name) for window in windows)
    return next((widget for widget in found if widget is not None and widget.isVisible()), None)


def press(name: str) -> None:
    button = shown(name)
    assert isinstance(button, QPushButton)
    button.click()


async def test_a_visit_to_the_demo_leaves_no_trace(tmp_path: Path) -> None:
    """The welcome leads to a fleet and back to itself; the profile is as empty as before."""
    home = tmp_path / "profile"
    async with open_profile(home) as profile:
        await profile.environments.add("nowhere", "custom", **NOWHERE)
    running = asyncio.get_running_loop().create_task(_live(home, "nowhere"))

    await wait_until(lambda: shown("welcome") is not None)
    press("welcome-open-demo")
    await wait_until(lambda: shown("visit-strip") is not None)
    tree = shown("fleet-tree")
    assert isinstance(tree, QTreeView)
    assert tree.model().rowCount() > 0
    press("button-leave-demo")
    await wait_until(lambda: shown("welcome") is not None)
    os.kill(os.getpid(), signal.SIGTERM)

    assert await running == 0
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    store = await Store.open(database_path(home))
    accounts = [await store.metadata.accounts(name) for name in ("nowhere", "demo")]  # type: ignore[arg-type]
    await store.close()
    assert accounts == [(), ()]
    assert {path.name for path in home.iterdir()} <= {
        "kraken-desk.sqlite3",
        "window.ini",
        "window.lock",
        "logs",
    }
