"""Writing the lock files: every package the program, its tests and its own installation need, with hashes.

One resolution covers Linux, Windows and macOS and every supported Python. The resolver lives in a throw-away
environment, so that it is neither in the lock nor left behind.
"""

import os
import re
import shutil
import sys
import tempfile
import time
import tomllib
from collections.abc import Sequence
from pathlib import Path

from devtools.checkout import Checkout, child_environment
from devtools.console import Part, SetupError, run_logged, say, seconds
from devtools.environment import locked_names, pip_environment

RESOLVER = "uv>=0.9"
ADDRESS = re.compile(r"://|file:|^--?(?:i|f|index|extra|find|trusted)\b", re.MULTILINE)
COMMON = (
    "--universal",
    "--generate-hashes",
    "--no-header",
    "--no-annotate",
    "--no-progress",
    "--group",
    "build",
)
HEADER = """\
# {purpose}
# Written by `python3 packaging/dev.py lock` from pyproject.toml; not edited by hand.
# One resolution for Linux, Windows and macOS, from Python {minimum} on. Where packages are fetched from is
# the machine's own setting; the hashes decide what is accepted.
"""


def write_locks(checkout: Checkout, arguments: Sequence[str]) -> None:
    """Resolve again, keeping locked versions where they still fit (`--upgrade` takes the newest).

    Raises:
        SetupError: the resolver failed, or its result names an address.
    """
    started = time.monotonic()
    tests, runtime = checkout.lock(with_tests=True), checkout.lock(with_tests=False)
    bundle = checkout.bundle_lock
    with tempfile.TemporaryDirectory(prefix="kraken-desk-lock-") as name:
        folder = Path(name)
        uv = _install_resolver(checkout, folder)
        new_tests = _resolve(checkout, uv, folder / tests.name, ["--extra", "test", *arguments])
        new_runtime = _resolve(
            checkout, uv, folder / runtime.name, ["--constraints", folder / tests.name, *arguments]
        )
        new_bundle = _resolve(
            checkout,
            uv,
            folder / bundle.name,
            ["--group", "bundle", "--constraints", folder / tests.name, *arguments],
        )
    _write(checkout, tests, "Kraken Desk and its tests.", new_tests)
    _write(checkout, runtime, "Kraken Desk as it runs.", new_runtime)
    _write(checkout, bundle, "Kraken Desk and what makes its bundle.", new_bundle)
    say(f"locked after {seconds(started)}")


def _install_resolver(checkout: Checkout, folder: Path) -> Path:
    log, venv = checkout.log("lock"), folder / "resolver"
    programs = venv / ("Scripts" if sys.platform == "win32" else "bin")
    run_logged("making a place for uv", [sys.executable, "-I", "-m", "venv", venv], log, pip_environment())
    install: list[Part] = [programs / "python", "-I", "-m", "pip", "install", RESOLVER]
    run_logged("installing uv", install, log, pip_environment())
    return programs / "uv"


def _resolve(checkout: Checkout, uv: Path, output: Path, arguments: Sequence[Part]) -> str:
    """Return the resolution; versions of the present lock are kept where they fit."""
    present = checkout.root / "packaging" / output.name
    if present.exists():
        shutil.copy(present, output)
    command: list[Part] = [
        uv,
        "pip",
        "compile",
        "pyproject.toml",
        *COMMON,
        "--python-version",
        minimum_python(checkout),
    ]
    env = child_environment(**_index_of_pip())
    log = checkout.log("lock")
    run_logged(
        f"resolving {output.name}", [*command, *arguments, "--output-file", output], log, env, checkout.root
    )
    return output.read_text("utf-8")


def _index_of_pip() -> dict[str, str]:
    """Let uv look where pip is told to look by its variable, unless uv has a setting of its own."""
    index = os.environ.get("PIP_INDEX_URL")
    return {"UV_DEFAULT_INDEX": index} if index and "UV_DEFAULT_INDEX" not in os.environ else {}


def minimum_python(checkout: Checkout) -> str:
    project = tomllib.loads((checkout.root / "pyproject.toml").read_text("utf-8"))
    return str(project["project"]["requires-python"]).removeprefix(">=")


def _write(checkout: Checkout, lock: Path, purpose: str, text: str) -> None:
    if found := ADDRESS.search(text):
        raise SetupError(f"{lock.name} would name an address ({found.group()!r}) and be of no use elsewhere")
    header = HEADER.format(purpose=purpose, minimum=minimum_python(checkout))
    lock.write_text(header + text, "utf-8", newline="\n")
    say(f"{lock.name}: {len(locked_names(text))} packages")
