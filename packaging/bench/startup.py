"""From starting the interpreter to a painted tree with the demo fleet, against a bare window."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from bench.report import Figure, figure


def measure(runs: int) -> list[Figure]:
    """Start both programs alternately; the first pair warms the file cache and is dropped."""
    ours: list[float] = []
    bare: list[float] = []
    for turn in range(runs + 1):
        pair = (_seconds_to_paint("desk"), _seconds_to_paint("bare"))
        if turn:
            ours.append(pair[0])
            bare.append(pair[1])
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
