"""PlanDialog: a plan leg by leg: checks before, consent and codes, progress, and where it stopped."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from PySide6.QtWidgets import QWidget

from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import KrakenDeskError
from kraken_desk.domain.legs import Place
from kraken_desk.domain.limits import Consent
from kraken_desk.domain.money import Amount
from kraken_desk.domain.plans import LegState, PlanId, PlanStanding
from kraken_desk.domain.transfers import Verdict
from kraken_desk.services.plan_checks import LegCheck
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.dialogs.frame import DialogFrame
from kraken_desk.ui.dialogs.plan_consent import PlanConsent
from kraken_desk.ui.dialogs.rows import fact
from kraken_desk.ui.dialogs.work import Work
from kraken_desk.ui.theme import Theme, metrics
from kraken_desk.ui.widgets.plain_table import PlainTable

CHECK_GROUP = "form:plan-checks"
RUN_GROUP = "plans:run"

Progress = Callable[[PlanStanding], object]


@dataclass(frozen=True, slots=True)
class PlanSteps:
    """The services' doors for one plan; `begin` writes a plan down that was not saved yet."""

    begin: Callable[[], Coroutine[Any, Any, PlanId]]
    standing: Callable[[PlanId], Coroutine[Any, Any, PlanStanding]]
    checks: Callable[[PlanStanding], Coroutine[Any, Any, tuple[LegCheck, ...]]]
    run: Callable[[PlanId, Consent, str, Progress], Coroutine[Any, Any, PlanStanding]]
    short: Callable[[Place], str]


class Step(Enum):
    """Where the dialog stands."""

    CHECKING = "checking"
    READY = "ready"
    RUNNING = "running"
    ENDED = "ended"


