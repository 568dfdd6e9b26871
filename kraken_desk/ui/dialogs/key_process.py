"""ProcessDialog: which process uses a key, and the client library that it signs with."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtWidgets import QComboBox, QWidget

from kraken_desk.domain.clients import CLIENTS, DESK_CLIENT
from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import InputError, KrakenDeskError
from kraken_desk.domain.keys import DESK_PROCESS, KeySlot, SlotId
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.dialogs.field import Field
from kraken_desk.ui.dialogs.frame import DialogFrame
from kraken_desk.ui.dialogs.pair_form import PairUse, scale_sentence
from kraken_desk.ui.dialogs.rows import fact
from kraken_desk.ui.dialogs.work import Work
from kraken_desk.ui.kit import Kit
from kraken_desk.ui.theme import Theme

GROUP = "keys:process"
Assign = Callable[[SlotId, str, str], Coroutine[Any, Any, object]]


class ProcessDialog(DialogFrame):
    """Ends accepted when process and client are kept with the key; nothing changes at Kraken."""

    def __init__(
        self,
        slot: KeySlot,
        processes: tuple[str, ...],
        assign: Assign,
        scope: TaskScope,
        environment: Environment,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        sentence = "A key belongs to one process. Its client library decides how large its nonces are."
        super().__init__(f"Process of “{slot.name}”", sentence, environment, theme, parent)
        self.setObjectName("process_dialog")
        self._slot, self._assign = slot, assign
        self._work = Work(scope, GROUP, lambda: self.set_busy(""))
        self._process = QComboBox()
        self._process.setEditable(True)
        self._process.addItems(["", *processes])
        self._process.setCurrentText(slot.process)
        self._client = QComboBox()
        self._client.addItem("not listed", "")
        for client in sorted(set(CLIENTS) - {DESK_CLIENT}):
            self._client.addItem(client, client)
        self._client.setCurrentIndex(max(0, self._client.findData(slot.client)))
        hint = f"Choose one or type its name; empty if not assigned, “{DESK_PROCESS}” for the desk's own."
        self._field = Field("Process", self._process, name="key_process", hint=hint)
        self._client_field = Field("Its client library", self._client, name="key_client")
        self._scale = fact("scale")
        page = self.add_page("process")
        for widget in (self._field, self._client_field, self._scale):
            page.addWidget(widget)
        self._process.currentTextChanged.connect(lambda _text: self._show())
        self._client.currentIndexChanged.connect(lambda _row: self._show())
        self.finished.connect(lambda _code: self._work.cancel())
        self.set_primary("Keep it")
        self._show()
        self._process.setFocus()

    def _use(self) -> PairUse:
        process = " ".join(self._process.currentText().split())
        if process.casefold() == DESK_PROCESS.casefold():
            return PairUse(DESK_PROCESS, DESK_CLIENT)
        return PairUse(process, str(self._client.currentData()))

    def _show(self) -> None:
        self.problem.clear()
        self._field.clear_error()
        use = self._use()
        self._client_field.setVisible(use.process != DESK_PROCESS)
        self._scale.setText(scale_sentence(use))

    def _on_primary(self) -> None:
        slot_id, use = self._slot.slot_id, self._use()
        if self._work.run(
            lambda: self._assign(slot_id, use.process, use.client),
            lambda _slot: self.accept(),
            self._on_refused,
        ):
            self.set_busy("Writing the process …")

    def _on_refused(self, error: KrakenDeskError) -> None:
        self.set_busy("")
        if isinstance(error, InputError):
            self._field.show_error(error)
        else:
            self.show_problem(error)

    def _on_cancel_work(self) -> None:
        self._work.cancel()
        self.set_busy("")


def open_dialog(kit: Kit) -> None:
    """Open the dialog for the selected key, with the processes that are known."""
    node, desk = kit.situation.key, kit.bridge.desk
    if node is None:
        return
    known = {slot.process for slot in desk.fleet.slots()} - {"", DESK_PROCESS}
    processes = (*sorted(known, key=str.casefold), DESK_PROCESS)
    dialog = ProcessDialog(
        node.slot, processes, desk.keys.assign, desk.scope, desk.environment, kit.theme, kit.window
    )
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
