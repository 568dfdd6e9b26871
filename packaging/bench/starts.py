"""Starts of programs: from the parent's clock to the first paint, with CPU time and memory at that moment."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SOURCE = (sys.executable, "-c", "from kraken_desk.app.entry import main; raise SystemExit(main([]))")
BARE = (sys.executable, str(Path(__file__).with_name("bare_window.py")))
DEMO = (sys.executable, "-m", "bench.start_probe")

PAINTED, WHOLE = "first paint", "window whole"
_SPENT = r" monotonic_s=(\S+) cpu_s=(\S+)(?: memory_kb=(\S+))?"
_PATIENCE_S = 60.0


@dataclass(frozen=True)
class Start:
    """Seconds on the clock and of CPU until the first paint, and megabytes resident then."""

    wall_s: float
    cpu_s: float
    memory_mb: float


def start(
    command: Sequence[str], home: Path, moment: str = PAINTED, *, variables: Mapping[str, str] | None = None
) -> Start:
    """Start a program on a profile, wait for its first paint or a later moment, and end it."""
    environment = {**(variables or os.environ), "KRAKEN_DESK_HOME": str(home), "KRAKEN_DESK_VERBOSE": "1"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program has its modules compiled
    began = time.monotonic()
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as program:
        try:
            return _spent(program, began, re.compile(re.escape(moment) + _SPENT))
        finally:
            program.terminate()


def _spent(program: subprocess.Popen[str], began: float, told: re.Pattern[str]) -> Start:
    said = []
    assert program.stderr is not None
    for line in program.stderr:
        said.append(line)
        found = told.search(line)
        if found:
            return Start(float(found[1]) - began, float(found[2]), float(found[3] or 0) / 1024)
        if time.monotonic() - began > _PATIENCE_S:
            break
    raise RuntimeError(f"{program.args!r} painted nothing:\n{''.join(said)}")
