"""The tray's menu and words; the desktop that shows it is not needed."""

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QAction
from PySide6.QtTest import QSignalSpy

from kraken_desk.domain.presence import Presence
from kraken_desk.ui.theme import Theme
from kraken_desk.ui.tray import Tray


@pytest.fixture
def tray(theme: Theme) -> Iterator[Tray]:
    tray = Tray(theme)
    yield tray
    tray.close()


def _act(tray: Tray, name: str) -> QAction:
    found = tray.menu.findChild(QAction, name)
    assert isinstance(found, QAction)
    return found


def test_the_state_is_told_in_words(tray: Tray) -> None:
    """Picture and tip say the same, and hold no name and no figure."""
    said = []
    for state in Presence:
        tray.show_state(state)
        said.append(tray.words)

    assert said[0] == "Kraken Desk: locked"
    assert said[-1] == "Kraken Desk: all is fine"
    assert len(set(said)) == len(Presence)


def test_locked_it_offers_only_to_open_and_to_quit(tray: Tray) -> None:
    """A locked program starts no checks."""
    tray.show_state(Presence.LOCKED)

    assert [_act(tray, f"tray-{n}").isEnabled() for n in ("open", "lock", "check", "quit")] == [
        True,
        False,
        False,
        True,
    ]


def test_each_act_is_announced(tray: Tray) -> None:
    """The menu does nothing itself."""
    pairs = (
        ("open", tray.open_requested),
        ("lock", tray.lock_requested),
        ("check", tray.check_requested),
        ("quit", tray.quit_requested),
    )
    spies = [QSignalSpy(signal) for _, signal in pairs]

    for name, _ in pairs:
        _act(tray, f"tray-{name}").trigger()

    assert [spy.count() for spy in spies] == [1, 1, 1, 1]
