"""From starting the program on a profile with the demo's fleet to its painted tree, against a bare window.

The bare window holds an empty tree. Both run in turn, so that a busy machine slows down both, and
the CPU time stands beside the clock. The tree is painted before the services are imported; what they
cost is shown as well. The embedded demo builds its exchange first and is shown last.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench.filled_profile import fill
from bench.report import Figure, figure
from bench.starts import BARE, DEMO, SOURCE, WHOLE, Start, start

TIME_AIM, MEMORY_AIM = 1.4, 1.5


def measure(runs: int) -> list[Figure]:
    """Start all three in turn; the first round warms the file cache."""
    with tempfile.TemporaryDirectory(prefix="kraken-desk-bench-") as directory:
        home = Path(directory)
        asyncio.run(fill(home))
        rounds = [_round(home) for _ in range(runs + 1)][1:]
    ours, bare, demo, whole = ([each[number] for each in rounds] for number in range(4))
    return [
        _compared(
            "start to painted tree (demo fleet in the store)", ours, bare, lambda s: s.wall_s, TIME_AIM
        ),
        _compared("the same in CPU time", ours, bare, lambda s: s.cpu_s, TIME_AIM),
        _compared("resident memory then", ours, bare, lambda s: s.memory_mb / 1000, MEMORY_AIM, "MB"),
        _compared("start to the whole window behind that tree, CPU time", whole, bare, lambda s: s.cpu_s),
        _compared(
            "resident memory of the whole window", whole, bare, lambda s: s.memory_mb / 1000, unit="MB"
        ),
        _compared("start to painted tree of the embedded demo, CPU time", demo, bare, lambda s: s.cpu_s),
    ]


def _round(home: Path) -> list[Start]:
    return [*(start(command, home) for command in (SOURCE, BARE, DEMO)), start(SOURCE, home, WHOLE)]


def _compared(
    name: str,
    ours: list[Start],
    bare: list[Start],
    read: Callable[[Start], float],
    aim: float | None = None,
    unit: str = "ms",
) -> Figure:
    return figure(
        name, [read(s) for s in ours], "bare PySide6 window", [read(s) for s in bare], target=aim, unit=unit
    )
