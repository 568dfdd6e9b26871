"""The parts of the rotation dialog: the form's values with copy buttons, and the comparison."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QWidget

from kraken_desk.domain.key_changes import Comparison
from kraken_desk.domain.key_form import FormValue
from kraken_desk.domain.levels import Level
from kraken_desk.ui.dialogs.rows import fact
from kraken_desk.ui.plain import breakable
from kraken_desk.ui.theme import Theme, Tone, metrics, set_property, set_role

_TONES = {
    Level.CRITICAL: Tone.DANGER,
    Level.HIGH: Tone.DANGER,
    Level.MEDIUM: Tone.WARN,
    Level.LOW: Tone.WARN,
}
_LABEL_WIDTH = 130
_ABOVE = 4


class FormValues(QWidget):
    """Kraken's form, field by field; rights that are off are not listed."""

    def __init__(self, theme: Theme, values: tuple[FormValue, ...], page: str) -> None:
        super().__init__()
        self.setObjectName("form-values")
        self._theme = theme
        self._grid = _grid(self)
        if page:
            self._add("Kraken's page", page, page)
        for value in values:
            if not value.is_box:
                self._add(value.label, value.value or "leave empty", value.value, value.hint)
        rights = [value.label for value in values if value.is_box and value.value == "on"]
        if any(value.is_box for value in values):
            self._add(
                "Permissions", ", ".join(rights) or "none", "\n".join(rights), "Tick these, and no others."
            )

    def _add(self, label: str, shown: str, copied: str, hint: str = "") -> None:
        row = self._grid.rowCount()
        name = QLabel(label)
        set_role(name, "label")
        text = fact(f"form-{label}", breakable(shown))
        text.setAccessibleName(label)
        text.setToolTip(hint)
        for part in (name, text):
            part.setContentsMargins(0, _ABOVE, 0, _ABOVE)  # in line with the buttons, with one or without
        self._grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(text, row, 1, Qt.AlignmentFlag.AlignTop)
        if copied:
            self._grid.addWidget(self._copy_button(label, copied), row, 2, Qt.AlignmentFlag.AlignTop)

    def _copy_button(self, label: str, text: str) -> QPushButton:
        button = QPushButton()
        button.setObjectName(f"copy-{label}")
        button.setToolTip(f"Copy: {label}")
        button.setAccessibleName(f"Copy: {label}")
        button.setAutoDefault(False)
        set_role(button, "quiet")
        self._theme.dress(button, "copy", "muted")
        button.clicked.connect(lambda: QGuiApplication.clipboard().setText(text))
        return button


class ComparisonTable(QWidget):
    """Two keys side by side; what differs is said in words below, `same` where nothing does."""

    def __init__(
        self,
        rows: tuple[Comparison, ...],
        heads: tuple[str, str] = ("Old key", "New key"),
        same: str = "The new key is as the old one.",
    ) -> None:
        super().__init__()
        self.setObjectName("comparison")
        grid = _grid(self)
        grid.setColumnStretch(2, 1)
        for column, head in enumerate(("", *heads)):
            label = QLabel(head)
            set_role(label, "label")
            grid.addWidget(label, 0, column)
        for number, row in enumerate(rows, 1):
            name = QLabel(row.label)
            set_role(name, "label")
            grid.addWidget(name, number, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(_cell(row, row.old, "old", heads[0]), number, 1, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(_cell(row, row.new, "new", heads[1]), number, 2, Qt.AlignmentFlag.AlignTop)
        agree = not any(row.differs for row in rows)
        words = same if agree else "\n".join(r.text for r in rows if r.text)
        below = fact("differences", words)
        set_property(below, "tone", (Tone.OK if agree else _worst(rows)).value)
        grid.addWidget(below, grid.rowCount(), 0, 1, 3)


def _cell(row: Comparison, text: str, which: str, head: str) -> QLabel:
    cell = fact(f"{which}-{row.label}", breakable(text))
    cell.setAccessibleName(f"{row.label}, {head.lower()}")
    if row.differs and which == "new":
        set_property(cell, "tone", _TONES.get(row.level, Tone.WARN).value)
    return cell


def _worst(rows: tuple[Comparison, ...]) -> Tone:
    return _TONES.get(max(row.level for row in rows), Tone.WARN)


def _grid(owner: QWidget) -> QGridLayout:
    grid = QGridLayout(owner)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setVerticalSpacing(metrics.STEP)
    grid.setHorizontalSpacing(metrics.GAP + 4)
    grid.setColumnMinimumWidth(0, _LABEL_WIDTH)
    grid.setColumnStretch(1, 1)
    return grid
