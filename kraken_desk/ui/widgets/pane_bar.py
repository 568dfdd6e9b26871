"""PaneBar: the line above a pane's table: choosers, chips, a field for words, what is shown, acts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton, QWidget

from kraken_desk.ui.theme import metrics, set_role
from kraken_desk.ui.widgets.action_button import ActionButton
from kraken_desk.ui.widgets.bar_layout import BarLayout


class PaneBar(QWidget):
    """Parts are added from left to right.

    Signals:
        changed: something else is wanted in the table.
    """

    changed = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self.setObjectName(f"{name}-bar")
        self._row = BarLayout(self)
        self._row.setContentsMargins(metrics.GAP, metrics.STEP, metrics.GAP, metrics.STEP)
        self._row.setSpacing(metrics.STEP)
        self._words: QLineEdit | None = None
        self._shown = QLabel()
        self._shown.setObjectName(f"{name}-shown")
        set_role(self._shown, "muted")

    def add_chooser(self, name: str, accessible: str, entries: Sequence[str]) -> QComboBox:
        """Add a chooser; the first entry is chosen."""
        box = QComboBox()
        box.setObjectName(f"{self._name}-{name}")
        box.setAccessibleName(accessible)
        box.setToolTip(accessible)
        box.view().setAccessibleName(accessible)
        box.addItems(list(entries))
        set_role(box, "small")
        box.currentIndexChanged.connect(lambda _index: self.changed.emit())
        self._row.addWidget(box)
        return box

    def add_chip(self, name: str, text: str, accessible: str) -> QPushButton:
        """Add a switch."""
        chip = QPushButton(text)
        chip.setObjectName(f"{self._name}-{name}")
        chip.setAccessibleName(accessible)
        chip.setCheckable(True)
        set_role(chip, "small")
        chip.toggled.connect(lambda _on: self.changed.emit())
        self._row.addWidget(chip)
        return chip

    def add_words(self, accessible: str, placeholder: str) -> QLineEdit:
        words = QLineEdit()
        words.setObjectName(f"{self._name}-words")
        words.setAccessibleName(accessible)
        words.setPlaceholderText(placeholder)
        words.setToolTip(placeholder)
        words.setClearButtonEnabled(True)
        words.setMinimumWidth(110)
        words.setMaximumWidth(280)
        set_role(words, "small")
        words.textChanged.connect(lambda _text: self.changed.emit())
        self._row.addWidget(words, 1)
        self._words = words
        return words

    def add_widget(self, widget: QWidget) -> None:
        self._row.addWidget(widget)

    def add_end(self, acts: Iterable[QAction]) -> None:
        """Add what is shown, and at the right the pane's acts."""
        self._row.addWidget(self._shown)
        self._row.addStretch()
        for act in acts:
            self._row.addWidget(ActionButton(act, "small", icon=False))

    @property
    def words(self) -> str:
        return self._words.text() if self._words is not None else ""

    def say(self, text: str, tip: str = "") -> None:
        """Say what is shown."""
        self._shown.setText(text)
        self._shown.setToolTip(tip)
