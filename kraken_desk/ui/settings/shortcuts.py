"""Shortcuts: every act with its keys; other keys by pressing them."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from kraken_desk.ui.settings.editor import SettingsEditor
from kraken_desk.ui.settings.rows import PartRow, SettingsPage, plain_label
from kraken_desk.ui.shortcuts import PORTABLE, Binding, ShortcutBook
from kraken_desk.ui.theme import Tone, metrics, set_role
from kraken_desk.ui.widgets.grouped_table import Cell, Column, Group, GroupedTable, Row
from kraken_desk.ui.widgets.keys_field import KeysField

_COLUMNS = (Column("Act", 260, grow=1), Column("Keys", 150), Column("Changed", 90))
LEAST_HEIGHT = 240
_LEADS = "Choose an act, press the new keys, and give them to it."


def build(editor: SettingsEditor) -> SettingsPage:
    """Make the page."""
    page = SettingsPage("shortcuts", "Shortcuts", lambda: editor.change(shortcuts=()))
    part = ShortcutsPart(editor, editor.kit.shortcuts)
    page.add(PartRow(part, "", words="keyboard keys act command"), fills=True)
    return page


class ShortcutsPart(QWidget):
    """The table of acts, and below it the keys for the chosen one."""

    def __init__(self, editor: SettingsEditor, book: ShortcutBook) -> None:
        super().__init__()
        self._editor, self._book = editor, book
        self.table = GroupedTable(editor.kit.theme, "shortcuts-table", "Acts and their keys", _COLUMNS)
        self.table.setMinimumHeight(LEAST_HEIGHT)
        self.keys = KeysField()
        self.keys.setObjectName("new-keys")
        self.keys.setAccessibleName("New keys")
        self.keys.setAccessibleDescription(_LEADS)
        self.keys.setPlaceholderText("Press the new keys")
        self.give, self.take, self.reset = (QPushButton(t) for t in ("Give", "Without keys", "As usual"))
        self._said = plain_label(_LEADS, "hint")
        self._said.setObjectName("shortcut-said")
        row = QHBoxLayout()
        row.addWidget(self.keys, 1)
        for name, button in (("give", self.give), ("take", self.take), ("usual", self.reset)):
            button.setObjectName(f"shortcut-{name}")
            button.setAutoDefault(False)
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(metrics.GAP)
        column.addWidget(self.table, 1)
        column.addLayout(row)
        column.addWidget(self._said)
        self.give.clicked.connect(lambda: self._on_give(self.keys.keys()))
        self.take.clicked.connect(lambda: self._on_give(QKeySequence()))
        self.reset.clicked.connect(self._on_usual)
        self.table.chosen.connect(lambda _key: self._refresh())
        self.keys.changed.connect(self._refresh)
        book.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        rows = tuple(_row(binding) for binding in self._book.bindings())
        self.table.show_groups((Group("Acts", f"{len(rows)}", rows),))
        self._refresh()

    def _refresh(self) -> None:
        name, keys = self.table.selected_key, self.keys.keys()
        refusal = self._book.refusal(name, keys) if name else ""
        for button in (self.take, self.reset):
            button.setEnabled(bool(name))
        self.give.setEnabled(bool(name) and not keys.isEmpty() and not refusal)
        self._said.setText(refusal or _LEADS)
        set_role(self._said, "error" if refusal else "hint")

    def _on_give(self, keys: QKeySequence) -> None:
        name, text = self.table.selected_key, keys.toString(PORTABLE)
        if not name or self._book.refusal(name, keys):
            return
        chosen = {n: k for n, k in self._editor.preferences.shortcuts if n != name}
        if text != self._book.usual(name):
            chosen[name] = text
        self.keys.take(QKeySequence())
        self._editor.change(shortcuts=tuple(sorted(chosen.items())))

    def _on_usual(self) -> None:
        name = self.table.selected_key
        kept = tuple((n, k) for n, k in self._editor.preferences.shortcuts if n != name)
        self._editor.change(shortcuts=kept)


def _row(binding: Binding) -> Row:
    changed = Cell("changed", Tone.ACCENT) if binding.changed else Cell()
    keys = Cell(binding.keys) if binding.keys else Cell("none", Tone.MUTED)
    return Row(binding.name, (Cell(binding.text), keys, changed))
