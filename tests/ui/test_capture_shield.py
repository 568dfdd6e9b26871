"""Windows kept out of captures: every kind of window, at the right time, by the right system call."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QMenu, QWidget
from pytestqt.qtbot import QtBot

from kraken_desk.ui.capture_shield import CaptureShield, mac_call, why_not, windows_call


class Screen:
    """Remembers which native windows are hidden, as the system would."""

    def __init__(self) -> None:
        self.hidden: dict[int, bool] = {}
        self.shown_when_called: list[bool] = []

    def call(self, window: int, hidden: bool) -> bool:
        self.hidden[window] = hidden
        return True

    def hides(self, widget: QWidget) -> bool | None:
        return self.hidden.get(int(widget.window().winId()))


@pytest.fixture
def screen() -> Screen:
    return Screen()


@pytest.fixture
def shield(qapp: QApplication, screen: Screen) -> Iterator[CaptureShield]:
    made = CaptureShield(qapp, screen.call)
    yield made
    made.hide_windows(False)
    made.deleteLater()


def test_every_window_is_hidden_now_and_later(shield: CaptureShield, screen: Screen, qtbot: QtBot) -> None:
    """Windows that are open, dialogs, menus and lists that open afterwards: all of them."""
    window, child = QWidget(), QComboBox()
    child.setParent(window)
    child.addItem("x")
    window.show()
    dialog, menu = QDialog(window), QMenu(window)
    menu.addAction("x")

    shield.hide_windows(True)
    dialog.show()
    menu.popup(window.pos())
    child.showPopup()

    assert [screen.hides(each) for each in (window, dialog, menu, child.view())] == [True] * 4
    for each in (menu, dialog, window):
        qtbot.addWidget(each)


def test_switched_off_they_are_seen_again(shield: CaptureShield, screen: Screen, qtbot: QtBot) -> None:
    """Open windows come back at once, and new ones are left alone."""
    window, later = QWidget(), QWidget()
    qtbot.addWidget(window)
    qtbot.addWidget(later)
    window.show()
    shield.hide_windows(True)

    shield.hide_windows(False)
    later.show()

    assert screen.hides(window) is False
    assert screen.hides(later) is None


def test_by_default_the_system_is_not_asked(shield: CaptureShield, screen: Screen, qtbot: QtBot) -> None:
    """Who does not want it pays nothing for it."""
    window = QWidget()
    qtbot.addWidget(window)

    shield.hide_windows(False)
    window.show()

    assert screen.hidden == {}


class User32:
    """Windows' call; an old release refuses the newer value."""

    def __init__(self, *, old: bool = False) -> None:
        self._old = old
        self.calls: list[tuple[int, int]] = []

    def SetWindowDisplayAffinity(self, window: int, affinity: int) -> int:  # noqa: N802  # Windows' name
        self.calls.append((window, affinity))
        return 0 if self._old and affinity == 0x11 else 1


@pytest.mark.parametrize(("old", "calls"), [(False, [(7, 0x11)]), (True, [(7, 0x11), (7, 0x01)])])
def test_windows_is_asked_for_the_most_it_can(old: bool, calls: list[tuple[int, int]]) -> None:
    """New releases leave the window out; old ones show a black area instead of it."""
    user32 = User32(old=old)

    assert windows_call(user32)(7, True)

    assert user32.calls == calls
    assert windows_call(user32)(7, False)
    assert user32.calls[-1] == (7, 0)


def test_macos_is_told_through_the_views_window() -> None:
    """Qt gives the view; its window has the sharing type; a view without one is a refusal."""
    sent: list[tuple[object, ...]] = []

    def send(*message: object) -> int:
        sent.append(message)
        return 99 if message == (5, b"window") else 0

    assert mac_call(send)(5, True)
    assert mac_call(send)(5, False)
    assert not mac_call(send)(6, True)

    assert sent[1] == (99, b"setSharingType:", 0)
    assert sent[3] == (99, b"setSharingType:", 1)


def test_where_it_is_not_possible_the_reason_is_told() -> None:
    """Windows and macOS can; Linux says why not, and what to do instead."""
    assert (why_not("win32"), why_not("darwin")) == ("", "")
    assert "X11 and Wayland" in why_not("linux")
    assert why_not("freebsd14") == "Not possible on this system."
