"""Command: the words, icon and shortcut of an act, and the QAction made of them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence

from kraken_desk.domain.values import dataclass
from kraken_desk.ui.theme import Theme


@dataclass(frozen=True, slots=True)
class Command:
    """What an action is called, how it is reached, and the sentence that explains it."""

    name: str
    text: str
    tip: str
    icon: str = ""
    shortcut: str = ""


ADD_KEY = Command("add-key", "Add key", "Paste a key, check it, store it", shortcut="Ctrl+N")
TRANSFER = Command("transfer", "Transfer", "Move money between master and subaccounts", "transfer", "Ctrl+T")
"""The two acts of ui/act_list.py that the first painting shows; the others come behind it."""

TIP = "tip"
"""The property that keeps an action's sentence without its shortcut."""


def set_shortcut(action: QAction, keys: QKeySequence) -> None:
    """Give an action its keys, "" for none, and name them in its tip."""
    action.setShortcut(keys)
    tip = str(action.property(TIP) or action.text())
    named = keys.toString(QKeySequence.SequenceFormat.NativeText)
    action.setToolTip(f"{tip} ({named})" if named else tip)


def make_action(owner: QObject, theme: Theme, command: Command, do: Callable[[], None]) -> QAction:
    """Make an action that calls `do`; the tip names the shortcut."""
    action = idle_action(owner, theme, command)
    action.triggered.connect(lambda _checked=False: do())
    return action


def idle_action(owner: QObject, theme: Theme, command: Command) -> QAction:
    """Make an action that does nothing yet."""
    action = QAction(command.text, owner)
    action.setObjectName(command.name)
    action.setProperty(TIP, command.tip)
    set_shortcut(action, QKeySequence(command.shortcut))
    if command.icon:
        theme.dress(action, command.icon)
    return action
