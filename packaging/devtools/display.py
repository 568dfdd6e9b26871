"""Whether a window can be opened here, found out before the program is started."""

import os
import subprocess
import sys
from pathlib import Path

WITHOUT_WINDOW = {"offscreen", "minimal", "vnc", "linuxfb"}
PROBE = "from PySide6.QtGui import QGuiApplication; QGuiApplication([])"
PROBE_TIMEOUT_S = 30.0


def problem(python: Path, env: dict[str, str]) -> str:
    """Say why no window can be opened, or nothing if one can."""
    asked_for = env.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if asked_for in WITHOUT_WINDOW:
        return f"QT_QPA_PLATFORM asks for {asked_for}"
    if sys.platform != "linux":
        return ""
    named = [f"{name}={env[name]}" for name in ("DISPLAY", "WAYLAND_DISPLAY") if env.get(name)]
    if not named:
        return "neither DISPLAY nor WAYLAND_DISPLAY is set"
    return "" if _qt_starts(python, env) else f"{' '.join(named)} cannot be opened"


def _qt_starts(python: Path, env: dict[str, str]) -> bool:
    try:
        probe = subprocess.run(
            [python, "-c", PROBE], env=env, capture_output=True, timeout=PROBE_TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return probe.returncode == 0


def is_named() -> bool:
    """Tell whether the surroundings name a display at all; always so on systems without that question."""
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
