"""The tree of 20,000 keys in CPU time: painting, filtering, expanding, scrolling, judging.

Each figure stands against a hundred times the same of 200 keys: a ratio of 1 is a flat cost per key,
below 1 it grows slower than the fleet. The views are real and offscreen; a keystroke is the whole work
after the pause: reading the text, finding, laying out and painting.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from statistics import median

from PySide6.QtWidgets import QApplication

from bench.big_fleet import BENCH, NOW, accounts_of, checks_of, slots_of
from bench.report import Claim, Figure, Result, figure
from kraken_desk.app.application import make_application
from kraken_desk.app.paths import resource_root
from kraken_desk.domain.fleet import FleetSnapshot, build_fleet, join_fleet, key_node
from kraken_desk.domain.search import parse
from kraken_desk.ui.models.account_tree import AccountTreeModel
from kraken_desk.ui.theme import Theme, apply_theme
from kraken_desk.ui.views.fleet_tree import FleetTree

SMALL, LARGE = 200, 20_000
TIMES = LARGE // SMALL
KEYSTROKES = (
    *("k", "ke", "key-", "key-1", "key-12", "key-123", "key-1234", "key-123", "key-", ""),
    *("momentum", "can:w", "can:withdraw", "can:withdraw -ip:open", "is:e", "is:expired", ""),
    *("venue:spot", "-is:fine", "ip:203.0.113.7", "nowhere", ""),
)
"""As typed one after the other: more letters, fewer, none; what finds all, some, one key or nothing."""

SCROLLS = 40
WHEEL_PX = 60
LIMITS_MS = {"first paint": 100, "keystroke": 50, "expand all": 300, "scroll step": 20}


@dataclass
class Spent:
    """CPU seconds of one size: series by name, one value for each run; keystrokes by their worst."""

    judge: list[float]
    again: list[float]
    paint: list[float]
    collapsed: list[float]
    expanded: list[float]
    expand: list[float]
    scroll: list[float]

    @classmethod
    def nothing(cls) -> Spent:
        return cls([], [], [], [], [], [], [])


def measure(runs: int) -> list[Result]:
    app = make_application([])
    theme = apply_theme(app, "dark", resource_root())
    small, large = Spent.nothing(), Spent.nothing()
    for _ in range(runs):
        for keys, spent in ((SMALL, small), (LARGE, large)):
            _run(keys, spent, app, theme)
    return [*_figures(small, large), *_claims(large)]


def _figures(small: Spent, large: Spent) -> list[Figure]:
    whole = f"{TIMES} times that of {SMALL} keys"
    same = f"the same with {SMALL} keys"
    grown = [
        ("judge every key and join the fleet", large.judge, small.judge),
        ("the same again after one key has changed", large.again, small.again),
        ("first paint of the tree", large.paint, small.paint),
        ("slowest keystroke, accounts closed", large.collapsed, small.collapsed),
        ("slowest keystroke, accounts open", large.expanded, small.expanded),
        ("expand all", large.expand, small.expand),
    ]
    figures = [
        figure(f"{LARGE} keys: {name}, CPU time", ours, whole, [TIMES * each for each in theirs])
        for name, ours, theirs in grown
    ]
    scrolled = figure(f"{LARGE} keys: scroll step, CPU time", large.scroll, same, small.scroll)
    return [*figures, scrolled]


def _claims(large: Spent) -> list[Claim]:
    series = {
        "first paint": large.paint,
        "keystroke": large.collapsed + large.expanded,
        "expand all": large.expand,
        "scroll step": large.scroll,
    }
    return [
        Claim(
            f"{LARGE} keys: {name} within {LIMITS_MS[name]} ms of CPU time",
            median(found) * 1000 < LIMITS_MS[name],
            f"median {median(found) * 1000:.1f} ms, slowest {max(found) * 1000:.1f} ms",
        )
        for name, found in series.items()
    ]


def _run(keys: int, spent: Spent, app: QApplication, theme: Theme) -> None:
    accounts, slots = accounts_of(keys), slots_of(keys)
    checks = checks_of(slots)
    gc.collect()
    fleets: list[FleetSnapshot] = []
    spent.judge.append(_cpu(lambda: fleets.append(build_fleet(BENCH, accounts, slots, checks, NOW))))
    fleet = fleets[0]
    spent.again.append(_cpu(partial(_again, fleet)))
    gc.collect()
    gc.disable()  # the window takes the collector's full passes when nothing waits
    try:
        _drive(fleet, spent, app, theme)
    finally:
        gc.enable()


def _again(fleet: FleetSnapshot) -> None:
    """Publish the fleet once more as the service does, with one key being checked."""
    known = fleet.keys()
    nodes = [key_node(n.slot, n.check, NOW, checking=not number, before=n) for number, n in enumerate(known)]
    accounts = tuple(node.account for node in fleet.accounts())
    join_fleet(BENCH, accounts, nodes, NOW, fleet)


def _drive(fleet: FleetSnapshot, spent: Spent, app: QApplication, theme: Theme) -> None:
    model, tree = AccountTreeModel(), FleetTree(theme)
    tree.resize(1000, 700)
    tree.setModel(model)
    tree.show()
    app.processEvents()

    def first_paint() -> None:
        model.apply(fleet, NOW)
        _open(model, tree, is_open=True)
        _paint(tree)

    def expand_all() -> None:
        _open(model, tree, is_open=True)
        _paint(tree)

    spent.paint.append(_cpu(first_paint))
    while model.prepare(100):  # the window does it in its idle time
        pass
    _open(model, tree, is_open=False)
    spent.collapsed.append(max(_keystrokes(model, tree, is_open=False)))
    spent.expand.append(_cpu(expand_all))
    spent.expanded.append(max(_keystrokes(model, tree, is_open=True)))
    spent.scroll.append(median(_scrolls(tree, app)))
    model.apply(replace(fleet, as_of=NOW), NOW)
    tree.close()
    tree.deleteLater()
    model.deleteLater()
    app.processEvents()


def _keystrokes(model: AccountTreeModel, tree: FleetTree, *, is_open: bool) -> list[float]:
    def type_(text: str) -> None:
        model.look_for(parse(text) if text else None)
        _open(model, tree, is_open=is_open)
        _paint(tree)

    return [_cpu(partial(type_, text)) for text in KEYSTROKES]


def _scrolls(tree: FleetTree, app: QApplication) -> list[float]:
    """Turn the wheel from the middle of the tree; what comes into view is painted."""
    bar = tree.verticalScrollBar()
    middle = bar.maximum() // 2

    def step(value: int) -> None:
        bar.setValue(value)
        app.processEvents()

    step(middle)
    return [_cpu(partial(step, middle + number * WHEEL_PX)) for number in range(1, SCROLLS)]


def _open(model: AccountTreeModel, tree: FleetTree, *, is_open: bool) -> None:
    tree.open_all_but(frozenset() if is_open else model.shown_accounts())


def _paint(tree: FleetTree) -> None:
    tree.viewport().repaint()


def _cpu(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started
