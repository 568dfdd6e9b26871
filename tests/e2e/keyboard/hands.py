"""Hands on the keyboard of a virtual display, and eyes on what the program says that it shows."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tests.e2e.keyboard.display import VirtualDisplay

PATIENCE_S = 20.0
MOST_TABS = 60
MOST_CHOICES = 40
END_OF_LIST_S = 0.7
SPIED = Path(__file__).with_name("spied.py")


@dataclass(frozen=True)
class Seen:
    """What the active window shows, and where the keyboard is."""

    window: str
    title: str
    focus: str
    around: tuple[str, ...]
    value: str
    texts: tuple[str, ...]
    usable: tuple[str, ...]
    checked: tuple[str, ...]

    def says(self, words: str) -> bool:
        return any(words in text for text in self.texts)

    def has_focus_in(self, name: str) -> bool:
        """Say whether a widget has the focus, or something inside it."""
        return name in (self.focus, *self.around)


class Hands:
    """One running program; everything it is told, it is told by keys."""

    def __init__(self, display: VirtualDisplay, env: dict[str, str], *words: str) -> None:
        self._display = display
        self._process = subprocess.Popen(
            [sys.executable, str(SPIED), *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**env, **{n: display.env[n] for n in ("DISPLAY", "QT_QPA_PLATFORM")}},
        )

    def look(self) -> Seen:
        answer = self._ask({})
        lists = {name: tuple(answer[name]) for name in ("around", "texts", "usable", "checked")}
        return Seen(**{**answer, **lists})

    def picture(self, path: Path) -> None:
        """Keep what the screen shows of the active window."""
        assert self._ask({"picture": str(path)})["saved"], path

    def press(self, *keys: str) -> None:
        self._display.press(*keys)

    def write(self, text: str) -> None:
        self._display.write(text)

    def until(self, holds: Callable[[Seen], bool], what: str) -> Seen:
        """Wait until the window shows something."""
        deadline = time.monotonic() + PATIENCE_S
        seen = self.look()
        while not holds(seen):
            if time.monotonic() > deadline:
                raise AssertionError(f"no {what} within {PATIENCE_S:.0f} s; now: {seen}")
            time.sleep(0.02)
            seen = self.look()
        return seen

    def until_in(self, window: str) -> Seen:
        """Wait until a window of this name is active and has given the keyboard to something."""
        return self.until(lambda seen: seen.window == window and bool(seen.focus), window)

    def until_usable(self, button: str) -> Seen:
        return self.until(lambda seen: button in seen.usable, f"usable {button}")

    def tab_to(self, name: str, key: str = "Tab") -> None:
        """Press Tab until a widget, or something inside it, has the focus."""
        passed: list[str] = []
        for _ in range(MOST_TABS):
            seen = self.look()
            if seen.has_focus_in(name):
                return
            passed.append(seen.focus)
            self.press(key)
            self.until(partial(_is_elsewhere, seen), "step")
        raise AssertionError(f"Tab does not lead to {name}, but by {passed}")

    def choose(self, field: str, text: str) -> None:
        """Go to a chooser and along its list, down and then up, to what begins with a text."""
        self.tab_to(field)
        for key in ("Down", "Up"):
            for _ in range(MOST_CHOICES):
                value = self.look().value
                if value == text or value.startswith(f"{text} "):
                    return
                self.press(key)
                if not self._changes(value):
                    break  # the end of the list
        raise AssertionError(f"{field} offers no {text}; now: {self.look()}")

    def _changes(self, value: str) -> bool:
        deadline = time.monotonic() + END_OF_LIST_S
        while self.look().value == value:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        return True

    def replace(self, text: str) -> None:
        """Write over what is in the focused field."""
        self.press("ctrl+a")
        self.write(text)

    def end(self) -> int:
        """Leave by Ctrl+Q and return the exit code."""
        self.press("ctrl+q")
        code = self._process.wait(PATIENCE_S)
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            stream.close()
        return code

    def kill(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait(PATIENCE_S)

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise AssertionError(f"the program has ended: {self._process.poll()}")
        answer: dict[str, Any] = json.loads(line)
        return answer


def _is_elsewhere(before: Seen, now: Seen) -> bool:
    return (now.focus, now.around) != (before.focus, before.around)