class PlanDialog(DialogFrame):
    """Ends accepted when something was sent, else rejected; nothing is sent before it was agreed to."""

    def __init__(
        self,
        standing: PlanStanding,
        steps: PlanSteps,
        scope: TaskScope,
        environment: Environment,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(standing.plan.title, "", environment, theme, parent)
        self.setObjectName("plan_dialog")
        self.setFixedWidth(metrics.for_font(metrics.WIDE_DIALOG_WIDTH, theme.fonts.body_px))
        self.standing = standing
        self.step = Step.CHECKING
        self._steps = steps
        self._found: tuple[LegCheck, ...] = ()
        self._sent = False
        self._check_work = Work(scope, CHECK_GROUP, lambda: self.set_busy(""))
        self._left = False
        self._run_work = Work(scope, RUN_GROUP, lambda: self.set_busy(""))
        self._make_page()
        self.finished.connect(self._on_finished)
        self._show_legs()
        self._look()

    def _make_page(self) -> None:
        heads = ("", "Leg", "Amount", "Endpoint", "Signed by", "State")
        self._legs = PlainTable("plan_legs", heads, spoken="Legs", right={2}, stretch=1)
        self._notes = fact("plan_notes", role="hint")
        self._stops = fact("plan_stops", role="error")
        self._consent = PlanConsent()
        self._consent.changed.connect(self._on_consent)
        self._once = fact(
            "plan_once", "Each leg is journalled, then sent once. The plan stops at the first doubt.", "hint"
        )
        page = self.add_page("plan")
        for widget in (self._legs, self._stops, self._notes, self._consent, self._once):
            page.addWidget(widget)

    # showing

    def _show_legs(self) -> None:
        found = {check.leg.number: check for check in self._found}
        rows = []
        for item in self.standing.legs:
            leg, check = item.leg, found.get(item.leg.number)
            endpoint, key = (check.endpoint, check.key_name) if check else ("", "")
            if item.record is not None and not endpoint:
                endpoint, key = item.record.endpoint, item.record.key_name
            ends = f"{self._steps.short(leg.source)} → {self._steps.short(leg.destination)}"
            amount = str(Amount(leg.quantity, leg.asset))
            rows.append((str(leg.number), ends, amount, endpoint or "—", key or "—", item.state.value))
        self._legs.fill(rows)

    def _name_head(self) -> None:
        standing, count = self.standing, len(self.standing.legs)
        if standing.done:
            said = f"{standing.done} of {count} legs done. Nothing of the rest has been sent."
        else:
            said = "Nothing has been sent yet."
        self.set_head(standing.plan.title, said)

    # checking

    def _look(self) -> None:
        """Check what is left; done legs are not looked at again."""
        self.step = Step.CHECKING
        self._name_head()
        self.cancel_button.setVisible(True)
        self.cancel_button.setText("Leave" if self.standing.done else "Cancel")
        if self.standing.finished:
            self._to_end()
            return
        if self.standing.doubt is not None:
            self._to_end()
            return
        self.set_primary("Check again", enabled=True)
        if self._check_work.run(
            lambda: self._steps.checks(self.standing), self._on_looked, self._on_look_failed
        ):
            self.set_busy("Checking every leg …")

    def _on_looked(self, found: tuple[LegCheck, ...]) -> None:
        self.set_busy("")
        self._found = found
        self._show_legs()
        stops = [
            f"Leg {check.leg.number}: {item.text}"
            for check in found
            for item in check.checks
            if item.verdict is Verdict.STOP
        ]
        asked = {breach.text for check in found for breach in check.breaches}
        notes = [
            f"Leg {check.leg.number}: {item.text}"
            for check in found
            for item in check.checks
            if item.verdict is Verdict.WARN and not any(text in item.text for text in asked)
        ]
        notes = [*(_passed(check) for check in found if check.sound), *notes]
        self._stops.setText("\n".join(stops))
        self._stops.setVisible(bool(stops))
        self._notes.setText("\n".join(notes))
        self._notes.setVisible(bool(notes))
        if stops:
            self._consent.ask(())
            self.set_primary("Check again")
            return
        self.step = Step.READY
        self._consent.ask(found)
        self._on_consent()
        self.cancel_button.setFocus()

    def _on_look_failed(self, error: KrakenDeskError) -> None:
        self.set_busy("")
        self.show_problem(error)

    def _on_consent(self) -> None:
        if self.step is Step.READY and not self.busy:
            left = len(self.standing.legs) - self.standing.done
            legs = "1 leg" if left == 1 else f"{left} legs"
            text = f"Continue: send {legs}" if self.standing.done else f"Send {legs}"
            self.set_primary(text, enabled=self._consent.ready)

    # running

    def _on_primary(self) -> None:
        self.problem.clear()
        if self.step is Step.ENDED:
            self.accept()
        elif self.step is Step.READY:
            self._run()
        else:
            self._look()

    def _run(self) -> None:
        consent, code = self._consent.consent(), self._consent.take_code()

        async def work() -> PlanStanding:
            plan_id = self.standing.plan.plan_id or await self._steps.begin()
            self._began(plan_id)
            return await self._steps.run(plan_id, consent, code, self._show_progress)

        if self._run_work.run(work, self._on_ran, self._on_stopped):
            self.step = Step.RUNNING
            self.set_busy("Sending leg by leg. Closing this window does not stop the leg on its way.")

    def _began(self, plan_id: PlanId) -> None:
        """Keep the id at once: whatever happens, the plan is continued and not saved a second time."""
        self.standing = replace(self.standing, plan=replace(self.standing.plan, plan_id=plan_id))

    def _show_progress(self, standing: PlanStanding) -> bool:
        """Show where the run stands; False when nobody looks any more, so that no further leg follows."""
        if self._left:
            return False
        self._sent = self._sent or any(leg.record is not None for leg in standing.legs)
        self.standing = standing
        self._show_legs()
        return True

    def _on_ran(self, standing: PlanStanding) -> None:
        self._show_progress(standing)
        self.set_busy("")
        self._to_end()

    def _on_stopped(self, error: KrakenDeskError) -> None:
        """Something stood in the way of a leg before it was sent: read where the plan stands, and tell."""
        self.set_busy("")
        self.show_problem(error)
        plan_id = self.standing.plan.plan_id
        self._check_work.run(lambda: self._steps.standing(plan_id), self._on_read_again, self._on_look_failed)

    def _on_read_again(self, standing: PlanStanding) -> None:
        self._show_progress(standing)
        self._name_head()
        self.step = Step.CHECKING
        if standing.doubt is not None:
            self._to_end()
            return
        self.cancel_button.setText("Leave")
        self.set_primary("Check again")

    def _to_end(self) -> None:
        """Say how it ended: done, or which leg stopped it and what that means."""
        self.step = Step.ENDED
        self._show_legs()
        for widget in (self._notes, self._stops, self._consent, self._once):
            widget.hide()
        stopped = next((leg for leg in self.standing.legs if leg.state is not LegState.DONE), None)
        if stopped is None:
            self.set_head("Done: every leg is confirmed", self.standing.plan.title)
        else:
            self.set_head(f"Stopped at leg {stopped.leg.number}", self.standing.plan.title)
            problem = stopped.record.problem if stopped.record else None
            why = f"{problem.title}. {problem.detail} " if problem else ""
            means = (
                "Its money may or may not have moved. Settle it in the journal; then the plan goes on."
                if stopped.state is LegState.IN_DOUBT
                else "Nothing of it moved. The plan can be continued from the list of plans."
            )
            self._stops.setText(f"{why}{means} Nothing after it was sent.")
            self._stops.show()
        self.cancel_button.hide()
        self.set_primary("Close")
        self.primary_button.setFocus()

    # leaving

    def reject(self) -> None:
        """Leaving after something was sent still brings the journal to the front."""
        if self._sent:
            self.accept()
        else:
            super().reject()

    def _on_cancel_work(self) -> None:
        if self._run_work.running:
            self._run_work.let_go()
            self.accept()
            return
        self._check_work.cancel()
        self.set_busy("")

    def _on_finished(self, _code: int) -> None:
        self._left = True
        self._check_work.cancel()
        self._run_work.let_go()
        self._consent.forget()


def _passed(check: LegCheck) -> str:
    """Name what was looked at and holds, so that silence is not taken for a check."""
    names = ", ".join(item.name for item in check.checks if item.verdict is Verdict.OK)
    return f"Leg {check.leg.number}: ✓ {names}"
