"""Where things are in a checkout, and the surroundings in which child processes run."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

LEADS_ASTRAY = {
    "PYTHONHOME",
    "PYTHONPATH",
    "PYTHONSTARTUP",
    "VIRTUAL_ENV",
    "__PYVENV_LAUNCHER__",
    "PYTHONDONTWRITEBYTECODE",
}
"""Variables of the calling shell that would make the environment's Python look elsewhere.

The last makes every start compile all modules anew: a tests' run with its many processes takes twice as
long, and a measured start is not the start that a user sees.
"""


@dataclass(frozen=True, slots=True)
class Checkout:
    """One clone of the repository, with its `.venv` inside."""

    root: Path

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        return self.script("python")

    @property
    def snapshots(self) -> Path:
        return self.root / "snapshots"

    def script(self, name: str) -> Path:
        """Return the path of a program of the environment, as this system spells it."""
        if sys.platform == "win32":
            return self.venv / "Scripts" / f"{name}.exe"
        return self.venv / "bin" / name

    def log(self, name: str) -> Path:
        self.venv.mkdir(exist_ok=True)
        return self.venv / f"{name}.log"

    @property
    def build(self) -> Path:
        """Where bundles are put together."""
        return self.root / "build"

    @property
    def dist(self) -> Path:
        """Where finished bundles and packages lie."""
        return self.root / "dist"

    @property
    def bundle_lock(self) -> Path:
        return self.root / "packaging" / "requirements-bundle.lock"

    def lock(self, *, with_tests: bool) -> Path:
        return self.root / "packaging" / ("requirements-test.lock" if with_tests else "requirements.lock")


def this_checkout() -> Checkout:
    return Checkout(Path(__file__).resolve().parents[2])


def child_environment(**extra: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in LEADS_ASTRAY}
    return kept | extra
