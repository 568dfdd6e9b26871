"""StopDialog: the emergency list before, while and after it is done; closing it does not stop it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QWidget

from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import KrakenDeskError
from kraken_desk.domain.rotation import ProofOutcome
from kraken_desk.domain.stop import NOT_STOPPED, StepKind, StopRun, StopStep, summary
from kraken_desk.reports.stop_record import stop_html
from kraken_desk.services.stop import StopService
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.dialogs.field import Field
from kraken_desk.ui.dialogs.frame import DialogFrame
from kraken_desk.ui.dialogs.stop_list import StopList
from kraken_desk.ui.dialogs.work import Work
from kraken_desk.ui.kit import Kit
from kraken_desk.ui.receipts import save_pdf, save_text
from kraken_desk.ui.theme import Theme, Tone, metrics, set_role
from kraken_desk.ui.views.audit_facts import abilities_in
from kraken_desk.ui.widgets.notice import Notice

GROUP = "stop:everything"
WIDTH = 760
FORMS = "Page (*.html);;Paper (*.pdf)"
_BEFORE = (
    "Disables Futures trading of subaccounts, ends the processes that hold keys here, and lists the keys "
    "that you then delete at Kraken. No step moves money. A list that is cut off goes on."
)
_PROOF = "Each proof is one call with the key, which must fail; Kraken counts it as a failed call."


class StopDialog(DialogFrame):
    """Wants the environment's name typed before anything is done."""

    def __init__(
        self,
        stop: StopService,
        now: Callable[[], datetime],
        scope: TaskScope,
        environment: Environment,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        can: Callable[[str], str] = lambda _key_id: "",
    ) -> None:
        self._drill = stop.always_drill
        title = "Drill: stop everything" if self._drill else "Stop everything"
        super().__init__(title, _BEFORE, environment, theme, parent)
        self.setObjectName("stop_dialog")
        self.setFixedWidth(metrics.for_font(WIDTH, theme.fonts.body_px))
        self._stop, self._now = stop, now
        self.run: StopRun | None = None
        self._work = Work(scope, GROUP, lambda: None)
        self._list = StopList(theme, can)
        self._notice = Notice(Tone.WARN, "What this does not stop", NOT_STOPPED)
        self._typed = QLineEdit()
        self._confirm = Field(f"Type “{environment.name}” to allow it", self._typed, name="typed")
        page = self.add_page("stop")
        page.addWidget(self._list)
        page.addLayout(self._make_acts())
        page.addWidget(self._notice)
        page.addWidget(self._confirm)
        set_role(self.primary_button, "danger")
        self.primary_button.setDefault(False)
        self.primary_button.setAutoDefault(False)
        self._typed.textChanged.connect(lambda _text: self._refresh())
        self._list.chosen.connect(lambda _step: self._refresh())
        self._unsubscribe: Callable[[], None] = lambda: None
        self.finished.connect(self._on_finished)
        self._begun = False
        self._refresh()
        self._typed.setFocus()
        present = stop.state.value
        if self._work.running and present is not None and present.ended_at is None:
            self._follow()
        else:
            self._work.run(lambda: stop.preview(drill=self._drill), self._on_preview, self._on_failed)

    def _make_acts(self) -> QHBoxLayout:
        self._prove = self._act("prove", "Prove deletion", self._on_prove)
        self._prove.setToolTip(_PROOF)
        self._page = self._act("page", "Open Kraken's page", self._on_page)
        self._last = self._act("last", "Show the last stop", self._on_last)
        self._record = self._act("record", "Save record…", self._on_record)
        row = QHBoxLayout()
        row.setSpacing(metrics.GAP)
        for button in (self._prove, self._page):
            row.addWidget(button)
        row.addStretch()
        for button in (self._last, self._record):
            row.addWidget(button)
        return row

    def _act(self, name: str, text: str, do: Callable[[], None]) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAutoDefault(False)
        button.clicked.connect(do)
        return button

    # before

    def _on_preview(self, run: StopRun) -> None:
        self._show(run)
        if any(step.state.is_over for step in run.steps):
            began = f"{run.started_at:%Y-%m-%d %H:%M} UTC"
            self.set_sentence(f"The stop of {began} was cut off; it goes on where it was. {_BEFORE}")

    def _on_last(self) -> None:
        async def last() -> StopRun | None:
            runs = await self._stop.runs()
            return runs[0] if runs else None

        def show(run: StopRun | None) -> None:
            if run is None:
                self._last.setEnabled(False)
                self.set_sentence(f"Nothing was stopped here yet. {_BEFORE}")
            else:
                self._on_ended(run)

        self._work.run(last, show, self._on_failed)

    # under way

    def _on_primary(self) -> None:
        if self._is_over:
            self.accept()
            return
        drill = self._drill
        if self._work.run(lambda: self._stop.run(drill=drill), self._on_ended, self._on_failed):
            self.problem.clear()
            self._to_doing()
            self._unsubscribe = self._stop.state.subscribe(self._on_state)
            self._refresh()

    def _follow(self) -> None:
        """Show the list that an earlier dialog has begun and that goes on."""
        self._to_doing()
        self._unsubscribe = self._stop.state.subscribe(self._on_followed)

    def _to_doing(self) -> None:
        self._begun = True
        for widget in (self._confirm, self._notice, self._last):
            widget.hide()
        self.cancel_button.setText("Close; the list goes on")
        self.set_sentence("The list is being done. Each result is kept as it comes.")

    def _on_state(self, run: StopRun | None) -> None:
        if run is not None and run.ended_at is None:
            self._show(run)

    def _on_followed(self, run: StopRun | None) -> None:
        self._on_state(run)
        if run is not None and run.ended_at is not None and self._begun:
            self._on_ended(run)

    # after

    @property
    def _is_over(self) -> bool:
        return self.run is not None and self.run.ended_at is not None

    def _on_ended(self, run: StopRun) -> None:
        self._begun = False
        self._show(run)
        for widget in (self._confirm, self._last):
            widget.hide()
        self._notice.show()
        what = "The drill" if run.drill else "The stop"
        text = f"{what} of {run.started_at:%Y-%m-%d %H:%M:%S} UTC: {summary(run)}."
        if run.unwritten:
            text += " The results could not all be written to the profile: save the record now."
        self.set_sentence(f"{text} Delete the keys at Kraken, then let each prove it. {_PROOF}")
        self.cancel_button.hide()
        set_role(self.primary_button, "primary")
        self._refresh()
        self._list.setFocus()

    def _on_prove(self) -> None:
        run, step = self.run, self._list.step()
        if run is None or step is None:
            return
        self.problem.clear()
        started = self._work.run(
            lambda: self._stop.prove(run.stop_id, step.number), self._on_proven, self._on_failed
        )
        if started:
            self._prove.setEnabled(False)

    def _on_proven(self, run: StopRun) -> None:
        self._show(run)

    def _on_page(self) -> None:
        step = self._list.step()
        if step is not None and step.page:
            QDesktopServices.openUrl(QUrl(step.page))

    def _on_record(self) -> None:
        run = self.run
        if run is None:
            return
        name = f"{'drill' if run.drill else 'stop'}-{run.stop_id}.html"
        chosen, _ = QFileDialog.getSaveFileName(self, "Save record", name, FORMS)
        if chosen:
            self._work.run(lambda: self._write(run, Path(chosen)), lambda _: None, self._on_failed)

    async def _write(self, run: StopRun, path: Path) -> None:
        if path.suffix == ".pdf":
            save_pdf(path, stop_html(run, self._now(), styled=False))
        else:
            await asyncio.to_thread(save_text, path, stop_html(run, self._now()))

    # showing

    def _show(self, run: StopRun) -> None:
        self.run = run
        self._list.show_run(run)
        self._refresh()

    def _refresh(self) -> None:
        over, step = self._is_over, self._list.step()
        self._prove.setVisible(over)
        self._prove.setEnabled(over and _provable(step))
        self._page.setVisible(over and self.run is not None and any(s.page for s in self.run.steps))
        self._page.setEnabled(step is not None and bool(step.page))
        self._record.setVisible(over)
        if over:
            self.set_primary("Close")
        elif self._begun:
            self.set_primary("Stopping …", enabled=False)
        else:
            words = "Drill: stop everything" if self._drill else "Stop everything"
            typed = self._typed.text().strip() == self.environment.name
            self.set_primary(words, enabled=self.run is not None and typed)

    def _on_failed(self, error: KrakenDeskError) -> None:
        self._begun = False
        self.show_problem(error)
        self._refresh()

    def _on_finished(self, _code: int) -> None:
        self._unsubscribe()
        self._work.let_go()


def _provable(step: StopStep | None) -> bool:
    return (
        step is not None and step.kind is StepKind.REVOKE and step.proof_outcome is not ProofOutcome.REVOKED
    )


def open_dialog(kit: Kit) -> None:
    """Open the dialog for the whole environment."""
    desk = kit.bridge.desk
    dialog = StopDialog(
        desk.stop,
        desk.clock.now,
        desk.scope,
        desk.environment,
        kit.theme,
        kit.window,
        can=abilities_in(kit.bridge.fleet),
    )
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
