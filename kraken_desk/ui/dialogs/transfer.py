"""TransferDialog: choose, see the consequence, review in words, send once, see how it ended."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QPushButton, QWidget

from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import InvalidAmountError, KrakenDeskError, SameAccountError
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.money import Amount, AssetInfo
from kraken_desk.domain.transfers import TransferPlan, TransferRecord, TransferState
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.dialogs.frame import DialogFrame
from kraken_desk.ui.dialogs.transfer_draft import FormField, Judgement, judge
from kraken_desk.ui.dialogs.transfer_form import TransferForm
from kraken_desk.ui.dialogs.transfer_preview import PlanPreview
from kraken_desk.ui.dialogs.transfer_review import ResultPage, ReviewPage, amount_of, sentence_of
from kraken_desk.ui.dialogs.transfer_steps import TransferStart, TransferSteps
from kraken_desk.ui.dialogs.work import Work
from kraken_desk.ui.theme import Theme, set_role
from kraken_desk.ui.widgets.act_text import name_button
from kraken_desk.ui.widgets.deliberate_button import DeliberateButton

ASSETS_GROUP = "form:assets"
PLAN_GROUP = "form:plan"
SEND_GROUP = "transfers:send"
PAUSE_MS = 450
"""How long the form rests before a transfer is worked out: one reading for one amount typed."""

_SENTENCES = {
    Venue.SPOT: "Spot, inside one master. Sent once, never repeated.",
    Venue.FUTURES: "Futures cash wallets, inside one master. Sent once, never repeated.",
}


class Step(Enum):
    """Where the dialog stands."""

    FORM = "form"
    REVIEW = "review"
    RESULT = "result"


class TransferDialog(DialogFrame):
    """Ends accepted with `record` set when something was sent, else rejected."""

    def __init__(
        self,
        steps: TransferSteps,
        scope: TaskScope,
        environment: Environment,
        theme: Theme,
        start: TransferStart | None = None,
        parent: QWidget | None = None,
    ) -> None:
        begin = start or TransferStart()
        super().__init__("Transfer", _SENTENCES[begin.venue], environment, theme, parent)
        self.setObjectName("transfer_dialog")
        self.record: TransferRecord | None = None
        self._steps = steps
        self._plan: TransferPlan | None = None
        self._reviewed: TransferPlan | None = None
        self._wanted: Judgement | None = None
        self._assets_work = Work(scope, ASSETS_GROUP, lambda: None)
        self._plan_work = Work(scope, PLAN_GROUP, self._on_idle)
        self._send_work = Work(scope, SEND_GROUP, self._on_idle)
        self._review_wanted = False
        self._asked_errors = False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(PAUSE_MS)
        self._rest.timeout.connect(self._plan_quietly)
        self._make_pages(steps, environment, theme, begin)
        self._form.changed.connect(self._on_form_changed)
        self._form.venue_changed.connect(self._on_venue_changed)
        self.finished.connect(self._on_finished)
        self._to_form()
        self._load_assets()

    @property
    def step(self) -> Step:
        return Step(self.page)

    def _make_pages(
        self, steps: TransferSteps, environment: Environment, theme: Theme, start: TransferStart
    ) -> None:
        self._form = TransferForm(steps, environment, theme, start)
        self._preview = PlanPreview(theme)
        form_page = self.add_page(Step.FORM.value)
        form_page.addWidget(self._form)
        form_page.addWidget(self._preview)
        self._review = ReviewPage(environment, theme)
        self._review.consent.changed.connect(self._on_consent)
        self.add_page(Step.REVIEW.value).addWidget(self._review)
        self._result = ResultPage(theme)
        self.add_page(Step.RESULT.value).addWidget(self._result)
        # Send is a button of its own: it never is the default, so a second Enter cannot press it
        self.send_button: QPushButton = DeliberateButton("Send")
        self.send_button.setObjectName("send")
        set_role(self.send_button, "primary")
        self.send_button.clicked.connect(self._on_send)
        self.buttons.addWidget(self.send_button)

    # the form

    def _load_assets(self) -> None:
        venue = self._form.venue

        def done(assets: tuple[AssetInfo, ...]) -> None:
            if venue is self._form.venue:
                self._form.list_assets(tuple(a.asset for a in assets if a.status == "enabled"))

        self._assets_work.run(lambda: self._steps.assets(venue), done, self._on_assets_failed, replace=True)

    def _on_assets_failed(self, _error: KrakenDeskError) -> None:
        # what the source holds is still offered, and planning says what is wrong if it still is
        self._form.list_assets(())

    def _on_venue_changed(self) -> None:
        self.set_head("Transfer", _SENTENCES[self._form.venue])
        self._asked_errors = False
        self._load_assets()

    def _on_form_changed(self) -> None:
        """Forget what was worked out for other values; work it out anew when typing rests."""
        judgement = self._judged()
        if judgement.ready and judgement == self._wanted:
            return
        self._wanted = judgement
        self._plan = None
        self.problem.clear()
        self._stop_planning()
        self._show_errors(judgement)
        self._name_review(judgement)
        if judgement.ready:
            self._preview.clear(*self._labels(), "reading figures …")
            self._rest.start()
        else:
            self._preview.clear(*self._labels(), "worked out when the form is complete")
            self._rest.stop()

    def _judged(self) -> Judgement:
        return judge(self._form.draft())

    def _labels(self) -> tuple[str, str]:
        draft = self._form.draft()
        return (
            draft.source.account.label if draft.source else "",
            draft.destination.account.label if draft.destination else "",
        )

    def _show_errors(self, judgement: Judgement) -> None:
        """Show what is wrong; what is merely still missing only after Review was asked for."""
        errors = judgement.errors
        if not self._asked_errors:
            draft = self._form.draft()
            missing = {
                FormField.SOURCE: draft.source is None,
                FormField.DESTINATION: draft.destination is None,
                FormField.ASSET: draft.asset is None,
                FormField.AMOUNT: not draft.amount_text.strip(),
            }
            errors = {name: error for name, error in errors.items() if not missing[name]}
        self._form.show_errors(errors)

    def _name_review(self, judgement: Judgement) -> None:
        if judgement.ready and judgement.quantity is not None and judgement.asset is not None:
            amount = Amount(judgement.quantity, judgement.asset)
            self.set_primary(f"Review {amount} → {self._labels()[1]}")
        else:
            self.set_primary("Review transfer")

    # working it out

    def _plan_quietly(self) -> None:
        self._start_planning()

    def _start_planning(self) -> None:
        judgement = self._judged()
        route, asset, quantity = judgement.route, judgement.asset, judgement.quantity
        if route is None or asset is None or quantity is None:
            return
        self._plan_work.run(
            lambda: self._steps.plan(route, asset, quantity),
            self._on_planned,
            self._on_plan_failed,
            replace=True,
        )

    def _on_planned(self, plan: TransferPlan) -> None:
        self._plan = plan
        self._form.refresh_available()
        self._preview.show_plan(plan, self._steps.badges(plan.key_id))
        wanted, self._review_wanted = self._review_wanted, False
        self.set_busy("")
        if not plan.sound:
            self.set_primary("Check again")
        elif wanted:
            self._to_review(plan)

    def _on_plan_failed(self, error: KrakenDeskError) -> None:
        self._review_wanted = False
        self.set_busy("")
        self._form.refresh_available()
        self._preview.clear(*self._labels(), "not worked out")
        if isinstance(error, InvalidAmountError):
            self._form.show_errors({FormField.AMOUNT: error})
            self._form.focus_error()
        elif isinstance(error, SameAccountError):
            self._form.show_errors({FormField.DESTINATION: error})
        else:
            self.show_problem(error)

    def _on_primary(self) -> None:
        if self.step is Step.RESULT:
            self.accept()
            return
        self._asked_errors = True
        judgement = self._judged()
        self._show_errors(judgement)
        if not judgement.ready:
            self._form.focus_error()
            return
        if self._plan is not None and self._plan.sound:
            self._to_review(self._plan)
            return
        self.problem.clear()
        self._review_wanted = True
        self._rest.stop()
        self.set_busy("Reading figures and checking the route …")
        if not self._plan_work.running:
            self._start_planning()

    # review, send, result

    def _to_form(self) -> None:
        self._reviewed = self._wanted = None
        self.set_head("Transfer", _SENTENCES[self._form.venue])
        self.show_page(Step.FORM.value)
        self._show_buttons(back=False, send=False, cancel="Cancel")
        self._on_form_changed()
        self._form.focus_missing()

    def _to_review(self, plan: TransferPlan) -> None:
        ends = {e.account.account_id: e.account for e in self._steps.ends(plan.request.route.venue)}
        route = plan.request.route
        source, destination = ends[route.source], ends[route.destination]
        self._reviewed = plan
        self.problem.clear()
        self.set_head(sentence_of(plan, source, destination), "Nothing has been sent yet.")
        key = (self._steps.badges(plan.key_id), self._steps.ability(plan.key_id))
        self._review.show_plan(plan, source, destination, key)
        self._review.consent.ask(plan, two_factor=self._steps.two_factor(plan.key_id))
        self.show_page(Step.REVIEW.value)
        self._show_buttons(back=True, send=True, cancel="Cancel")
        self._on_consent()
        self.back_button.setFocus()

    def _on_back(self) -> None:
        self.problem.clear()
        self._to_form()

    def _on_send(self) -> None:
        plan = self._reviewed
        card = self._review.consent
        if plan is None or self.busy or self.step is not Step.REVIEW or not card.ready:
            return
        consent, otp = card.consent(), card.take_code()
        started = self._send_work.run(
            lambda: self._steps.send(plan, consent, otp), self._on_sent, self._on_send_failed
        )
        if started:
            self._name_send("Sending …", enabled=False)
            self.set_sentence("It is on its way; the journal keeps the result.")
            self.set_busy("Waiting for Kraken's answer. Closing this window does not stop the transfer.")
            self.cancel_button.setText("Close")

    def _on_consent(self) -> None:
        """Let Send be pressed when everything that the limits ask for has been said."""
        plan = self._reviewed
        if plan is not None and not self.busy and self.step is Step.REVIEW:
            text = f"Send {amount_of(plan)} to {plan.destination_label}"
            self._name_send(text, enabled=self._review.consent.ready)

    def _on_sent(self, record: TransferRecord) -> None:
        self.set_busy("")
        self.record = record
        self._plan = self._reviewed = None
        heads = {
            TransferState.CONFIRMED: "Transfer confirmed",
            TransferState.REJECTED: "Transfer rejected",
            TransferState.UNKNOWN: "Outcome unknown",
        }
        self.set_head(heads.get(record.state, "Transfer"), "")
        self._result.show_record(record)
        self.show_page(Step.RESULT.value)
        self._show_buttons(back=False, send=False, cancel="")
        self.set_primary("Close")
        self.primary_button.setFocus()

    def _on_send_failed(self, error: KrakenDeskError) -> None:
        """Show why nothing was sent; whoever wants to try again starts from fresh figures."""
        self._reviewed = None
        self.set_busy("")
        self.cancel_button.setText("Cancel")
        self.set_head("Nothing was sent", "The transfer was stopped before it left this machine.")
        self._name_send("Not sent", enabled=False)
        self.show_problem(error)
        self.back_button.setFocus()

    def _show_buttons(self, *, back: bool, send: bool, cancel: str) -> None:
        self.back_button.setVisible(back)
        self.send_button.setVisible(send)
        self.primary_button.setVisible(not send)
        self.cancel_button.setVisible(bool(cancel))
        self.cancel_button.setText(cancel)

    def _name_send(self, text: str, *, enabled: bool) -> None:
        name_button(self.send_button, text)
        self.send_button.setEnabled(enabled)

    # cancelling

    def _on_cancel_work(self) -> None:
        if self._send_work.running:
            # what was sent cannot be taken back: the task goes on, the journal keeps its end
            self._send_work.let_go()
            self.reject()
            return
        self._stop_planning()
        self._preview.clear(*self._labels(), "not worked out")

    def _stop_planning(self) -> None:
        self._review_wanted = False
        self._plan_work.cancel()
        if self.busy:
            self.set_busy("")

    def _on_idle(self) -> None:
        self._review_wanted = False
        if self.busy:
            self.set_busy("")

    def _on_finished(self, _code: int) -> None:
        self._rest.stop()
        self._assets_work.cancel()
        self._plan_work.cancel()
        self._send_work.let_go()
        self._review.consent.forget()
