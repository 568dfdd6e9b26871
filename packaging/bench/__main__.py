"""Run the benchmark: `dev.py bench [NAME ...] [--runs N] [--json]`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from bench import (
    audit,
    bundle,
    fleet_check,
    fleet_refresh,
    journal_verify,
    kills,
    live_burst,
    one_key,
    panes,
    report,
    run_start,
    signed_calls,
    soak,
    startup,
    transfer_faults,
    tree,
)

BENCHMARKS: dict[str, Callable[[int], Sequence[report.Result]]] = {
    "audit": audit.measure,
    "bundle": bundle.measure,
    "panes": panes.measure,
    "startup": startup.measure,
    "run-start": run_start.measure,
    "fleet-check": fleet_check.measure,
    "signed-calls": signed_calls.measure,
    "fleet-refresh": fleet_refresh.measure,
    "live-burst": live_burst.measure,
    "one-key": one_key.measure,
    "soak": soak.measure,
    "journal-verify": journal_verify.measure,
    "kills": kills.measure,
    "transfer-faults": transfer_faults.measure,
    "leg-faults": transfer_faults.measure_legs,
    "tree": tree.measure,
}


RUNS, MORE_RUNS = 7, {"startup": 30}
"""How often each is measured unless told otherwise; starts are short and scatter."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"any of {', '.join(BENCHMARKS)}; all when none is named")
    parser.add_argument(
        "--runs", type=int, help=f"runs of each measurement (default {RUNS}; startup {MORE_RUNS['startup']})"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    arguments = parser.parse_args()
    unknown = set(arguments.names) - set(BENCHMARKS)
    if unknown:
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    results: list[report.Result] = []
    for name in arguments.names or BENCHMARKS:
        print(f"{name} …", file=sys.stderr)
        results += BENCHMARKS[name](arguments.runs or MORE_RUNS.get(name, RUNS))
    print(report.document(results) if arguments.json else report.text(results))
    return int(any(isinstance(item, report.Claim) and not item.holds for item in results))


if __name__ == "__main__":
    sys.exit(main())
