"""From starting the interpreter to a painted tree with the demo fleet, against a bare window."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from bench.report import Figure, figure


def measure(runs: int) -> list[Figure]:
    """Start both programs in turn, the other one first each time; the first pair warms the file cache."""
    ours: list[float] = []
    bare: list[float] = []
    for turn in range(runs + 1):
        order = (("desk", ours), ("bare", bare))
        for which, series in order if turn % 2 else reversed(order):
            taken = _seconds_to_paint(which)
            if turn:
                series.append(taken)
    return [figure("start to painted tree (demo fleet)", ours, "bare PySide6 window", bare)]


def _seconds_to_paint(which: str) -> float:
    environment = {**os.environ, "BENCH_STARTED": repr(time.monotonic())}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program has its modules compiled
    done = subprocess.run(
        [sys.executable, "-m", "bench.start_probe", which],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"the {which} probe failed:\n{done.stderr}")
    return float(done.stdout.split()[-1])
