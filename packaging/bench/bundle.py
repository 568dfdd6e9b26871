"""The built bundle: its size, and its start to a painted tree against that of the source tree."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from bench.filled_profile import fill
from bench.report import Claim, Result, figure
from bench.starts import SOURCE, start

PROGRAM = Path(__file__).resolve().parents[2] / "dist" / "kraken-desk" / "kraken-desk"


def measure(runs: int) -> list[Result]:
    """Compare starts in turn; without a built bundle there is nothing to measure."""
    if not PROGRAM.exists():
        return [Claim("the bundle is measured", True, "left out: python3 packaging/dev.py build makes it")]
    files = [path for path in PROGRAM.parent.rglob("*") if path.is_file() and not path.is_symlink()]
    size = sum(path.stat().st_size for path in files) / 1e6
    with tempfile.TemporaryDirectory(prefix="kraken-desk-bench-") as directory:
        home = Path(directory)
        asyncio.run(fill(home))
        pairs = [(start((str(PROGRAM),), home), start(SOURCE, home)) for _ in range(runs + 1)][1:]
    bundled, source = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    against = "the source tree's start"
    return [
        Claim("the bundle is measured", True, f"{size:.0f} MB in {len(files)} files"),
        figure(
            "bundle: start to painted tree", [s.wall_s for s in bundled], against, [s.wall_s for s in source]
        ),
        figure(
            "bundle: the same in CPU time", [s.cpu_s for s in bundled], against, [s.cpu_s for s in source]
        ),
    ]
