"""KeysField: takes one combination of keys by its being pressed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QKeyCombination, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QWidget

_MODIFIERS = (Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr)
_LEAVING = (Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)
"""What leads on, agrees or cancels, as in every other field, unless another key is held with it."""


class KeysField(QLineEdit):
    """A field for screen readers too, which Qt's own editor of key sequences is not.

    Tab leads on as everywhere; Backspace empties the field.

    Signals:
        changed: the combination is another now.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self._keys = QKeySequence()

    def keys(self) -> QKeySequence:
        return self._keys

    def take(self, keys: QKeySequence) -> None:
        """Show a combination; an empty one empties the field."""
        self._keys = keys
        self.setText(keys.toString(QKeySequence.SequenceFormat.NativeText))
        self.changed.emit()

    def event(self, event: QEvent) -> bool:
        if (
            event.type() is QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and not _leaves(event)
        ):
            event.accept()  # the keys are wanted as keys, not for what they do
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if _leaves(event):
            super().keyPressEvent(event)
            event.ignore()
        elif event.key() == Qt.Key.Key_Backspace and not _held(event):
            self.take(QKeySequence())
        elif event.key() not in _MODIFIERS and event.key() > 0:
            self.take(QKeySequence(QKeyCombination(_held(event), Qt.Key(event.key()))))


def _leaves(event: QKeyEvent) -> bool:
    return event.key() in _LEAVING and not _held(event) & ~Qt.KeyboardModifier.ShiftModifier


def _held(event: QKeyEvent) -> Qt.KeyboardModifier:
    """Return the modifiers that belong to the combination: Shift is part of a sign that needs it."""
    held = event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.GroupSwitchModifier)
    sign = event.text()
    if sign and sign.isprintable() and not sign.isalnum() and not sign.isspace():
        held &= ~Qt.KeyboardModifier.ShiftModifier
    return held
