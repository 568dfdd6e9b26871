"""Actions: made from a description in one place; what is enabled follows from plain values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence

from kraken_desk.domain.fleet import FleetSnapshot
from kraken_desk.domain.keys import SlotId
from kraken_desk.ui.theme import Theme

CHECK_GROUP = "keys:check"
REMOVE_GROUP = "keys:remove"
REFRESH_GROUP = "balances:refresh"


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


@dataclass(frozen=True, slots=True)
class Enabled:
    """Which of the global acts make sense now."""

    check_all: bool
    transfer: bool
    check_key: bool
    remove_key: bool


def enabled(fleet: FleetSnapshot, slot_id: SlotId | None, work: frozenset[str]) -> Enabled:
    """Judge the acts by what there is, what is selected and what is running."""
    keys = fleet.keys()
    selected = any(node.slot.slot_id == slot_id for node in keys)
    idle = CHECK_GROUP not in work
    return Enabled(
        check_all=bool(keys) and idle,
        transfer=len(fleet.accounts()) > 1,
        check_key=selected and idle,
        remove_key=selected and idle and REMOVE_GROUP not in work,
    )
