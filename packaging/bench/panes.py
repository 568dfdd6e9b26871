"""Scrolling the matrix and the findings of 1,000 keys: the longest gap, and the ratio to 100 keys."""

from __future__ import annotations

import asyncio
import gc
import os
import tempfile
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

from bench.audit import LAB, LARGE, SMALL, fill
from bench.report import Claim, Figure, figure
from kraken_desk.app.application import make_application
from kraken_desk.app.clock import SystemClock
from kraken_desk.app.paths import resource_root
from kraken_desk.app.wiring import OpenDesk
from kraken_desk.keychain.memory import MemoryVault
from kraken_desk.services.desk import Desk
from kraken_desk.store import Store
from kraken_desk.ui.bridge import Bridge
from kraken_desk.ui.panes import Pane
from kraken_desk.ui.selection import Selection
from kraken_desk.ui.theme import Theme
from kraken_desk.ui.views.findings import FindingsPane
from kraken_desk.ui.views.matrix import MatrixPane

LIMIT_MS = 16.0
STEPS, FIRST = 60, 3
WHEEL_PX = 78
"""A turn of the wheel: three rows."""
SIZE = (1060, 700)
VIEWS = {"matrix": "matrix-rights", "findings": "findings-table"}
LOOK_S = 0.3
"""So long an operator looks at what appeared before the wheel turns; the window prepares meanwhile."""


@dataclass(frozen=True)
class _Scrolled:
    """One run: CPU seconds of each turn of Qt's loop while a judgement is shown, and of each step."""

    turns: list[float]
    steps: list[float]

    @property
    def median(self) -> float:
        return sorted(self.steps)[len(self.steps) // 2]


def measure(runs: int) -> list[Figure | Claim]:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication.instance() or make_application(["bench"])
    assert isinstance(app, QApplication)
    theme = Theme(app, "dark", resource_root())
    theme.style()
    large, small = (asyncio.run(_runs(app, theme, count, runs)) for count in (LARGE, SMALL))
    return [result for name in VIEWS for result in _results(name, large[name], small[name])]


def _results(name: str, large: list[_Scrolled], small: list[_Scrolled]) -> list[Figure | Claim]:
    shown, first, rest = (
        [1000 * part for part in parts]
        for parts in (
            [max(run.turns) for run in large],
            [max(run.steps[:FIRST]) for run in large],
            [max(run.steps[FIRST:]) for run in large],
        )
    )
    longest = max(*first, *rest)
    return [
        figure(
            f"{name}: a step of scrolling, {LARGE} keys, median",
            [run.median for run in large],
            f"the same with {SMALL} keys",
            [run.median for run in small],
            f"{STEPS} turns of the wheel, painted offscreen",
        ),
        figure(
            f"{name}: a new judgement is shown, {LARGE} keys, all turns together",
            [sum(run.turns) for run in large],
            f"ten times that of {SMALL} keys",
            [10 * sum(run.turns) for run in small],
            "rows, filter and first paint; the judging itself happens off the window's thread",
        ),
        Claim(
            f"{name} of {LARGE} keys is shown without a turn over {LIMIT_MS:.0f} ms",
            max(shown) < LIMIT_MS,
            f"longest {max(shown):.1f} ms, in each run {_listed(shown)}",
        ),
        Claim(
            f"{name} of {LARGE} keys scrolls without a gap over {LIMIT_MS:.0f} ms",
            longest < LIMIT_MS,
            f"longest of the first {FIRST} steps {_listed(first)}, of the others {_listed(rest)} ms",
        ),
    ]


def _listed(figures_ms: list[float]) -> str:
    return ", ".join(f"{each:.1f}" for each in figures_ms)


async def _runs(app: QApplication, theme: Theme, count: int, runs: int) -> dict[str, list[_Scrolled]]:
    async with AsyncExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kraken-desk-bench-")))
        store = await Store.open(home / "bench.sqlite3")
        stack.push_async_callback(store.close)
        opened = OpenDesk(LAB, store, MemoryVault(), SystemClock())
        stack.push_async_callback(opened.close)
        await fill(store, count)
        await opened.desk.fleet.load()
        await opened.desk.judging.refresh()
        gc.collect()
        gc.freeze()  # as the window does after its start
        return {name: [_scrolled(app, opened.desk, theme, name) for _ in range(runs)] for name in VIEWS}


def _scrolled(app: QApplication, desk: Desk, theme: Theme, name: str) -> _Scrolled:
    """Show the pane anew and scroll it down by the wheel, timing every turn with its painting.

    Time is that of the window's own thread, so that a busy machine does not count.
    """
    bridge, selection = Bridge(desk), Selection()
    pane: Pane = (
        MatrixPane(bridge, selection, theme) if name == "matrix" else FindingsPane(bridge, selection, theme)
    )
    widget = pane.widget()
    widget.resize(*SIZE)
    widget.show()
    app.processEvents()
    turns = [_timed(pane.open)]
    until = time.perf_counter() + LOOK_S
    while time.perf_counter() < until:
        turns.append(_timed(app.processEvents))
        time.sleep(0.001)
    steps = _steps(app, widget, VIEWS[name])
    pane.close()
    widget.hide()
    widget.deleteLater()
    app.processEvents()
    return _Scrolled(turns, steps)


def _steps(app: QApplication, widget: QWidget, name: str) -> list[float]:
    """Turn the wheel, down and up again; the first steps count like all others."""
    view = widget.findChild(QAbstractItemView, name)
    assert isinstance(view, QAbstractItemView)
    bar = view.verticalScrollBar()

    def turn(step: int) -> None:
        place = step * WHEEL_PX % (2 * bar.maximum())
        bar.setValue(min(place, 2 * bar.maximum() - place))
        app.processEvents()

    return [_timed(partial(turn, step)) for step in range(1, STEPS + 1)]


def _timed(work: Callable[[], object]) -> float:
    started = time.thread_time()
    work()
    return time.thread_time() - started
