"""The window's end-to-end tests: Qt's loop, a simulator process, a real keychain, a real profile."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
import pytest_asyncio
from PySide6.QtCore import QCoreApplication, QEvent

from kraken_desk.app.application import make_application
from kraken_desk.app.garbage import MainThreadCollector
from kraken_desk.app.paths import resource_root
from kraken_desk.app.profile import open_profile
from kraken_desk.app.qt_loop import loop_factory
from kraken_desk.app.screen_driver import ScreenDriver
from kraken_desk.app.wiring import OpenDesk
from kraken_desk.ui.shell import build_window
from tests.e2e.processes import SimulatorProcess
from tests.helpers.keychain import RealKeychain

ENVIRONMENT = "rehearsal"


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Give the tests of this folder the loop that the program uses."""
    return {"qt": loop_factory(make_application(["kraken-desk"]))}


@pytest.fixture(autouse=True)
def _undressed() -> Iterator[None]:
    """Take the application's looks off again, which other tests share, and see that no window is left.

    One that is would also be dressed, with all that it holds, at every later change of looks.
    """
    yield
    app = make_application([])
    app.setStyleSheet("")
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert [w.objectName() for w in app.topLevelWidgets()] == []


class Screen(ScreenDriver):
    """The driver with the desk below it at hand."""

    def __init__(self, opened: OpenDesk, directory: Path) -> None:
        window = build_window(opened.desk, resource_root(), "dark")
        window.resize(1440, 900)
        window.show()
        super().__init__(window, opened.desk, directory, "window")
        self.desk = opened.desk


@pytest_asyncio.fixture
async def screen(
    tmp_path: Path, keychain: RealKeychain, simulator: SimulatorProcess, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Screen]:
    """An open window on an empty profile whose environment is the simulator process."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", keychain.address)
    collector = MainThreadCollector()
    collector.start()
    async with open_profile(tmp_path / "profile", for_window=True) as profile:
        urls = {name: str(simulator.description[name]) for name in ("spot_url", "futures_url")}
        await profile.environments.add(ENVIRONMENT, "custom", **urls)
        opened = await profile.open_desk(ENVIRONMENT)
        await opened.connect()
        screen = Screen(opened, tmp_path)
        yield screen
        await screen.desk.scope.close()
        screen.window.close_for_good()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    collector.stop()
