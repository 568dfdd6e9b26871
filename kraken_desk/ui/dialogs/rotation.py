"""RotationDialog: leads through a rotation, one step at a time; closing it leaves everything as it stands."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import datetime
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPushButton, QVBoxLayout, QWidget

from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import KrakenDeskError
from kraken_desk.domain.keys import KeySlot
from kraken_desk.domain.pair_shape import inspect_pair
from kraken_desk.domain.rotation import SHORTEST_WATCH, Rotation, Stage
from kraken_desk.services.rotation_report import RotationReport
from kraken_desk.services.rotations import RotationsService
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.dialogs import rotation_words as words
from kraken_desk.ui.dialogs.field import Field
from kraken_desk.ui.dialogs.frame import DialogFrame
from kraken_desk.ui.dialogs.rotation_parts import ComparisonTable, FormValues
from kraken_desk.ui.dialogs.rows import fact
from kraken_desk.ui.dialogs.work import Work
from kraken_desk.ui.kit import Kit
from kraken_desk.ui.theme import Theme, Tone, metrics, set_role
from kraken_desk.ui.widgets.facts import FactGrid
from kraken_desk.ui.widgets.notice import Notice
from kraken_desk.ui.widgets.secret_field import SecretField
from kraken_desk.ui.widgets.stepper import Stepper

GROUP = "keys:rotate"
_TICK_MS = 1_000
_USUAL_SPAN = 2


class RotationDialog(DialogFrame):
    """Shows the stage the store knows, takes one step at a time, and shows the next.

    The secret of the new key leaves its field when it is handed to the services.
    """

    def __init__(
        self,
        slot: KeySlot,
        rotations: RotationsService,
        now: Callable[[], datetime],
        scope: TaskScope,
        environment: Environment,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(f"Rotate “{slot.name}”", "", environment, theme, parent)
        self.setObjectName("rotation_dialog")
        self.report: RotationReport | None = None
        self._slot, self._rotations, self._now = slot, rotations, now
        self._work = Work(scope, GROUP, self._on_idle)
        page = self.add_page("rotation")
        self._stepper = Stepper(words.TITLES)
        self._stage_body = QWidget()
        self._abandon = QPushButton("Abandon")
        self._abandon.setObjectName("abandon")
        self._abandon.setAutoDefault(False)
        set_role(self._abandon, "quiet")
        self._abandon.clicked.connect(self._on_abandon)
        self.buttons.insertWidget(1, self._abandon)
        self._page = page
        page.addWidget(self._stepper)
        page.addWidget(self._stage_body)
        self.cancel_button.setText("Close")
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._on_tick)
        self.finished.connect(self._on_finished)
        self.set_primary("Begin", enabled=False)
        self._abandon.hide()
        if self._work.run(self._look, self._on_looked, self._on_failed):
            self.set_busy("Looking where it stands …")

    # reading

    async def _look(self) -> RotationReport | None:
        """Return the rotation under way, if any."""
        rotation = await self._rotations.of(self._slot.slot_id)
        if rotation is None or not rotation.stage.is_open:
            return None
        return await self._rotations.report(rotation)

    def _on_looked(self, report: RotationReport | None) -> None:
        if report is not None:
            self._on_report(report)
            return
        self.set_busy("")
        self._stepper.show_step(0)
        self.set_sentence(words.BEFORE)
        self.set_primary("Begin to rotate")

    def _run(self, step: Callable[[], Coroutine[Any, Any, Rotation]], busy: str) -> None:
        async def work() -> RotationReport:
            return await self._rotations.report(await step())

        self.problem.clear()
        if self._work.run(work, self._on_report, self._on_failed):
            self.set_busy(busy)

    def _on_report(self, report: RotationReport) -> None:
        self.set_busy("")
        stage = report.rotation.stage
        if self.report is not None and self.report.rotation.stage is Stage.CREATE:
            self._secret.forget()  # it is stored: only a paste leads on from there
        self.report = report
        self.set_sentence(words.explanation(report))
        self._stepper.show_step(words.place(stage))
        self._show_body(report)
        self.back_button.setVisible(report.rotation.can_go_back)
        self._abandon.setVisible(report.rotation.can_be_abandoned)
        self.cancel_button.setVisible(stage.is_open)
        self.set_primary(words.primary(report))
        (self._api_key if stage is Stage.CREATE else self.primary_button).setFocus()
        waiting = stage is Stage.WATCH and bool(report.left)
        self._timer.start() if waiting else self._timer.stop()

    def _on_failed(self, error: KrakenDeskError) -> None:
        self.set_busy("")
        self.show_problem(error)

    def _on_tick(self) -> None:
        """Let the time left run; the last look is offered, never taken by itself."""
        if self.report is None:
            return
        self.report = replace(self.report, now=self._now())
        if not self.report.left:
            self._timer.stop()
            self._name_the_watch(self.report.observable and self._unobserved.isChecked())
        self._watch_facts.show_facts(words.watch_facts(self.report))

    # the body

    def _show_body(self, report: RotationReport) -> None:
        old, self._stage_body = self._stage_body, QWidget()
        self._code = QLineEdit()
        column = QVBoxLayout(self._stage_body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(metrics.GAP + 4)
        for title, text in words.warnings(report):
            notice = Notice(Tone.WARN, title, text)
            notice.setObjectName("rotation-warning")
            column.addWidget(notice)
        make = {
            Stage.CREATE: self._make_create,
            Stage.COMPARE: self._make_compare,
            Stage.WATCH: self._make_watch,
            Stage.CLEAN_UP: self._make_proof,
        }.get(report.rotation.stage)
        if make is not None:
            make(column, report)
        self._page.replaceWidget(old, self._stage_body)
        old.hide()
        old.deleteLater()

    def _make_create(self, column: QVBoxLayout, report: RotationReport) -> None:
        if report.form:
            column.addWidget(FormValues(self.theme, report.form, report.page))
        else:
            column.addWidget(fact("no-form", "The old key was never read; check it for values like its own."))
        self._api_key, self._secret = QLineEdit(), SecretField(self.theme)
        self._api_key.setFont(self.theme.fonts.mono)
        column.addWidget(Field("New API key", self._api_key, name="api_key"))
        column.addWidget(Field("Its secret", self._secret, name="secret"))
        self._add_code(column, report, "One-time password of the new key")

    def _make_compare(self, column: QVBoxLayout, report: RotationReport) -> None:
        if report.ability:
            column.addWidget(fact("new-ability", f"The new key: {report.ability}"))
        column.addWidget(ComparisonTable(report.comparison))

    def _make_watch(self, column: QVBoxLayout, report: RotationReport) -> None:
        self._span = QComboBox()
        for text, span in words.SPANS:
            self._span.addItem(text, span)
        self._span.setCurrentIndex(_USUAL_SPAN)
        if report.rotation.watch is None:
            column.addWidget(Field("The old key must stay quiet for", self._span, name="span"))
        self._watch_facts = FactGrid(self.theme)
        self._watch_facts.show_facts(words.watch_facts(report))
        column.addWidget(self._watch_facts)
        if report.observable:
            self._add_code(column, report, "One-time password of the old key")
        self._unobserved = QCheckBox("I have seen for myself that nothing uses the old key")
        self._unobserved.setObjectName("unobserved")
        self._unobserved.setVisible(not report.observable or report.rotation.watch is not None)
        if report.observable:
            self._unobserved.toggled.connect(self._name_the_watch)
        column.addWidget(self._unobserved)

    def _name_the_watch(self, by_word: bool) -> None:
        assert self.report is not None
        self.set_primary("End the watch" if by_word else words.primary(self.report))

    def _add_code(self, column: QVBoxLayout, report: RotationReport, label: str) -> None:
        """Ask for a code where the key has 2FA; it serves one call and is not stored."""
        if report.slot.two_factor:
            self._code.setEchoMode(QLineEdit.EchoMode.Password)
            column.addWidget(Field(label, self._code, name="otp", hint="For one call now. It is not stored."))

    def _take_code(self) -> str:
        code = self._code.text().strip()
        self._code.clear()
        return code

    def _make_proof(self, column: QVBoxLayout, report: RotationReport) -> None:
        proof = report.rotation.proof
        column.addWidget(fact("proof", proof.text if proof is not None else ""))

    # acts

    def _on_primary(self) -> None:
        slot_id, service = self._slot.slot_id, self._rotations
        if self.report is None:
            self._run(lambda: service.start(slot_id), "Beginning …")
            return
        stage = self.report.rotation.stage
        if not stage.is_open:
            self.accept()
            return
        steps: dict[Stage, Callable[[], Coroutine[Any, Any, Rotation]]] = {
            Stage.CREATE: self._paste,
            Stage.COMPARE: lambda: service.accept(slot_id),
            Stage.HAND_OVER: lambda: service.hand_over(slot_id),
            Stage.WATCH: self._watch,
            Stage.REVOKE: lambda: service.declare_revoked(slot_id),
            Stage.PROVE: lambda: service.prove(slot_id),
            Stage.CLEAN_UP: lambda: service.finish(slot_id),
        }
        self._run(steps[stage], words.BUSY[stage])

    async def _paste(self) -> Rotation:
        pair = inspect_pair(self._api_key.text(), self._secret.text())
        otp = self._take_code()
        return await self._rotations.paste(self._slot.slot_id, pair.api_key, pair.secret, otp=otp)

    async def _watch(self) -> Rotation:
        assert self.report is not None
        begins = self.report.rotation.watch is None
        unobserved = self._unobserved.isChecked() or not self.report.observable
        if begins or not self.report.observable:
            sure = begins or self._unobserved.isChecked()
            span = self._span.currentData() if begins else None
            otp = self._take_code() if self.report.observable else ""
            return await self._rotations.watch(
                self._slot.slot_id, span, unobserved=unobserved and sure, otp=otp
            )
        otp = self._take_code()
        if self._unobserved.isChecked():  # the word ends the watch: the key may be deleted or expired already
            return await self._rotations.watch(self._slot.slot_id, SHORTEST_WATCH, unobserved=True)
        return await self._rotations.watch(self._slot.slot_id, look=True, otp=otp)

    def _on_back(self) -> None:
        self._run(lambda: self._rotations.back(self._slot.slot_id), "Going one step back …")

    def _on_abandon(self) -> None:
        self._run(lambda: self._rotations.abandon(self._slot.slot_id), "Removing the new secret …")

    def _on_cancel_work(self) -> None:
        self._work.let_go()
        self.set_busy("")
        self.reject()

    def _on_idle(self) -> None:
        if self.busy:
            self.set_busy("")

    def _on_finished(self, _code: int) -> None:
        self._timer.stop()
        self._work.let_go()
        if self.report is not None and self.report.rotation.stage is Stage.CREATE:
            self._secret.forget()


def open_dialog(kit: Kit) -> None:
    """Open the dialog for the selected key."""
    node, desk = kit.situation.key, kit.bridge.desk
    if node is None:
        return
    dialog = RotationDialog(
        node.slot, desk.rotations, desk.clock.now, desk.scope, desk.environment, kit.theme, kit.window
    )
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
