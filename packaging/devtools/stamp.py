"""What an environment was made from, written into it when it is complete."""

import hashlib
import json
import platform
import sys
import tomllib
from dataclasses import asdict, dataclass
from pathlib import Path

from devtools.checkout import Checkout

STAMP = "kraken-desk.json"
INSTALLED_TABLES = ("build-system", "project", "dependency-groups")


@dataclass(frozen=True, slots=True)
class Stamp:
    """The Python, the folder and digests of what was installed; `tests` is empty without the test lock."""

    python: str
    checkout: str
    project: str
    runtime: str
    tests: str

    def is_at_home(self, wanted: "Stamp") -> bool:
        """Tell whether both were made by one Python in one folder: scripts hold the paths of both."""
        return (self.python, self.checkout) == (wanted.python, wanted.checkout)

    def serves(self, wanted: "Stamp") -> bool:
        """Tell whether this is good for what is wanted; the tests' packages may be there unasked."""
        same = (self.project, self.runtime) == (wanted.project, wanted.runtime)
        return same and self.is_at_home(wanted) and wanted.tests in {"", self.tests}


def wanted(checkout: Checkout, *, with_tests: bool) -> Stamp:
    """Describe the environment that the checkout as it is asks for."""
    project = tomllib.loads((checkout.root / "pyproject.toml").read_text("utf-8"))
    installed = {name: project.get(name) for name in INSTALLED_TABLES}
    return Stamp(
        python=f"{platform.python_version()} in {Path(sys.base_prefix).resolve()}",
        checkout=str(checkout.root),
        project=_digest(json.dumps(installed, sort_keys=True).encode()),
        runtime=_digest(checkout.lock(with_tests=False).read_bytes()),
        tests=_digest(checkout.lock(with_tests=True).read_bytes()) if with_tests else "",
    )


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def read(checkout: Checkout) -> Stamp | None:
    """Return what the environment was made from; nothing if it has no stamp of this form."""
    try:
        return Stamp(**json.loads((checkout.venv / STAMP).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def write(checkout: Checkout, stamp: Stamp) -> None:
    (checkout.venv / STAMP).write_text(json.dumps(asdict(stamp), indent=1) + "\n", "utf-8")


def remove(checkout: Checkout) -> None:
    (checkout.venv / STAMP).unlink(missing_ok=True)
