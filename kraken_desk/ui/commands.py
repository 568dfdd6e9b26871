"""Command: the words, icon and shortcut of an act, and the QAction made of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence

from kraken_desk.ui.theme import Theme


@dataclass(frozen=True, slots=True)
class Command:
    """What an action is called, how it is reached, and the sentence that explains it."""

    name: str
    text: str
    tip: str
    icon: str = ""
    shortcut: str = ""


def make_action(owner: QObject, theme: Theme, command: Command, do: Callable[[], None]) -> QAction:
    """Make an action that calls `do`; the tip names the shortcut."""
    action = QAction(command.text, owner)
    action.setObjectName(command.name)
    tip = command.tip
    if command.shortcut:
        action.setShortcut(QKeySequence(command.shortcut))
        tip = f"{tip} ({action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)})"
    action.setToolTip(tip)
    if command.icon:
        theme.dress(action, command.icon)
    action.triggered.connect(lambda _checked=False: do())
    return action
