"""Pictures of the window for README and guide: the real program, by keys alone, at 1x and 2x, dark and light.

    cd packaging; PYTHONPATH=.:.. ../.venv/bin/python -m screens [DIRECTORY]

Without a directory it renews `resources/screenshots`. It takes Xvfb, openbox, xdotool and gnome-keyring,
runs the journey that tests/e2e/keyboard checks, and makes each picture small: 256 colours of its own.
README's first picture is one of `kraken-desk demo --snapshot`.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # of this process, which only makes pictures smaller

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QImageWriter

from tests.e2e.keyboard.display import VirtualDisplay
from tests.e2e.keyboard.hands import Hands
from tests.e2e.keyboard.journey import ENVIRONMENT, Journey, furnish
from tests.e2e.processes import SimulatorProcess
from tests.helpers.keychain import BUS, running_keychain

HERE = Path(__file__).resolve().parent
KEPT = HERE.parent / "resources" / "screenshots"
WINDOW = (1440, 940)
"""The window takes 1440 by 900; the rest is left for a desktop's title bar."""

TWICE = frozenset({"add-key", "locked", "transfer"})
"""Kept at 2x too where they go into `resources`; a directory of its own gets everything at both."""

STEPS = {
    "add-key": "add-key",
    "transfer-review": "transfer",
    "settle": "settle",
    "findings": "findings",
    "report": "report",
    "locked": "locked",
}
"""Which moments of the journey are kept, and under which name."""

MAIN = "05-key-with-findings"
"""Which of the demo's pictures is README's first."""

MOST_COLOURS = 256
COLOURED = 30
"""How much more a pixel of full colour counts than a grey one: a dot of state is small."""


def main(words: list[str]) -> int:
    """Take all pictures and say how large they are."""
    app = QGuiApplication.instance() or QGuiApplication([])
    del app
    directory = Path(words[0]) if words else KEPT
    directory.mkdir(parents=True, exist_ok=True)
    total = sum(path.stat().st_size for path in take_main(directory))
    for scheme in ("dark", "light"):
        for scale in (1, 2):
            total += sum(path.stat().st_size for path in take(directory, scheme, scale))
    print(f"{total // 1024} kB in {directory}")
    return 0


def take_main(directory: Path) -> list[Path]:
    """Keep the demo's picture of the whole window."""
    kept = [directory / f"main-{scheme}.png" for scheme in ("dark", "light")]
    with tempfile.TemporaryDirectory(prefix="kd-") as root:
        demo = [sys.executable, "-m", "kraken_desk", "demo", "--snapshot", root]
        subprocess.run(demo, check=True, stderr=subprocess.DEVNULL)
        for path in kept:
            shutil.copyfile(Path(root) / f"{path.stem.removeprefix('main-')}-{MAIN}.png", path)
            shrink(path)
    return kept


def take(directory: Path, scheme: str, scale: int) -> list[Path]:
    """Go through the journey once and keep its pictures."""
    kept: list[Path] = []
    with tempfile.TemporaryDirectory(prefix="kd-") as root, running_keychain(Path(root) / "k") as keychain:
        home = Path(root) / "profile"
        os.environ[BUS] = keychain.address
        simulator = SimulatorProcess("--population", "demo", "--seed", "7")
        display = VirtualDisplay(WINDOW[0] * scale, WINDOW[1] * scale, Path(root))
        asyncio.run(furnish(home, simulator))
        (home / "settings.toml").write_text(f'[appearance]\ntheme = "{scheme}"\n', "utf-8")
        env = {**keychain.env, "QT_SCALE_FACTOR": str(scale)}
        hands = Hands(display, env, "--home", str(home), "--environment", ENVIRONMENT)

        def picture(step: str) -> None:
            name = STEPS.get(step)
            if name is None or (scale > 1 and directory == KEPT and name not in TWICE):
                return
            path = directory / f"{name}-{scheme}{'' if scale == 1 else f'-{scale}x'}.png"
            hands.picture(path)
            shrink(path)
            kept.append(path)

        try:
            whole_day(Journey(hands, simulator, picture), Path(root))
        finally:
            hands.kill()
            display.stop()
            simulator.stop()
    return kept


def whole_day(journey: Journey, folder: Path) -> None:
    """Do everything once."""
    journey.arrive()
    journey.add_key()
    journey.check()
    journey.transfer()
    journey.settle()
    journey.audit()
    journey.report(folder)
    journey.lock()
    journey.unlock()


def shrink(path: Path) -> None:
    """Write a picture anew with its most frequent colours; rare ones become the nearest of them."""
    image = QImage(str(path)).convertToFormat(QImage.Format.Format_RGB32)
    pixels = memoryview(image.constBits()).cast("I")
    seen = Counter(pixels)
    weight = {
        colour: number * (1 + COLOURED * QColor(colour).hsvSaturationF()) for colour, number in seen.items()
    }
    table = sorted(seen, key=lambda colour: -weight[colour])[:MOST_COLOURS]
    small = image.convertToFormat(QImage.Format.Format_Indexed8, table, Qt.ImageConversionFlag.AvoidDither)
    writer = QImageWriter(str(path), b"png")
    writer.setCompression(100)
    if not writer.write(small):
        raise OSError(f"{path}: {writer.errorString()}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
