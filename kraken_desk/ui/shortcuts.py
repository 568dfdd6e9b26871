"""ShortcutBook: the keys of every act of the window, the usual ones and those the operator chose."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from shiboken6 import isValid

from kraken_desk.ui.commands import set_shortcut

PORTABLE = QKeySequence.SequenceFormat.PortableText
NATIVE = QKeySequence.SequenceFormat.NativeText

_HELD = ("Ctrl+", "Alt+", "Meta+")


@dataclass(frozen=True, slots=True)
class Binding:
    """An act and its keys as they are named on this desktop; `changed` when they are not the usual ones."""

    name: str
    text: str
    keys: str
    changed: bool


class ShortcutBook(QObject):
    """Gives acts their keys as they become known; acts are named by their object names.

    Signals:
        changed: an act has other keys, or a new act is known.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._usual: dict[str, str] = {}
        self._actions: dict[str, QAction] = {}
        self._chosen: dict[str, str] = {}

    def adopt(self, actions: Iterable[QAction]) -> None:
        """Take acts in, with the keys they were made with as their usual ones."""
        for action in actions:
            name = action.objectName()
            own_widget = action.shortcutContext() is Qt.ShortcutContext.WidgetShortcut
            if name and not own_widget and self._actions.get(name) is not action:
                self._actions[name] = action
                self._usual[name] = action.shortcut().toString(PORTABLE)
                self._give(name)
        self.changed.emit()

    def choose(self, chosen: Mapping[str, str]) -> None:
        """Let these keys count instead of the usual ones; all others are as usual."""
        before, self._chosen = self._chosen, dict(chosen)
        for name in self._actions:
            if before.get(name) != self._chosen.get(name):
                self._give(name)
        self.changed.emit()

    def bindings(self) -> tuple[Binding, ...]:
        """Return every act that is known, by its words."""
        found = [
            Binding(
                name,
                action.iconText().replace("&", ""),
                action.shortcut().toString(NATIVE),
                action.shortcut().toString(PORTABLE) != self._usual[name],
            )
            for name, action in self._actions.items()
            if isValid(action)
        ]
        return tuple(sorted(found, key=lambda each: (each.text.casefold(), each.name)))

    def usual(self, name: str) -> str:
        """Return an act's usual keys, portably written."""
        return self._usual.get(name, "")

    def refusal(self, name: str, keys: QKeySequence) -> str:
        """Say why an act cannot have these keys, or nothing."""
        if keys.count() > 1:
            return "One press of keys together is enough."
        if keys.count() == 1 and _is_for_writing(keys):
            return "That key is needed for writing and moving. Hold Ctrl, Alt or Meta with it."
        other = self._holder(name, keys)
        if other is not None:
            shown, words = keys.toString(NATIVE), other.text().replace("&", "")
            return f"{shown} belongs to “{words}”. Give that other keys first."
        return ""

    def _holder(self, name: str, keys: QKeySequence) -> QAction | None:
        others = (a for n, a in self._actions.items() if n != name and isValid(a))
        return next((a for a in others if not keys.isEmpty() and a.shortcut() == keys), None)

    def _give(self, name: str) -> None:
        action = self._actions[name]
        if isValid(action):
            set_shortcut(action, self._keys_for(name))

    def _keys_for(self, name: str) -> QKeySequence:
        """Return what was chosen where it can be given, else the usual keys."""
        usual = QKeySequence.fromString(self._usual[name], PORTABLE)
        if name not in self._chosen:
            return usual if self._holder(name, usual) is None else QKeySequence()
        keys = QKeySequence.fromString(self._chosen[name], PORTABLE)
        readable = keys.toString(PORTABLE) == self._chosen[name]
        return keys if readable and not self.refusal(name, keys) else usual


def _is_for_writing(keys: QKeySequence) -> bool:
    """Say whether keys are a bare letter, digit, arrow or the like; function keys are free."""
    name = keys.toString(PORTABLE)
    return not any(held in name for held in _HELD) and not re.fullmatch(r"(Shift\+)?F\d+", name)
