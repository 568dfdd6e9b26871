"""Installing what is missing on Debian-like systems, or saying in one line how to."""

import os
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from devtools.checkout import child_environment
from devtools.console import SetupError, run_logged, say, seconds
from devtools.native import Need, missing_from

INSTALL = ("apt-get", "install", "--yes", "--no-install-recommends")
WAIT_FOR_OTHERS = ("-o", "DPkg::Lock::Timeout=300")


def provide(needs: Sequence[Need], log: Path) -> None:
    """Install the needs that this machine lacks, if it is ours to do so.

    Raises:
        SetupError: something is missing that cannot be installed from here; says the exact command.
    """
    missing = missing_from(needs)
    if not missing:
        return
    if not shutil.which("apt-get"):
        raise SetupError(
            f"This system lacks {_names(missing)}: install that with its package manager and run this again."
        )
    if os.geteuid() != 0:
        raise SetupError(f"This system lacks what Kraken Desk needs. Run: {by_hand(package_names(missing))}")
    _install(missing, log)
    if still := missing_from(missing):
        raise SetupError(f"Packages were installed, but this system still lacks {_names(still)}; log: {log}")


def _install(missing: Sequence[Need], log: Path) -> None:
    started = time.monotonic()
    env = child_environment(DEBIAN_FRONTEND="noninteractive", LC_ALL="C.UTF-8")
    run_logged("updating the package lists", ["apt-get", "update", *WAIT_FOR_OTHERS], log, env)
    packages = package_names(missing)
    run_logged(
        f"installing {len(packages)} missing system packages",
        [*INSTALL, *WAIT_FOR_OTHERS, *packages],
        log,
        env,
    )
    say(f"system packages ready after {seconds(started)}")


def by_hand(packages: Iterable[str]) -> str:
    return f"sudo apt-get update && sudo {shlex.join([*INSTALL, *packages])}"


def package_names(missing: Iterable[Need]) -> list[str]:
    """Choose for each need the name under which this release has it, without repetition."""
    return sorted({_name_here(need.packages) for need in missing})


def _name_here(alternatives: Sequence[str]) -> str:
    """Return the first name that apt can install; the oldest if it knows none, as before its first update."""
    for name in alternatives[:-1]:
        if _is_installable(name):
            return name
    return alternatives[-1]


def _is_installable(package: str) -> bool:
    policy = subprocess.run(["apt-cache", "policy", package], capture_output=True, text=True, check=False)
    candidates = [
        line.split(":", 1)[1].strip() for line in policy.stdout.splitlines() if "Candidate:" in line
    ]
    return any(candidate != "(none)" for candidate in candidates)


def _names(needs: Iterable[Need]) -> str:
    return ", ".join(need.name for need in needs)
