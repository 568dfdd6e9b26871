"""The first window of a start: painted before the services, whole soon after, and nothing is lost between."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QTreeView, QWidget

from kraken_desk.app.application import make_application
from kraken_desk.app.desktop import _live
from kraken_desk.app.first_window import FirstWindow, open_first_window
from kraken_desk.app.paths import database_path
from kraken_desk.domain.errors import RuleError
from kraken_desk.domain.setting_names import LOCK_VERIFIER
from kraken_desk.store import Store
from kraken_desk.ui.lock_window import LockWindow
from kraken_desk.ui.main_window import MainWindow
from kraken_desk.ui.models.account_tree import ROW_ROLE
from kraken_desk.ui.models.fleet_rows import State
from tests.helpers.builders import LAB, a_check, a_master, a_slot
from tests.helpers.wait import wait_until

STANDING = (
    "environment",
    "filter",
    "button-check-all",
    "button-add-key",
    "menu",
    "fleet-tree",
    "drawer-tabs",
)


@pytest.fixture
async def home(tmp_path: Path) -> Path:
    """Return a profile with one checked key in an environment of its own, where nobody answers."""
    store = await Store.open(database_path(tmp_path))
    await store.metadata.save_environment(LAB)
    await store.metadata.save_account(a_master())
    await store.metadata.save_slot(a_slot(1))
    await store.metadata.save_check(a_check(a_slot(1).key_id))
    await store.close()
    return tmp_path


@pytest.fixture(autouse=True)
def _nothing_left() -> Iterator[None]:
    """Let go of closed windows before the next test looks for its own."""
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def open_first(home: Path) -> FirstWindow:
    first = open_first_window(make_application([]), home, None)
    assert first is not None
    return first


def shown(kind: type[QWidget]) -> QWidget | None:
    return next((w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()), None)


def main_window() -> MainWindow:
    window = shown(MainWindow)
    assert isinstance(window, MainWindow)
    return window


def child(name: str) -> QWidget:
    found = main_window().findChild(QWidget, name)
    assert found is not None, name
    return found


def places() -> dict[str, tuple[int, int, int, int]]:
    """Return where the parts of the window stand."""
    window = main_window()
    corners = {name: child(name).mapTo(window, QPoint(0, 0)) for name in STANDING}
    return {name: (at.x(), at.y(), child(name).width(), child(name).height()) for name, at in corners.items()}


def words() -> list[str]:
    names = ("status-connection", "status-environment", "status-keychain", "status-figures")
    labels = [child(name) for name in names]
    return [label.text() for label in labels if isinstance(label, QLabel)]


def first_state() -> State:
    tree = child("fleet-tree")
    assert isinstance(tree, QTreeView)
    state: State = tree.model().index(0, 0).data(ROW_ROLE).state
    return state


async def test_the_window_grows_whole_in_place_and_does_what_was_asked_meanwhile(home: Path) -> None:
    """Nothing moves or is said otherwise; a click and keys from before are carried out in their order."""
    first = open_first(home)
    QApplication.processEvents()
    before, said = places(), words()
    assert first_state() is State.UNJUDGED
    handle, button = main_window().windowHandle(), child("button-add-key")
    QTest.mouseClick(
        handle, Qt.MouseButton.LeftButton, pos=button.mapTo(main_window(), button.rect().center())
    )
    QTest.keyClick(handle, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert main_window().findChild(QDialog) is None

    running = asyncio.get_running_loop().create_task(_live(home, None, first))
    await wait_until(lambda: shown(QDialog) is not None)

    assert (places(), said) == (before, ["Not connected yet", "Environment: lab", *said[2:]])
    assert said[2:] == ["Keychain: not asked yet", "No figures yet"]
    assert first_state() is State.FINE
    dialog = shown(QDialog)
    assert isinstance(dialog, QDialog)
    dialog.reject()
    main_window().close()
    assert await running == 0


async def test_a_second_start_leaves_the_first_window_alone(home: Path) -> None:
    """A profile has one window, also before its services are there; a closed one frees the profile."""
    first = open_first(home)

    with pytest.raises(RuleError, match="open already"):
        open_first_window(make_application([]), home, None)
    first.close()
    first.single.free()
    again = open_first(home)

    again.close()
    again.single.free()


async def test_a_window_that_is_closed_at_once_ends_the_start(home: Path) -> None:
    """Nobody waits for services that nobody will see."""
    first = open_first(home)

    main_window().close()
    first.wait_until_painted()

    assert first.has_been_left
    running = _live(home, None, first)
    assert await asyncio.wait_for(running, 30) == 0
    assert shown(MainWindow) is None


async def test_a_passphrase_set_since_the_first_look_hides_the_window(home: Path) -> None:
    """What the store says counts, not what was seen before."""
    first = open_first(home)
    store = await Store.open(database_path(home))
    await store.save_setting(LOCK_VERIFIER, "a verifier")
    await store.close()

    running = asyncio.get_running_loop().create_task(_live(home, None, first))
    await wait_until(lambda: shown(LockWindow) is not None)

    assert shown(MainWindow) is None
    cover = shown(LockWindow)
    assert cover is not None
    cover.close()
    assert await running == 0
