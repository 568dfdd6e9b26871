"""Rows and pages of settings: a label, a hint and a control; found by their words."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from kraken_desk.ui.theme import metrics, set_role

CONTROL_WIDTH = 210


class SettingRow(QWidget):
    """One setting; `words` are what it is found by besides what it shows."""

    def __init__(self, label: str, hint: str = "", words: str = "") -> None:
        super().__init__()
        self._words = f"{label} {hint} {words}".casefold()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, metrics.STEP, 0, metrics.STEP)
        self._layout.setSpacing(2)

    def matches(self, words: Sequence[str]) -> bool:
        """Say whether all words are found in what the row says."""
        return all(word in self._words for word in words)

    def add_hint(self, hint: str) -> None:
        if hint:
            self._hint = plain_label(hint, "hint")
            self._layout.addWidget(self._hint)

    def show_hint(self, hint: str) -> None:
        """Say something else below the row, which has a hint already."""
        self._hint.setText(hint)


class SwitchRow(SettingRow):
    """On or off; `changed` is called with what the operator chose, never by `show_value`."""

    def __init__(
        self, name: str, label: str, changed: Callable[[bool], None], hint: str = "", words: str = ""
    ) -> None:
        super().__init__(label, hint, words)
        self.box = QCheckBox(label)
        self.box.setObjectName(name)
        self.box.setAccessibleName(label)
        self.box.setAccessibleDescription(hint)
        self.box.clicked.connect(lambda: changed(self.box.isChecked()))
        self._layout.addWidget(self.box)
        self.add_hint(hint)

    def show_value(self, on: bool) -> None:
        self.box.setChecked(on)


class ChoiceRow(SettingRow):
    """One of a few values, each with its words."""

    def __init__(
        self,
        name: str,
        label: str,
        choices: Sequence[tuple[object, str]],
        changed: Callable[[object], None],
        hint: str = "",
    ) -> None:
        super().__init__(label, hint, " ".join(text for _, text in choices))
        self.box = QComboBox()
        self.box.setObjectName(name)
        self.box.setAccessibleName(label)
        self.box.setAccessibleDescription(hint)
        self.box.view().setAccessibleName(label)
        self.box.setMinimumWidth(CONTROL_WIDTH)
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        for value, text in choices:
            self.box.addItem(text, value)
        self.box.activated.connect(lambda row: changed(self.box.itemData(row)))
        line = QHBoxLayout()
        title = plain_label(label, "")
        title.setBuddy(self.box)
        line.addWidget(title, 1)
        line.addWidget(self.box)
        self._layout.addLayout(line)
        self.add_hint(hint)

    def show_value(self, value: object, text: str = "") -> None:
        """Show a value; one that is not offered is added with its words."""
        row = next((n for n in range(self.box.count()) if self.box.itemData(n) == value), -1)
        if row < 0:
            self.box.addItem(text or str(value), value)
            row = self.box.count() - 1
        self.box.setCurrentIndex(row)


class PartRow(SettingRow):
    """A larger part of a page, such as a table, found as one."""

    def __init__(self, part: QWidget, label: str, hint: str = "", words: str = "") -> None:
        super().__init__(label, hint, words)
        if label:
            self._layout.addWidget(plain_label(label, "strong"))
        self.add_hint(hint)
        self._layout.addWidget(part)


class SettingsPage(QWidget):
    """Rows below each other; `reset` is None where there is nothing to reset."""

    def __init__(self, name: str, title: str, reset: Callable[[], None] | None = None) -> None:
        super().__init__()
        self.setObjectName(f"settings-{name}")
        self.name, self.title, self.reset = name, title, reset
        set_role(self, "page")
        self._rows: list[SettingRow] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, metrics.GAP, 0)
        self._layout.setSpacing(metrics.STEP)
        self._layout.addStretch(1)

    def add(self, row: SettingRow, *, fills: bool = False) -> None:
        """Add a row below the others; one that `fills` takes what is left of the page's height."""
        self._rows.append(row)
        self._layout.insertWidget(self._layout.count() - 1, row, int(fills))
        if fills:
            self._layout.setStretch(self._layout.count() - 1, 0)

    def narrow(self, words: Sequence[str]) -> int:
        """Show the rows that have all words, all of them when the title has; return how many."""
        whole = all(word in self.title.casefold() for word in words)
        number = 0
        for row in self._rows:
            found = whole or row.matches(words)
            row.setVisible(found)
            number += found
        return number


def plain_label(text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    if role:
        set_role(label, role)
    return label
