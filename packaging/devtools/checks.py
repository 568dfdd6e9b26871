"""The checks that decide whether a change is good: format, lint, types, import contracts, tests.

All of them run, also after one has failed, so that one run tells everything.
"""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from devtools.checkout import Checkout, child_environment
from devtools.console import Part, say

CODE = ("kraken_desk", "tests", "packaging")
WORKERS = ("-n", "auto", "--maxprocesses", "8", "--dist", "loadgroup")


@dataclass(frozen=True, slots=True)
class Check:
    """One named step: a command run at the root of the checkout."""

    name: str
    command: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a check ended; `closing` is the last line it printed."""

    name: str
    code: int
    took_s: float
    closing: str

    @property
    def line(self) -> str:
        verdict = "ok    " if self.code == 0 else "FAILED"
        return f"{verdict}  {self.name:<8} {self.took_s:6.1f} s   {self.closing}".rstrip()


def checks(checkout: Checkout, *, fast: bool, pytest_arguments: Sequence[str]) -> list[Check]:
    pytest: list[Part] = [checkout.python, "-m", "pytest", *WORKERS]
    if sys.stdout.isatty():
        pytest.append("--color=yes")
    if fast:
        pytest.append("--ignore=tests/e2e")
    return [
        Check("format", (checkout.script("ruff"), "format", "--check", *CODE)),
        Check("lint", (checkout.script("ruff"), "check", "--no-cache", *CODE)),
        Check("types", (checkout.script("mypy"),)),
        Check("imports", (checkout.script("lint-imports"), "--no-logo")),
        Check("tests", (*pytest, *pytest_arguments)),
    ]


def test_environment() -> dict[str, str]:
    """Return the surroundings of all checks: no window, and no skipping of what set-up has provided."""
    extra = {
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONUNBUFFERED": "1",
        "COLUMNS": os.environ.get("COLUMNS", "120"),
    }
    if sys.platform == "linux" or os.environ.get("CI") == "true":
        extra["KRAKEN_DESK_REQUIRE_ALL"] = "1"
    return child_environment(**extra)


def run(checkout: Checkout, steps: Sequence[Check]) -> bool:
    """Run every step, then print one line for each; return whether all were good."""
    started = time.monotonic()
    outcomes = []
    for step in steps:
        say(f"{step.name}: {' '.join(_shown(part, checkout) for part in step.command)}")
        outcomes.append(_outcome(step, checkout))
    say(f"summary after {time.monotonic() - started:.1f} s")
    for outcome in outcomes:
        say(outcome.line)
    return all(outcome.code == 0 for outcome in outcomes)


def _shown(part: Part, checkout: Checkout) -> str:
    path = Path(part)
    return path.name if path.is_absolute() and path.is_relative_to(checkout.venv) else str(part)


def _outcome(step: Check, checkout: Checkout) -> Outcome:
    """Run one step with its output passed on line by line."""
    started = time.monotonic()
    closing = ""
    with subprocess.Popen(
        step.command,
        cwd=checkout.root,
        env=test_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as process:
        try:
            for line in process.stdout or ():
                sys.stdout.write(line)
                sys.stdout.flush()
                closing = line.strip(" =\n") or closing
        except SystemExit:
            process.terminate()
            raise
    return Outcome(step.name, process.returncode, time.monotonic() - started, closing)
