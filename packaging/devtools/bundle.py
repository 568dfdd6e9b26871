"""Building the bundle: one directory with the program, its Python and Qt; then the packages made of it.

The build has an environment of its own with exactly the locked packages: what else a developer has installed
would end up in the bundle. The finished bundle must pass its own test, away from the source and under a bare
environment, before it counts as built.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from devtools import debian_package
from devtools.checkout import Checkout, child_environment
from devtools.console import Part, SetupError, run_logged, say, seconds
from devtools.environment import pip_environment

NAME = "kraken-desk"
PICTURE_SIZES = (16, 24, 32, 48, 64, 128, 256, 512)
TEST_TIME_S = 120


def build(checkout: Checkout) -> Path:
    """Build bundle, wheel and, where dpkg-deb is at hand, a Debian package; return the bundle's directory.

    Raises:
        SetupError: a step failed, or the bundle did not pass its test; says where the log is.
    """
    started = time.monotonic()
    python = _environment(checkout)
    shutil.rmtree(checkout.dist, ignore_errors=True)
    checkout.dist.mkdir()
    wheel = _wheel(checkout, python)
    _install(checkout, python, wheel)
    _freeze(checkout, python)
    bundle = checkout.dist / NAME
    if sys.platform == "linux":
        add_desktop_files(checkout, bundle)
    test_bundle(bundle)
    made = [bundle, wheel]
    if sys.platform == "linux":
        made += debian_package.build(checkout, bundle, version_of(wheel))
    for path in made:
        say(f"{path.relative_to(checkout.root)}: {size_of(path) / 1e6:.1f} MB")
    say(f"built after {seconds(started)}")
    return bundle


def version_of(wheel: Path) -> str:
    """Return the version in a wheel's file name."""
    return wheel.name.split("-")[1]


def size_of(path: Path) -> int:
    """Return the bytes of a file, or of all files below a directory."""
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.lstat().st_size for file in files if not file.is_dir())


def _environment(checkout: Checkout) -> Path:
    """Make the build's environment anew and return its Python."""
    venv = checkout.build / "venv"
    shutil.rmtree(venv, ignore_errors=True)
    checkout.build.mkdir(exist_ok=True)
    log = checkout.build / "build.log"
    log.unlink(missing_ok=True)
    run_logged(
        "making the build's environment", [sys.executable, "-I", "-m", "venv", venv], log, pip_environment()
    )
    python = venv / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    locked: list[Part] = ["--require-hashes", "--no-deps", "--only-binary", ":all:"]
    _pip(checkout, python, "installing what makes bundles", "install", *locked, "-r", checkout.bundle_lock)
    return python


def _wheel(checkout: Checkout, python: Path) -> Path:
    """Build the wheel; what is installed from it is what `pip` and `pipx` would install."""
    folder = checkout.dist
    project: list[Part] = ["--no-deps", "--no-build-isolation", "--wheel-dir", folder, checkout.root]
    _pip(checkout, python, "building the wheel", "wheel", *project)
    [wheel] = folder.glob("*.whl")
    return wheel


def _install(checkout: Checkout, python: Path, wheel: Path) -> None:
    _pip(checkout, python, "installing the wheel", "install", "--no-deps", "--no-index", wheel)


def _pip(checkout: Checkout, python: Path, what: str, *arguments: Part) -> None:
    command: list[Part] = [python, "-I", "-m", "pip", *arguments]
    run_logged(what, command, checkout.build / "build.log", pip_environment(), cwd=checkout.build)


def _freeze(checkout: Checkout, python: Path) -> None:
    scripts = checkout.root / "packaging" / "bundle"
    log, env = checkout.build / "build.log", child_environment(QT_QPA_PLATFORM="offscreen")
    icon = checkout.root / "resources" / "icons" / "app.svg"
    draw: list[Part] = [python, scripts / "pictures.py", icon, checkout.build / "icons"]
    run_logged("drawing the icons", draw, log, env, cwd=checkout.build)
    freeze: list[Part] = [
        *(python, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"),
        *("--distpath", checkout.dist, "--workpath", checkout.build / "work", scripts / f"{NAME}.spec"),
    ]
    run_logged("freezing the program", freeze, log, env, cwd=checkout.build)


def add_desktop_files(checkout: Checkout, bundle: Path) -> None:
    """Lay what a Linux desktop and polkit read below the bundle's `share`."""
    linux, share = checkout.root / "packaging" / "linux", bundle / "share"
    places = {"*.desktop": "applications", "*.metainfo.xml": "metainfo", "*.policy": "polkit-1/actions"}
    for pattern, folder in places.items():
        (share / folder).mkdir(parents=True)
        for file in linux.glob(pattern):
            shutil.copy(file, share / folder)
    icons = share / "icons" / "hicolor"
    for size in PICTURE_SIZES:
        apps = icons / f"{size}x{size}" / "apps"
        apps.mkdir(parents=True)
        shutil.copy(checkout.build / "icons" / f"{size}.png", apps / f"{NAME}.png")


def test_bundle(bundle: Path) -> None:
    """Run the bundle's own test on a copy elsewhere, with nothing in its environment.

    Raises:
        SetupError: it did not pass; the text holds what it said.
    """
    say("testing the bundle ...")
    with tempfile.TemporaryDirectory(prefix="kraken-desk-bundle-") as name:
        copy = Path(name) / "elsewhere"
        shutil.copytree(bundle, copy, symlinks=True)
        program = copy / (f"{NAME}-cli.exe" if sys.platform == "win32" else NAME)
        done = subprocess.run(
            [program, "--self-test"],
            env=_bare_environment(name),
            cwd=name,
            capture_output=True,
            text=True,
            timeout=TEST_TIME_S,
            check=False,
        )
    if done.returncode:
        raise SetupError(f"the bundle did not pass its test ({done.returncode}):\n{done.stdout}{done.stderr}")
    for line in done.stdout.splitlines():
        say(f"  {line}")


def _bare_environment(home: str) -> dict[str, str]:
    if sys.platform == "win32":
        return {"SYSTEMROOT": os.environ["SYSTEMROOT"], "USERPROFILE": home, "TEMP": home}
    return {"HOME": home, "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
