"""FilterBox: a search field with a lens, its shortcut while empty, and a way to clear it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget

from kraken_desk.ui.theme import Theme, set_role

_DELETES = QKeySequence.StandardKey.DeleteEndOfLine
_SIDES = 56
"""Room for the lens, the gaps and the edge."""


class FilterBox(QLineEdit):
    """Filters the tree of accounts and keys.

    Signals:
        left: the operator has done with filtering, by Escape or the cross.
    """

    left = Signal()

    def __init__(self, theme: Theme, shortcut: QKeySequence, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("filter")
        self.setAccessibleName("Filter keys and accounts")
        self.setPlaceholderText("Filter keys, accounts, rights, processes")
        self.setToolTip(self.placeholderText())
        set_role(self, "search")
        lens = QAction(self)
        theme.dress(lens, "search", "muted")
        self.addAction(lens, QLineEdit.ActionPosition.LeadingPosition)
        self._cross = QAction(self)
        theme.dress(self._cross, "close", "muted")
        self.addAction(self._cross, QLineEdit.ActionPosition.TrailingPosition)
        self._cross.setToolTip("Clear the filter (Esc)")
        self._cross.triggered.connect(self.left)
        self._keycap = QLabel(shortcut.toString(QKeySequence.SequenceFormat.NativeText))
        self._keycap.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        set_role(self._keycap, "keycap")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 7, 0)
        layout.addWidget(self._keycap, alignment=Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        escape.setContext(Qt.ShortcutContext.WidgetShortcut)
        escape.activated.connect(self.left)
        self.textChanged.connect(self._on_text_changed)
        self._on_text_changed("")

    def show_shortcut(self, shortcut: QKeySequence) -> None:
        """Name other keys that lead here."""
        self._keycap.setText(shortcut.toString(QKeySequence.SequenceFormat.NativeText))
        self._on_text_changed(self.text())

    def event(self, event: QEvent) -> bool:
        """Leave Ctrl+K to the window; Qt's lines would delete to their end with it on some desktops."""
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and event.matches(_DELETES):
            event.ignore()
            return False
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._on_text_changed(self.text())

    def _on_text_changed(self, text: str) -> None:
        self._cross.setVisible(bool(text))
        self._keycap.setVisible(not text and self._keycap_fits())

    def _keycap_fits(self) -> bool:
        """Say whether the shortcut can stand behind the whole placeholder."""
        words = self.fontMetrics().horizontalAdvance(self.placeholderText())
        return self.width() >= words + self._keycap.sizeHint().width() + _SIDES
