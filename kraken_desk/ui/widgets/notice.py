"""Notice: a card that says what is the matter, what it means and what to do, with the acts that mend it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from kraken_desk.ui.theme import Tone, metrics, set_role
from kraken_desk.ui.widgets.action_button import ActionButton


class Notice(QFrame):
    """A title, sentences and buttons on the ground of a tone."""

    def __init__(
        self, tone: Tone, title: str, text: str = "", hint: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setProperty("tone", tone.value)
        self.setAccessibleName(f"{title}. {text} {hint}".strip())
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(12, 10, 12, 12)
        self._layout.setSpacing(metrics.STEP)
        self._add(title, "strong")
        if text:
            self._add(text, "")
        if hint:
            self._add(hint, "muted")

    def add_actions(self, *actions: QAction) -> None:
        """Add a button for each action; it is enabled as the action is."""
        row = QHBoxLayout()
        row.setContentsMargins(0, metrics.STEP, 0, 0)
        row.setSpacing(metrics.GAP)
        for action in actions:
            row.addWidget(ActionButton(action, "small"))
        row.addStretch()
        self._layout.addLayout(row)

    def _add(self, text: str, role: str) -> None:
        label = QLabel(text)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        if role:
            set_role(label, role)
        self._layout.addWidget(label)
