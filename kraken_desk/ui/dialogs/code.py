"""CodeDialog: whether a key asks for a one-time password, and a check with its current code."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import InputError, KrakenDeskError
from kraken_desk.domain.keys import CheckOutcome, KeyCheck, KeySlot, SlotId
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.dialogs.field import Field
from kraken_desk.ui.dialogs.frame import DialogFrame
from kraken_desk.ui.dialogs.rows import fact
from kraken_desk.ui.dialogs.work import Work
from kraken_desk.ui.kit import Kit
from kraken_desk.ui.theme import Theme, Tone
from kraken_desk.ui.views.audit_facts import ability_of

GROUP = "keys:code"


@dataclass(frozen=True, slots=True)
class CodeSteps:
    """The services' doors: marking a key, and checking it with a code."""

    say: Callable[[SlotId, bool], Coroutine[Any, Any, KeySlot]]
    check: Callable[[SlotId, str], Coroutine[Any, Any, KeyCheck]]


class CodeDialog(DialogFrame):
    """Ends accepted when the key is marked as wished and, with a code, Kraken accepted it."""

    def __init__(
        self,
        slot: KeySlot,
        steps: CodeSteps,
        scope: TaskScope,
        environment: Environment,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        can: str = "",
    ) -> None:
        sentence = (
            "Kraken does not tell whether a key has 2FA. One that has is used only when you give its code."
        )
        super().__init__(f"One-time password of “{slot.name}”", sentence, environment, theme, parent)
        self.setObjectName("code_dialog")
        self._slot, self._steps = slot, steps
        self._work = Work(scope, GROUP, lambda: self.set_busy(""))
        self._asks = QCheckBox("This key asks for a one-time password")
        self._asks.setObjectName("two_factor")
        self._asks.setAccessibleName("This key asks for a one-time password")
        self._asks.setChecked(slot.two_factor)
        self._code = QLineEdit()
        self._code.setEchoMode(QLineEdit.EchoMode.Password)
        self._field = Field(
            "One-time password", self._code, name="otp", hint="For one check now. It is not stored."
        )
        page = self.add_page("code")
        if can:
            page.addWidget(fact("ability", can))
        page.addWidget(self._asks)
        page.addWidget(self._field)
        self._asks.toggled.connect(lambda _on: self._on_edited())
        self._code.textChanged.connect(lambda _text: self._on_edited())
        self.finished.connect(self._on_finished)
        self._on_edited()
        (self._code if slot.two_factor else self._asks).setFocus()

    def _on_edited(self) -> None:
        self._field.clear_error()
        self.problem.clear()
        asks = self._asks.isChecked()
        self._field.setVisible(asks)
        with_code = asks and bool(self._code.text().strip())
        changed = asks != self._slot.two_factor
        self.set_primary("Check with this code" if with_code else "Save", enabled=with_code or changed)

    def _on_primary(self) -> None:
        asks, code = self._asks.isChecked(), self._code.text().strip()
        self._code.clear()

        async def act() -> KeyCheck | None:
            if asks != self._slot.two_factor:
                self._slot = await self._steps.say(self._slot.slot_id, asks)
            return await self._steps.check(self._slot.slot_id, code) if asks and code else None

        if self._work.run(act, self._on_done, self._on_failed):
            self.set_busy("Asking Kraken about this key …" if asks and code else "Writing …")

    def _on_done(self, check: KeyCheck | None) -> None:
        self.set_busy("")
        if check is None or check.outcome is CheckOutcome.ACCEPTED:
            self.accept()
            return
        self._on_edited()
        if check.problem is not None:
            self.problem.show_problem(check.problem, Tone.DANGER)
        self._code.setFocus()

    def _on_failed(self, error: KrakenDeskError) -> None:
        self.set_busy("")
        self._on_edited()
        if isinstance(error, InputError) and self._field.isVisible():
            self._field.show_error(error)
        else:
            self.show_problem(error)

    def _on_cancel_work(self) -> None:
        self._work.cancel()
        self.set_busy("")

    def _on_finished(self, _code: int) -> None:
        self._work.cancel()
        self._code.clear()


def open_dialog(kit: Kit) -> None:
    """Open the dialog on the selected key."""
    node, desk = kit.situation.key, kit.bridge.desk
    if node is None:
        return

    async def check(slot_id: SlotId, code: str) -> KeyCheck:
        [result] = await desk.keys.check((slot_id,), otp=code)
        return result

    steps = CodeSteps(desk.keys.say_two_factor, check)
    can = ability_of(kit.bridge.fleet, node.slot.key_id)
    dialog = CodeDialog(node.slot, steps, desk.scope, desk.environment, kit.theme, kit.window, can=can)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
