"""Garbage is collected on the window's thread, never on a worker's."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Iterator
from typing import ClassVar

import pytest
from PySide6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot

from kraken_desk.app import garbage
from kraken_desk.app.collection import collect_young
from kraken_desk.app.garbage import MainThreadCollector


class Knot:
    """A cycle that remembers which thread destroyed it."""

    destroyed_on: ClassVar[list[int]] = []

    def __init__(self) -> None:
        self.me = self

    def __del__(self) -> None:
        Knot.destroyed_on.append(threading.get_ident())


@pytest.fixture
def collector(qapp: QObject) -> Iterator[MainThreadCollector]:
    Knot.destroyed_on.clear()
    made = MainThreadCollector()
    made.start()
    yield made
    made.stop()


def allocate_much() -> None:
    kept = [[i] for i in range(20_000)]
    del kept


def test_a_busy_worker_collects_nothing(collector: MainThreadCollector) -> None:
    """A worker that allocates past every threshold destroys no object of the window's thread."""
    Knot()

    worker = threading.Thread(target=allocate_much)
    worker.start()
    worker.join()

    assert Knot.destroyed_on == []


def test_the_windows_thread_collects(collector: MainThreadCollector, qtbot: QtBot) -> None:
    """Cycles are collected by the timer once enough was allocated."""
    Knot()
    kept = [[i] for i in range(5_000)]

    qtbot.waitUntil(lambda: bool(Knot.destroyed_on), timeout=5_000)

    assert Knot.destroyed_on == [threading.get_ident()]
    assert kept


@pytest.mark.parametrize("enabled", [True, False])
def test_stopping_hands_collection_back(qapp: QObject, enabled: bool) -> None:
    """Python's own collection is as it was before the collector started."""
    before = gc.isenabled()
    (gc.enable if enabled else gc.disable)()
    collector = MainThreadCollector()
    collector.start()
    during = gc.isenabled()

    collector.stop()
    after = gc.isenabled()
    (gc.enable if before else gc.disable)()

    assert not during
    assert after is enabled


def test_a_pass_waits_for_a_turn_with_nothing_else_in_it(
    collector: MainThreadCollector, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While every turn is used by others, no older generation is collected."""
    crowd = QTimer()
    passes: list[int] = []
    monkeypatch.setattr(garbage, "EVERY_MS", 10)
    monkeypatch.setattr(gc, "collect", lambda generation=2: passes.append(generation))
    crowd.timeout.connect(lambda: _work(2 * garbage.FREE_S))
    crowd.start(0)
    collector.start()
    qtbot.wait(100)
    during = len(passes)

    crowd.stop()

    qtbot.waitUntil(lambda: len(passes) > during)
    assert during == 0
    assert set(passes) == {1}


def _work(seconds: float) -> None:
    """Use the processor for a time."""
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


def test_short_passes_see_each_new_object_once() -> None:
    """What replaces other objects does not raise Python's count, and is looked at all the same."""
    kept = [[i] for i in range(5_000)]
    collect_young()

    kept[:] = [[i] for i in range(5_000)]
    young = len(gc.get_objects(generation=0))
    collect_young()

    assert young >= 5_000
    assert len(gc.get_objects(generation=0)) < 1_000
    assert len(kept) == 5_000
