"""Locking: when the window locks by itself, and the passphrase that unlocks it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from datetime import timedelta
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from kraken_desk.domain.errors import InputError, KrakenDeskError, RuleError, SealError
from kraken_desk.domain.locking import LockPolicy, LockState
from kraken_desk.domain.secrets import Passphrase
from kraken_desk.services.locking import LockService
from kraken_desk.ui.dialogs.field import Field
from kraken_desk.ui.settings.editor import SettingsEditor
from kraken_desk.ui.settings.rows import ChoiceRow, PartRow, SettingsPage, SwitchRow, plain_label
from kraken_desk.ui.theme import Theme, metrics
from kraken_desk.ui.widgets.secret_field import SecretField

_MINUTES = (0, 1, 2, 5, 10, 15, 30, 60)


def build(editor: SettingsEditor) -> SettingsPage:
    """Make the page; in the demo it only says why there is nothing to set."""
    lock = editor.kit.profile.locking
    if lock is None:
        page = SettingsPage("locking", "Locking")
        words = (
            "The demo has nothing to protect and cannot be given a passphrase. Its window locks by Ctrl+L."
        )
        page.add(PartRow(plain_label(words, "muted"), "", words=words))
        return page
    page = SettingsPage("locking", "Locking", lambda: editor.run(_reset(lock)))
    _add_policy(page, editor, lock)
    _add_system(page, editor, lock)
    form = PassphraseForm(lock, editor)
    page.add(
        PartRow(
            form,
            "Passphrase",
            "Known to this computer by a verifier only. Without one or the system's login, a click unlocks.",
            "password unlock",
        )
    )
    return page


def _add_policy(page: SettingsPage, editor: SettingsEditor, lock: LockService) -> None:
    turn = asyncio.Lock()

    async def carry_out(fields: dict[str, Any]) -> None:
        async with turn:  # each change starts from the one before it
            await lock.set_policy(replace(lock.policy.value, **fields))

    def change(**fields: Any) -> None:
        editor.run(carry_out(fields))

    def idle_of(value: object) -> timedelta | None:
        return timedelta(minutes=int(str(value))) if value else None

    idle = ChoiceRow(
        "lock-idle",
        "When nobody is here",
        [(m, _minutes(m)) for m in _MINUTES],
        lambda value: change(idle=idle_of(value)),
        "Counted by the wall clock, so a sleep counts too.",
    )
    screen = SwitchRow("lock-screen", "When the screen locks", lambda on: change(on_screen_lock=on))
    suspend = SwitchRow("lock-suspend", "When the machine sleeps", lambda on: change(on_suspend=on))
    for row in (idle, screen, suspend):
        page.add(row)

    def show(policy: LockPolicy) -> None:
        minutes = int(policy.idle.total_seconds() // 60) if policy.idle else 0
        idle.show_value(minutes, _minutes(minutes))
        screen.show_value(policy.on_screen_lock)
        suspend.show_value(policy.on_suspend)

    editor.keep(lock.policy.subscribe(show))


async def _reset(lock: LockService) -> None:
    """Give the usual values back; how the window is unlocked is no matter of taste and stays."""
    await lock.set_policy(LockPolicy(by_system=lock.policy.value.by_system))


def _add_system(page: SettingsPage, editor: SettingsEditor, lock: LockService) -> None:
    """Offer the system's own question, once it is known whether it can be asked."""
    row = SwitchRow(
        "lock-by-system",
        "The system's login unlocks too",
        lambda on: editor.run(change(on)),
        "The system asks for your login password; Kraken Desk sees none of it. It is tried once first.",
        "polkit fingerprint operating",
    )
    row.box.setEnabled(False)
    page.add(row)

    async def change(on: bool) -> None:
        try:
            await lock.set_by_system(on)
        finally:
            editor.show(lambda: row.show_value(lock.policy.value.by_system))

    async def look() -> None:
        reason = await lock.system.why_not() if lock.system is not None else "Not possible here."
        editor.show(lambda: offer(reason))

    def offer(reason: str) -> None:
        if reason:
            row.show_hint(reason)
        row.box.setEnabled(not reason or lock.policy.value.by_system)

    editor.keep(lock.policy.subscribe(lambda policy: row.show_value(policy.by_system)))
    editor.run(look())


def _minutes(number: int) -> str:
    return "Never" if not number else "After 1 minute" if number == 1 else f"After {number} minutes"


class PassphraseForm(QWidget):
    """Sets, changes or removes the passphrase; nothing typed stays in it."""

    def __init__(self, lock: LockService, editor: SettingsEditor) -> None:
        super().__init__()
        theme = editor.kit.theme
        self._lock, self._editor = lock, editor
        self._present = _field("present", "Present passphrase", theme)
        self._new = _field("new-passphrase", "New passphrase", theme)
        self._again = _field("again", "The same again", theme)
        self._said = plain_label("", "hint")
        self._said.setObjectName("passphrase-said")
        self._set, self._remove = QPushButton("Set passphrase"), QPushButton("Remove passphrase")
        self._set.setObjectName("set-passphrase")
        self._remove.setObjectName("remove-passphrase")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, metrics.STEP, 0, 0)
        for field in (self._present, self._new, self._again):
            column.addWidget(field)
        line = QHBoxLayout()
        for button in (self._set, self._remove):
            button.setAutoDefault(False)
            line.addWidget(button)
        line.addStretch(1)
        column.addLayout(line)
        column.addWidget(self._said)
        self._set.clicked.connect(self._on_set)
        self._remove.clicked.connect(self._on_remove)
        editor.keep(lock.state.subscribe(self._show))

    def _show(self, state: LockState) -> None:
        self._present.setVisible(state.has_passphrase)
        self._remove.setVisible(state.has_passphrase)
        self._set.setText("Change passphrase" if state.has_passphrase else "Set passphrase")

    def _on_set(self) -> None:
        present, new, again = (_taken(field) for field in (self._present, self._new, self._again))
        if new.reveal() != again.reveal():
            self._again.show_error(InputError("The two differ", "", "Type both anew."))
            return
        self._start(self._lock.set_passphrase(new, present), "The passphrase is set.")

    def _on_remove(self) -> None:
        self._start(self._lock.remove_passphrase(_taken(self._present)), "The passphrase is removed.")

    def _start(self, work: Coroutine[Any, Any, object], done: str) -> None:
        for field in (self._present, self._new, self._again):
            field.clear_error()
        self._set_busy("Working …", busy=True)
        self._editor.run(work, lambda: self._set_busy(done), self._on_failed)

    def _set_busy(self, said: str, *, busy: bool = False) -> None:
        self._said.setText(said)
        for button in (self._set, self._remove):
            button.setEnabled(not busy)

    def _on_failed(self, error: KrakenDeskError) -> None:
        self._set_busy("")
        wrong_present = isinstance(error, (SealError, RuleError))
        (self._present if wrong_present else self._new).show_error(error)


def _field(name: str, label: str, theme: Theme) -> Field:
    return Field(label, SecretField(theme), name=name)


def _taken(field: Field) -> Passphrase:
    control = field.control
    assert isinstance(control, SecretField)
    return Passphrase(control.take())
