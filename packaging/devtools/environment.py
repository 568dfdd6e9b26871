"""The environment of a checkout: `.venv` with exactly what the lock says.

Its stamp is written last. A marker that is written first and removed last shows an installation that was
cut short: pip may have left half a package behind, so such an environment is made anew, and so is one that
another Python or another folder made. Any other difference is put right in place, and what the lock does not
name is removed.
"""

import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from devtools import stamp
from devtools.checkout import Checkout, child_environment
from devtools.console import Part, SetupError, run_logged, say, seconds
from devtools.stamp import Stamp

MARKER = "kraken-desk.unfinished"
ALWAYS_THERE = {"pip", "setuptools", "wheel", "kraken-desk"}

PIP_OF_THE_MACHINE = {
    "PIP_CACHE_DIR",
    "PIP_CERT",
    "PIP_CLIENT_CERT",
    "PIP_CONFIG_FILE",
    "PIP_DEFAULT_TIMEOUT",
    "PIP_EXTRA_INDEX_URL",
    "PIP_FIND_LINKS",
    "PIP_INDEX_URL",
    "PIP_KEYRING_PROVIDER",
    "PIP_NO_CACHE_DIR",
    "PIP_NO_INDEX",
    "PIP_PROXY",
    "PIP_RETRIES",
    "PIP_TIMEOUT",
    "PIP_TRUSTED_HOST",
    "PIP_USE_FEATURE",
}
"""How a machine reaches its packages is its own affair; other variables would change what is installed."""

PIP_OF_OURS = {
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_NO_INPUT": "1",
    "PIP_REQUIRE_HASHES": "0",  # the project itself has none; the lock's installation asks for them by option
    "PIP_USER": "0",
}


def ensure(checkout: Checkout, *, with_tests: bool) -> None:
    """Bring the environment to what the lock says; at once if it is there already.

    Raises:
        SetupError: it could not be made; says what failed and where the log is.
    """
    with _one_at_a_time():
        found = stamp.read(checkout) if checkout.python.exists() and not _was_cut_short(checkout) else None
        wanted = stamp.wanted(checkout, with_tests=with_tests)
        if found and found.serves(wanted):
            return
        if found and found.tests:
            wanted = stamp.wanted(checkout, with_tests=True)
        _make(checkout, found, wanted)


def _was_cut_short(checkout: Checkout) -> bool:
    return (checkout.venv / MARKER).exists()


def _make(checkout: Checkout, found: Stamp | None, wanted: Stamp) -> None:
    started = time.monotonic()
    if reason := _reason_to_start_over(checkout, found, wanted):
        _create(checkout, reason)
    (checkout.venv / MARKER).touch()
    stamp.remove(checkout)
    lock = checkout.lock(with_tests=bool(wanted.tests))
    names = locked_names(lock.read_text("utf-8"))
    _pip(checkout, f"installing {len(names)} locked packages", *_from_lock(lock))
    _remove_strays(checkout, names)
    _pip(checkout, "installing Kraken Desk from this checkout", *_project(checkout))
    stamp.write(checkout, wanted)
    (checkout.venv / MARKER).unlink()
    say(f"environment ready after {seconds(started)}")


def _reason_to_start_over(checkout: Checkout, found: Stamp | None, wanted: Stamp) -> str:
    """Say why the environment has to be made anew, or nothing if it can be put right in place."""
    if not checkout.python.exists():
        return "there is none yet"
    if _was_cut_short(checkout):
        return "the last installation was cut short"
    if found and not found.is_at_home(wanted):
        return "it was made by another Python or in another folder"
    return "" if _starts(checkout) else "it does not start"


def _starts(checkout: Checkout) -> bool:
    """Tell whether the environment has a pip that runs under this very version of Python."""
    probe = "import pip, platform; print(platform.python_version())"
    command: list[Part] = [checkout.python, "-I", "-c", probe]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    return answer.returncode == 0 and answer.stdout.strip() == platform.python_version()


def _create(checkout: Checkout, reason: str) -> None:
    say(f"making {checkout.venv} ({reason})")
    shutil.rmtree(checkout.venv, ignore_errors=True)
    checkout.venv.mkdir(exist_ok=True)
    (checkout.venv / MARKER).touch()
    command: list[Part] = [sys.executable, "-I", "-m", "venv", checkout.venv]
    run_logged("creating the environment", command, checkout.log("install"), pip_environment())


def _from_lock(lock: Path) -> list[Part]:
    return ["install", "--require-hashes", "--no-deps", "--only-binary", ":all:", "--requirement", lock]


def _project(checkout: Checkout) -> list[Part]:
    return ["install", "--no-deps", "--no-build-isolation", "--no-index", "--editable", checkout.root]


def _pip(checkout: Checkout, what: str, *arguments: Part) -> None:
    command: list[Part] = [checkout.python, "-I", "-m", "pip", *arguments]
    run_logged(what, command, checkout.log("install"), pip_environment(), cwd=checkout.root)


def pip_environment() -> dict[str, str]:
    """Return the surroundings for pip: the machine's ways to its packages and none of its habits."""
    surroundings = child_environment()
    habits = {name for name in surroundings if name.startswith("PIP_")} - PIP_OF_THE_MACHINE
    return {name: value for name, value in surroundings.items() if name not in habits} | PIP_OF_OURS


def locked_names(text: str) -> set[str]:
    """Return the names of the packages in the text of a lock."""
    pins = [line for line in text.splitlines() if "==" in line and not line.startswith(("#", " "))]
    return {_normal(pin.partition("==")[0].partition("[")[0].strip()) for pin in pins}


def _normal(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


def _remove_strays(checkout: Checkout, locked: set[str]) -> None:
    strays = sorted(_installed(checkout) - locked - ALWAYS_THERE)
    if strays:
        what = f"removing what the lock does not name ({', '.join(strays)})"
        _pip(checkout, what, "uninstall", "--yes", *strays)


def _installed(checkout: Checkout) -> set[str]:
    command: list[Part] = [checkout.python, "-I", "-m", "pip", "list", "--format=json"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, env=pip_environment())
    if answer.returncode:
        raise SetupError(f"pip cannot list what is installed: {answer.stderr.strip()}")
    return {_normal(entry["name"]) for entry in json.loads(answer.stdout)}


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Let a second run of this command in the same checkout wait; systems without flock do without."""
    if os.name != "posix":
        yield
        return
    import fcntl

    with Path(__file__).open("rb") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting for another run that is setting up this checkout")
            fcntl.flock(held, fcntl.LOCK_EX)
        yield
