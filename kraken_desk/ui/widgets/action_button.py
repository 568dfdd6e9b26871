"""ActionButton: a button that shows an action's text, icon and state, and triggers it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QPushButton, QWidget

from kraken_desk.ui.theme import set_role


class ActionButton(QPushButton):
    """Several buttons may stand for one action; all follow it.

    `short` takes the action's shorter text. An action's icon has one colour, so a button on another
    ground does without.
    """

    def __init__(
        self,
        action: QAction,
        role: str = "",
        *,
        icon: bool = True,
        short: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._action = action
        self._short = short
        self._with_icon = icon
        self._wordless = False
        self.setObjectName(f"button-{action.objectName()}")
        if role:
            set_role(self, role)
        action.changed.connect(self._on_action_changed)
        self.clicked.connect(action.trigger)
        self._on_action_changed()

    def width_with(self, *, words: bool) -> int:
        """Return the width with or without words; the tooltip and the reader's name keep them."""
        text = self.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, self.words).width()
        here = self.sizeHint().width()
        if words is not self._wordless:
            return here
        return here + text if words else here - text

    def set_wordless(self, wordless: bool) -> None:
        """Show the icon alone, or the words again."""
        if wordless is not self._wordless:
            self._wordless = wordless
            self._on_action_changed()

    @property
    def words(self) -> str:
        """Return what the button says where it has the room."""
        return self._action.iconText() if self._short else self._action.text()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Enter too: a button of a window has no dialog that would press it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            return
        super().keyPressEvent(event)

    def _on_action_changed(self) -> None:
        self.setText("" if self._wordless else self.words)
        if self._with_icon:
            self.setIcon(self._action.icon())
        self.setToolTip(self._action.toolTip())
        self.setAccessibleName(self._action.text())
        self.setEnabled(self._action.isEnabled())
