"""Run the benchmark: `dev.py bench [NAME ...] [--runs N] [--json]`."""

from __future__ import annotations

import argparse
import os
import sys

from bench import fleet_check, report, startup

BENCHMARKS = {"startup": startup.measure, "fleet-check": fleet_check.measure}


def main() -> int:
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"any of {', '.join(BENCHMARKS)}; all when none is named")
    parser.add_argument("--runs", type=int, default=7, help="runs of each measurement (default 7)")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    arguments = parser.parse_args()
    unknown = set(arguments.names) - set(BENCHMARKS)
    if unknown:
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    figures: list[report.Figure] = []
    for name in arguments.names or BENCHMARKS:
        print(f"{name} …", file=sys.stderr)
        figures += BENCHMARKS[name](arguments.runs)
    print(report.document(figures) if arguments.json else report.text(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
