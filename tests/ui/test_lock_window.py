"""The lock's window: asks for what is needed, says why it stays shut, and knows nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from kraken_desk.domain.errors import SealError
from kraken_desk.domain.locking import LockReason, LockState
from kraken_desk.domain.secrets import Passphrase
from kraken_desk.ui.lock_window import LockWindow
from kraken_desk.ui.theme import Theme
from tests.helpers.builders import NOW
from tests.helpers.fakes import FakeClock

LOCKED = LockState(True, LockReason.IDLE, NOW, has_passphrase=True)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def cover(theme: Theme, qtbot: QtBot, clock: FakeClock) -> LockWindow:
    window = LockWindow(LOCKED, theme, clock)
    qtbot.addWidget(window, before_close_func=lambda w: w.close_for_good())
    window.show()
    return window


def said(cover: LockWindow) -> str:
    found = cover.findChild(QLabel, "lock-said")
    assert isinstance(found, QLabel)
    return found.text()


def field(cover: LockWindow) -> QLineEdit:
    found = cover.findChild(QLineEdit, "passphrase")
    assert isinstance(found, QLineEdit)
    return found


def button(cover: LockWindow) -> QPushButton:
    found = cover.findChild(QPushButton, "unlock")
    assert isinstance(found, QPushButton)
    return found


def test_enter_hands_the_passphrase_over_and_forgets_it(cover: LockWindow, qtbot: QtBot) -> None:
    """What was typed leaves the field at once; no second try starts while the first is checked."""
    asked: list[Passphrase] = []
    cover.unlock_requested.connect(asked.append)

    QTest.keyClicks(field(cover), "tidal harbour")
    QTest.keyClick(field(cover), Qt.Key.Key_Return)
    button(cover).click()

    assert asked == [Passphrase("tidal harbour")]
    assert field(cover).text() == ""
    assert not button(cover).isEnabled()


def test_a_wrong_passphrase_is_said_beside_the_field(cover: LockWindow) -> None:
    """The next try can begin at once."""
    cover.set_busy(True)

    cover.show_failure(SealError("The passphrase is wrong"))

    assert said(cover) == "The passphrase is wrong."
    assert button(cover).isEnabled()


def test_a_wait_is_counted_down(cover: LockWindow, clock: FakeClock) -> None:
    """While a wait is running nothing can be typed, and the seconds left are told."""
    until = NOW + timedelta(seconds=8)

    cover.take(LockState(True, LockReason.IDLE, NOW, True, until))
    waiting = said(cover), button(cover).isEnabled()
    clock.move(seconds=9)
    cover._show()

    assert waiting == ("The next try is possible in 8 s.", False)
    assert (said(cover), button(cover).isEnabled()) == ("", True)


def test_without_a_passphrase_a_click_is_enough(cover: LockWindow, qtbot: QtBot) -> None:
    """There is no field to fill, and the button has the focus."""
    asked: list[object] = []
    cover.unlock_requested.connect(asked.append)
    cover.take(LockState(True, LockReason.REQUEST, NOW))

    button(cover).click()

    assert asked == [None]
    assert not field(cover).isVisible()


def test_closing_asks_to_leave(cover: LockWindow, qtbot: QtBot) -> None:
    """The window does not vanish by itself: whoever runs the desk ends its work first."""
    with qtbot.waitSignal(cover.close_requested):
        cover.close()

    assert cover.isVisible()


def test_enter_unlocks_where_there_is_no_passphrase(theme: Theme, qtbot: QtBot, clock: FakeClock) -> None:
    """The button has the keyboard, and Enter presses it as it does in a dialog."""
    window = LockWindow(LockState(True, LockReason.REQUEST, NOW), theme, clock)
    qtbot.addWidget(window, before_close_func=lambda w: w.close_for_good())
    window.show()
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window)

    with qtbot.waitSignal(window.unlock_requested) as asked:
        QTest.keyClick(button(window), Qt.Key.Key_Return)

    assert asked.args == [None]


def system_button(cover: LockWindow) -> QPushButton:
    found = cover.findChild(QPushButton, "unlock-by-system")
    assert isinstance(found, QPushButton)
    return found


def test_only_the_ways_that_open_it_are_offered(cover: LockWindow) -> None:
    """Passphrase, the system's login, both, or a click: nothing stands there that would not help."""
    states = [(True, False), (False, True), (True, True), (False, False)]
    offered = []
    for has_passphrase, by_system in states:
        cover.take(replace(LOCKED, has_passphrase=has_passphrase, by_system=by_system))
        offered.append(tuple(w.isVisible() for w in (field(cover), button(cover), system_button(cover))))

    assert offered == [
        (True, True, False), (False, False, True), (True, True, True), (False, True, False)
    ]  # fmt: skip


def test_while_the_system_asks_the_passphrase_may_be_typed(cover: LockWindow, qtbot: QtBot) -> None:
    """The system is asked once at a time; its no is told, and it can be asked again."""
    cover.take(replace(LOCKED, by_system=True))

    with qtbot.waitSignal(cover.system_requested):
        system_button(cover).click()
    asking = (system_button(cover).isEnabled(), field(cover).isEnabled(), said(cover))
    cover.show_failure(SealError("The system has not confirmed you", "polkit said no."))

    assert asking == (False, True, "The system asks who you are …")
    assert system_button(cover).isEnabled()
    assert said(cover) == "The system has not confirmed you. polkit said no."


def test_enter_lets_the_system_ask(theme: Theme, qtbot: QtBot, clock: FakeClock) -> None:
    """Where the system's login is the only way, its button has the keyboard."""
    window = LockWindow(LockState(True, LockReason.REQUEST, NOW, by_system=True), theme, clock)
    qtbot.addWidget(window, before_close_func=lambda w: w.close_for_good())
    window.show()
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window)

    with qtbot.waitSignal(window.system_requested):
        QTest.keyClick(system_button(window), Qt.Key.Key_Return)
