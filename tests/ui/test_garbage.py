"""Garbage is collected on the window's thread, never on a worker's."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from typing import ClassVar

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

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
