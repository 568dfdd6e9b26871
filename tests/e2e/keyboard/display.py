"""A virtual display with a window manager, and the keys that are pressed on it.

Xvfb, openbox and xdotool: the keys reach the program as they reach it from a keyboard, through the
display and whatever window has the focus there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

PROGRAMS = ("Xvfb", "openbox", "xdotool")
_PACKAGES = "xvfb, openbox, xdotool"
LIMIT_S = 10.0


def require_display() -> None:
    """Skip the test without the programs, or fail it where everything must be there."""
    absent = [name for name in PROGRAMS if shutil.which(name) is None]
    if not absent:
        return
    reason = f"not installed: {', '.join(absent)} (Debian packages {_PACKAGES})"
    if os.environ.get("CI") == "true" or os.environ.get("KRAKEN_DESK_REQUIRE_ALL") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


class VirtualDisplay:
    """One screen of `width` by `height` pixels; `env` is what a program needs to appear on it."""

    def __init__(self, width: int, height: int, home: Path) -> None:
        self._home = home
        self._xvfb, self.name = self._start_xvfb(width, height)
        self.env = {**os.environ, "DISPLAY": self.name, "HOME": str(home), "QT_QPA_PLATFORM": "xcb"}
        self.env.pop("WAYLAND_DISPLAY", None)
        self._manager = self._start_manager()
        self._xdotool("mousemove", str(width - 1), str(height - 1))  # nothing is lit by a mouse that rests

    def press(self, *keys: str) -> None:
        """Press keys by xdotool's names, one after the other: ctrl+n, Tab, Return, space."""
        self._xdotool("key", "--clearmodifiers", "--delay", "12", *keys)

    def write(self, text: str) -> None:
        """Type a text; it is no argument, since some texts are secrets."""
        self._xdotool("type", "--clearmodifiers", "--delay", "3", "--file", "-", text=text)

    def stop(self) -> None:
        for process in (self._manager, self._xvfb):
            process.terminate()
            process.wait(LIMIT_S)

    def _start_xvfb(self, width: int, height: int) -> tuple[subprocess.Popen[bytes], str]:
        reading, writing = os.pipe()
        screen = ["-screen", "0", f"{width}x{height}x24"]
        process = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), *screen, "-nolisten", "tcp"],
            pass_fds=(writing,),
            stderr=subprocess.DEVNULL,
        )
        os.close(writing)
        with os.fdopen(reading) as told:
            number = told.readline().strip()
        if not number:
            process.wait(LIMIT_S)
            raise RuntimeError("Xvfb did not start")
        return process, f":{number}"

    def _start_manager(self) -> subprocess.Popen[bytes]:
        configuration = self._home / "openbox.xml"
        configuration.write_text(_OPENBOX, "utf-8")
        manager = subprocess.Popen(
            ["openbox", "--config-file", str(configuration)], env=self.env, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + LIMIT_S
        while not self._is_managed():
            if time.monotonic() > deadline:
                raise TimeoutError("openbox did not start")
            time.sleep(0.02)
        return manager

    def _is_managed(self) -> bool:
        """Say whether somebody answers for desktops and the focus."""
        asked = subprocess.run(
            ["xdotool", "get_num_desktops"],
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )
        return asked.returncode == 0 and bool(asked.stdout.strip())

    def _xdotool(self, *words: str, text: str | None = None) -> None:
        done = subprocess.run(
            ["xdotool", *words],
            env=self.env,
            input=text,
            text=True,
            capture_output=True,
            timeout=LIMIT_S,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"xdotool {words[0]}: {done.stderr.strip()}")


_OPENBOX = """<?xml version="1.0"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
<focus><focusNew>yes</focusNew><focusLast>yes</focusLast></focus>
<placement><policy>Smart</policy><center>yes</center></placement>
<applications><application class="*"><decor>no</decor></application></applications>
</openbox_config>
"""
"""New windows get the focus, closed ones give it back; nothing of the manager's own is on the pictures."""
