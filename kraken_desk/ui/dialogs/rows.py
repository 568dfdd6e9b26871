"""Rows: quiet labels on the left, facts on the right."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from kraken_desk.ui.theme import set_role
from kraken_desk.ui.theme.metrics import GAP

LABEL_WIDTH = 130


class Rows(QWidget):
    """A grid of label and value; values are widgets of any kind."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(GAP)
        self._grid.setHorizontalSpacing(GAP + 4)
        self._grid.setColumnMinimumWidth(0, LABEL_WIDTH)
        self._grid.setColumnStretch(1, 1)

    def add(self, label: str, value: QWidget) -> QLabel:
        """Add a row and return its label."""
        row = self._grid.rowCount()
        name = QLabel(label)
        set_role(name, "label")
        name.setBuddy(value)
        if not value.accessibleName():
            value.setAccessibleName(label)
        self._grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(value, row, 1)
        return name


def fact(name: str, text: str = "", role: str = "") -> QLabel:
    """Make a value that can be selected and copied; never read as markup."""
    label = QLabel(text)
    label.setObjectName(name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if role:
        set_role(label, role)
    return label
