"""The program as it is, with one addition: asked on standard input, it says what it shows.

Nothing is pressed from here. A request is one line of JSON on standard input, the answer one line on
standard output: what has the focus, which window is active, what can be read in it; or a picture of that
window as it is on the screen, in a file.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from PySide6.QtCore import QObject, QPoint, QRect, QSize, QSocketNotifier
from PySide6.QtGui import QGuiApplication, QPixmap
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QWidget

from kraken_desk.app.entry import main
from kraken_desk.ui.first_paint import FirstPaint


class Spy(QObject):
    """Answers from Qt's own loop, between two events of the program."""

    def __init__(self) -> None:
        super().__init__(QApplication.instance())
        self._answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
        self._ear = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read, self)
        self._ear.activated.connect(self._on_asked)
        self._left = b""

    def _on_asked(self) -> None:
        heard = os.read(sys.stdin.fileno(), 65536)
        if not heard:
            self._ear.setEnabled(False)
            return
        *lines, self._left = (self._left + heard).split(b"\n")
        for line in lines:
            json.dump(self._answer(json.loads(line)), self._answers)
            self._answers.write("\n")
            self._answers.flush()

    def _answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        if "picture" in asked:
            return {"saved": active_window_on_screen().save(asked["picture"])}
        return state()


def active_window_on_screen() -> QPixmap:
    """Return what the screen shows of the active window, popups upon it included."""
    screen = QGuiApplication.primaryScreen()
    shown, ratio = screen.grabWindow(0), screen.devicePixelRatio()
    active = QApplication.activeWindow()
    if active is None:
        return shown
    box = active.frameGeometry()
    size = QSize(round(box.width() * ratio), round(box.height() * ratio))
    return shown.copy(QRect(QPoint(round(box.x() * ratio), round(box.y() * ratio)), size))


def state() -> dict[str, Any]:
    """Return what the operator sees and where the keyboard is."""
    active, focus = QApplication.activeWindow(), QApplication.focusWidget()
    labels = active.findChildren(QLabel) if active is not None else []
    buttons = active.findChildren(QAbstractButton) if active is not None else []
    return {
        "window": active.objectName() if active is not None else "",
        "title": active.windowTitle() if active is not None else "",
        "focus": focus.objectName() if focus is not None else "",
        "around": _around(focus),
        "value": focus.currentText() if isinstance(focus, QComboBox) else "",
        "texts": [label.text() for label in labels if label.isVisible() and label.text()],
        "usable": [b.objectName() for b in buttons if b.isVisible() and b.isEnabled()],
        "checked": [b.objectName() for b in buttons if b.isVisible() and b.isChecked()],
    }


def _around(focus: QWidget | None) -> list[str]:
    """Return the names of what the focused widget stands in, from the inside outwards."""
    names: list[str] = []
    parent = focus.parentWidget() if focus is not None else None
    while parent is not None:
        if parent.objectName():
            names.append(parent.objectName())
        parent = parent.parentWidget()
    return names


def spy_from_the_first_paint_on() -> None:
    """Begin to answer once the window has been painted."""
    painted = FirstPaint._on_painted
    spies: list[Spy] = []

    def on_painted(self: FirstPaint) -> None:
        if not spies:
            spies.append(Spy())
        painted(self)

    FirstPaint._on_painted = on_painted  # type: ignore[method-assign]  # the one place that every start passes


if __name__ == "__main__":
    spy_from_the_first_paint_on()
    sys.exit(main(sys.argv[1:]))
