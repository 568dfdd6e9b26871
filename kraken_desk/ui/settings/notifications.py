"""Notifications: which kinds, whether they may name amounts, and the thresholds of balances."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from kraken_desk.domain.errors import InputError
from kraken_desk.domain.preferences import LowBalance, NoticeKind, Preferences, WhileLocked, checked_low
from kraken_desk.ui.dialogs.field import Field
from kraken_desk.ui.settings.editor import SettingsEditor
from kraken_desk.ui.settings.rows import ChoiceRow, PartRow, SettingsPage, SwitchRow, plain_label
from kraken_desk.ui.theme import metrics, set_role

_LOCKED = (
    (WhileLocked.NOTHING, "Nothing"),
    (WhileLocked.NO_NAMES, "What, without names"),
    (WhileLocked.NAMES, "Everything"),
)


def build(editor: SettingsEditor) -> SettingsPage:
    """Make the page."""
    usual = Preferences()
    page = SettingsPage(
        "notifications",
        "Notifications",
        lambda: editor.change(notices=usual.notices, amounts=usual.amounts, while_locked=usual.while_locked),
    )
    switches = {kind: _switch(kind, editor) for kind in NoticeKind}
    amounts = SwitchRow(
        "notice-amounts",
        "Notifications may name amounts",
        lambda on: editor.change(amounts=on),
        "Off, they say what happened and where. They never hold a secret.",
    )
    locked = ChoiceRow(
        "notice-locked",
        "While the window is locked",
        _LOCKED,
        lambda value: editor.change(while_locked=WhileLocked(str(value))),
        "What is not told then is told after unlocking.",
    )
    for row in (*switches.values(), amounts, locked):
        page.add(row)
    page.add(
        PartRow(
            LowBalances(editor),
            "Thresholds",
            "When an account holds less of an asset than it should, at most once a day.",
            "low balances least",
        )
    )

    def show(preferences: Preferences) -> None:
        for kind, row in switches.items():
            row.show_value(kind in preferences.notices)
        amounts.show_value(preferences.amounts)
        locked.show_value(preferences.while_locked)

    editor.on_change(show)
    return page


def _switch(kind: NoticeKind, editor: SettingsEditor) -> SwitchRow:
    def changed(on: bool) -> None:
        kinds = editor.preferences.notices
        editor.change(notices=kinds | {kind} if on else kinds - {kind})

    return SwitchRow(f"notice-{kind}", kind.label, changed)


class LowBalances(QWidget):
    """The thresholds with a way to forget each, and one line to add another."""

    def __init__(self, editor: SettingsEditor) -> None:
        super().__init__()
        self._editor = editor
        self._account, self._asset, self._least = QLineEdit(), QLineEdit(), QLineEdit()
        self._fields = (
            Field("Account", self._account, name="low-account"),
            Field("Asset", self._asset, name="low-asset"),
            Field("Least amount", self._least, name="low-least"),
        )
        self._add = QPushButton("Add threshold")
        self._add.setObjectName("low-add")
        self._add.setAutoDefault(False)
        self._add.clicked.connect(self._on_add)
        self._rows = QVBoxLayout()
        line = QHBoxLayout()
        for field, stretch in zip(self._fields, (3, 1, 2), strict=True):
            line.addWidget(field, stretch)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, metrics.STEP, 0, 0)
        column.addLayout(self._rows)
        column.addLayout(line)
        column.addWidget(self._add, alignment=Qt.AlignmentFlag.AlignLeft)
        editor.on_change(self._show)

    def _show(self, preferences: Preferences) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            line = item.widget()
            if line is not None:
                line.deleteLater()
        for low in preferences.low_balances:
            self._rows.addWidget(self._line(low))

    def _line(self, low: LowBalance) -> QWidget:
        words = f"{low.account}: less than {low.least:f} {low.asset}"
        line, forget = QWidget(), QPushButton("Forget")
        set_role(forget, "link")
        forget.setAutoDefault(False)
        forget.setAccessibleName(f"Forget the threshold {words}")
        forget.clicked.connect(lambda: self._forget(low))
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(plain_label(words, ""), 1)
        row.addWidget(forget)
        return line

    def _on_add(self) -> None:
        for field in self._fields:
            field.clear_error()
        try:
            low = checked_low(self._account.text(), self._asset.text(), self._least.text())
        except InputError as error:
            number = 0 if "account" in error.title else 1 if "asset" in error.title else 2
            self._fields[number].show_error(error)
            return
        others = self._without(low)
        self._editor.change(low_balances=(*others, low))
        for edit in (self._account, self._asset, self._least):
            edit.clear()

    def _forget(self, low: LowBalance) -> None:
        self._editor.change(low_balances=self._without(low))

    def _without(self, low: LowBalance) -> tuple[LowBalance, ...]:
        """Return the others; an account has one threshold for an asset."""
        name = (low.account.casefold(), low.asset)
        known = self._editor.preferences.low_balances
        return tuple(each for each in known if (each.account.casefold(), each.asset) != name)
