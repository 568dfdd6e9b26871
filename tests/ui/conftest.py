"""Every async test runs on Qt's loop; nothing may be lost or left behind: errors, tasks, widgets."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["QT_API"] = "pyside6"

import pytest
import pytest_asyncio
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from kraken_desk.app.qt_loop import loop_factory
from kraken_desk.ui.theme import Theme, apply_theme

RESOURCES = Path(__file__).resolve().parents[2] / "resources"


def _application() -> QApplication:
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    app.setQuitOnLastWindowClosed(False)
    return app


def _qt_loop() -> asyncio.AbstractEventLoop:
    loop: asyncio.AbstractEventLoop = loop_factory(_application())()
    return loop


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Give async tests of this folder the loop of the window."""
    return {"qt": _qt_loop}


@pytest_asyncio.fixture(autouse=True)
async def _nothing_lost(request: pytest.FixtureRequest) -> AsyncIterator[None]:
    """Fail a test whose task died unseen or is still running."""
    lost: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: lost.append(context))
    yield
    await asyncio.sleep(0)
    left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    assert not lost
    assert not left


@pytest.fixture(autouse=True)
def _no_widget_left_behind(qapp: QApplication) -> Iterator[None]:
    """Fail a test that leaves a top-level widget: qtbot.addWidget closes them."""
    before = set(map(id, QApplication.topLevelWidgets()))
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    left = [w for w in QApplication.topLevelWidgets() if id(w) not in before and w.isVisible()]
    assert not left


@pytest.fixture
def theme(qapp: QApplication, qtbot: QtBot) -> Iterator[Theme]:
    """Return the dark theme, from the repository's own drawings."""
    dressed = apply_theme(qapp, "dark", RESOURCES)
    yield dressed
    dressed.deleteLater()
    qapp.setStyleSheet("")
