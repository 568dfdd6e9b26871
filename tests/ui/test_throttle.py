"""The throttle between bursts of snapshots and the drawing of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QElapsedTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from kraken_desk.ui.throttle import Throttle


@pytest.fixture
def heard() -> list[int]:
    return []


@pytest.fixture
def throttle(qapp: QApplication, heard: list[int]) -> Iterator[Throttle[int]]:
    made: Throttle[int] = Throttle(heard.append)
    yield made
    made.stop()


def test_the_first_value_passes_at_once(throttle: Throttle[int], heard: list[int]) -> None:
    """A single change is not delayed."""
    throttle.put(1)

    assert heard == [1]


def test_of_a_burst_the_last_value_arrives(throttle: Throttle[int], heard: list[int], qtbot: QtBot) -> None:
    """Values in between are skipped, the newest never."""
    for value in range(1, 100):
        throttle.put(value)

    qtbot.waitUntil(lambda: len(heard) == 2)

    assert heard == [1, 99]


def test_a_stopped_throttle_forgets_what_waits(
    throttle: Throttle[int], heard: list[int], qtbot: QtBot
) -> None:
    """After stopping nothing arrives late."""
    throttle.put(1)
    throttle.put(2)

    throttle.stop()
    qtbot.wait(120)

    assert heard == [1]


def test_what_is_slow_to_draw_is_drawn_less_often(qapp: QApplication, qtbot: QtBot) -> None:
    """After a value that took a tenth of a second, the window has four tenths for other work."""
    ends: list[float] = []

    def draw_slowly(_value: int) -> None:
        busy = QElapsedTimer()
        busy.start()
        while busy.elapsed() < 100:
            pass
        ends.append(clock.elapsed())

    clock = QElapsedTimer()
    clock.start()
    throttle: Throttle[int] = Throttle(draw_slowly)
    throttle.put(1)
    throttle.put(2)

    qtbot.waitUntil(lambda: len(ends) == 2)

    assert ends[1] - ends[0] >= 450  # coarse timers may be 5 % early
    throttle.stop()
