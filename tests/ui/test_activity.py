"""When nobody is here, and when the machine slept: told by two clocks."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from kraken_desk.ui.activity import ActivityWatch


@dataclass
class Clocks:
    wall: float = 1_000.0
    running: float = 50.0
    said: list[str] = field(default_factory=list)

    def move(self, seconds: float, *, asleep: float = 0.0) -> None:
        self.wall += seconds + asleep
        self.running += seconds


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


@pytest.fixture
def watch(qapp: QApplication, clocks: Clocks) -> ActivityWatch:
    made = ActivityWatch(qapp, qapp, wall=lambda: clocks.wall, running=lambda: clocks.running)
    made.set_limit(600)
    made.idle.connect(lambda: clocks.said.append("idle"))
    made.slept.connect(lambda: clocks.said.append("slept"))
    return made


def test_idleness_is_told_once_until_the_next_touch(
    watch: ActivityWatch, clocks: Clocks, qtbot: QtBot, qapp: QApplication
) -> None:
    """After the limit it is said, not again; a key press starts the time anew."""
    widget = QWidget()
    qtbot.addWidget(widget)

    for seconds in (599.0, 1.0, 100.0):
        clocks.move(seconds)
        watch.look()
    once = list(clocks.said)
    press = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier)
    qapp.sendEvent(widget, press)
    clocks.move(599)
    watch.look()
    still = list(clocks.said)
    clocks.move(1)
    watch.look()

    assert once == ["idle"]
    assert still == ["idle"]
    assert clocks.said == ["idle", "idle"]
    watch.deleteLater()


def test_time_asleep_counts(watch: ActivityWatch, clocks: Clocks) -> None:
    """A machine that slept through the limit has slept and is idle, though no program ran meanwhile."""
    clocks.move(5, asleep=3_600)

    watch.look()

    assert clocks.said == ["slept", "idle"]
    watch.deleteLater()


def test_a_clock_set_back_keeps_nothing_open(watch: ActivityWatch, clocks: Clocks) -> None:
    """The running clock tells the idleness when the wall clock jumps."""
    clocks.move(600)
    clocks.wall -= 86_400

    watch.look()

    assert clocks.said == ["idle"]
    watch.deleteLater()


def test_never_is_a_choice(watch: ActivityWatch, clocks: Clocks) -> None:
    """Without a limit nothing is told however long nobody comes."""
    watch.set_limit(None)
    clocks.move(10**6)

    watch.look()

    assert clocks.said == []
    watch.deleteLater()
