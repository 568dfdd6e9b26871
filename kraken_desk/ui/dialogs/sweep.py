"""SweepDialog: work out how money comes home, see the difference, say yes once, watch it leg by leg."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QWidget

from kraken_desk.domain.accounts import Account, AccountId
from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import InputError, KrakenDeskError
from kraken_desk.domain.legs import Place
from kraken_desk.domain.limits import Consent
from kraken_desk.domain.money import Amount, Asset, format_quantity, parse_quantity
from kraken_desk.domain.plans import LegState, PlanStanding
from kraken_desk.domain.sweep import Difference
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.dialogs.field import Field
from kraken_desk.ui.dialogs.frame import DialogFrame
from kraken_desk.ui.dialogs.rows import fact
from kraken_desk.ui.dialogs.work import Work
from kraken_desk.ui.theme import Theme
from kraken_desk.ui.widgets.plain_table import PlainTable

GROUP = "sweeps:run"
PLAN_GROUP = "form:sweep"
_EVERY = ""


@dataclass(frozen=True, slots=True)
class SweepSteps:
    """The services' doors: working out (account, asset, floor), running, and naming a place."""

    accounts: tuple[Account, ...]
    assets: tuple[Asset, ...]
    home: str
    work_out: Callable[[AccountId | None, Asset | None, Decimal], Coroutine[Any, Any, Difference]]
    run: Callable[[Difference, Consent, Callable[[PlanStanding], None]], Coroutine[Any, Any, PlanStanding]]
    label: Callable[[Place], str]
    short: Callable[[Place], str]


class Step(Enum):
    """Where the dialog stands."""

    FORM = "form"
    PLAN = "plan"
    RESULT = "result"


class SweepDialog(DialogFrame):
    """Ends accepted when legs were sent, else rejected; a plan that stopped is resumed from the list."""

    def __init__(
        self,
        steps: SweepSteps,
        scope: TaskScope,
        environment: Environment,
        theme: Theme,
        start: AccountId | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Sweep", "", environment, theme, parent)
        self.setObjectName("sweep_dialog")
        self._steps = steps
        self._difference: Difference | None = None
        self._plan_work = Work(scope, PLAN_GROUP, lambda: self.set_busy(""))
        self._run_work = Work(scope, GROUP, lambda: self.set_busy(""))
        self._make_form(start)
        self._make_pages()
        self.finished.connect(self._on_finished)
        self._to_form()

    @property
    def step(self) -> Step:
        return Step(self.page)

    def _make_form(self, start: AccountId | None) -> None:
        self._account, self._asset, self._floor = QComboBox(), QComboBox(), QLineEdit()
        self._account.addItem("Every account", _EVERY)
        for account in self._steps.accounts:
            self._account.addItem(account.label, account.account_id)
        self._account.setCurrentIndex(max(self._account.findData(start or _EVERY), 0))
        self._asset.addItem("Every asset", _EVERY)
        for asset in self._steps.assets:
            self._asset.addItem(str(asset), str(asset))
        self._floor_field = Field(
            "Leave in every wallet",
            self._floor,
            name="floor",
            hint="In the chosen asset; empty leaves nothing.",
        )
        page = self.add_page(Step.FORM.value)
        page.addWidget(Field("From", self._account, name="sweep_account"))
        page.addWidget(Field("Asset", self._asset, name="sweep_asset"))
        page.addWidget(self._floor_field)
        self._asset.currentIndexChanged.connect(lambda _row: self._on_asset())
        self._floor.textChanged.connect(lambda _text: self._floor_field.clear_error())
        self._on_asset()

    def _make_pages(self) -> None:
        self._legs = PlainTable("sweep_legs", ("", "Leg", "Amount", "State"), right={2}, stretch=1)
        self._figures = PlainTable("sweep_figures", ("Place", "Asset", "Before", "After"), right={2, 3})
        self._left = fact("sweep_left", role="hint")
        self._total = QLabel()
        self._total.setObjectName("sweep_total")
        self._total.setWordWrap(True)
        plan = self.add_page(Step.PLAN.value)
        for widget in (self._legs, self._figures, self._total, self._left):
            plan.addWidget(widget)
        self._outcome = fact("sweep_outcome")
        self._done = PlainTable("sweep_done", ("", "Leg", "Amount", "State"), right={2}, stretch=1)
        result = self.add_page(Step.RESULT.value)
        result.addWidget(self._outcome)
        result.addWidget(self._done)

    def _chosen_asset(self) -> Asset | None:
        data = self._asset.currentData()
        return Asset(data) if data else None

    def _on_asset(self) -> None:
        self._floor.setEnabled(self._chosen_asset() is not None)
        if self._chosen_asset() is None:
            self._floor.clear()

    # working it out

    def _on_primary(self) -> None:
        if self.step is Step.RESULT:
            self.accept()
        elif self.step is Step.PLAN:
            self._run()
        else:
            self._work_out()

    def _work_out(self) -> None:
        try:
            floor = parse_quantity(self._floor.text()) if self._floor.text().strip() else Decimal(0)
        except InputError as error:
            self._floor_field.show_error(error)
            self._floor.setFocus()
            return
        self.problem.clear()
        account, asset = self._account.currentData(), self._chosen_asset()
        chosen = AccountId(account) if account else None
        if self._plan_work.run(
            lambda: self._steps.work_out(chosen, asset, floor), self._on_worked_out, self._on_failed
        ):
            self.set_busy("Reading the figures of every account …")

    def _on_worked_out(self, difference: Difference) -> None:
        self.set_busy("")
        self._difference = difference
        count = len(difference.legs)
        head = f"Sweep to {self._steps.home}" if count else "Nothing to move"
        self.set_head(head, "Nothing has been sent yet. Each leg is journalled and sent once.")
        self._legs.fill([self._leg_row(n, "to send") for n in range(count)])
        label = self._steps.label
        self._figures.fill(
            [
                (label(f.place), str(f.asset), format_quantity(f.before), format_quantity(f.after))
                for f in difference.figures
            ]
        )
        self._total.setText(_totals(difference))
        self._left.setText(_stays(difference, label))
        for widget, shown in ((self._legs, count), (self._figures, count), (self._total, count)):
            widget.setVisible(bool(shown))
        self._left.setVisible(bool(difference.skipped))
        self.show_page(Step.PLAN.value)
        self.back_button.setVisible(True)
        self.set_primary(f"Send {count} {'leg' if count == 1 else 'legs'}", enabled=bool(count))
        self.back_button.setFocus()

    def _leg_row(self, index: int, state: str) -> tuple[str, str, str, str]:
        assert self._difference is not None
        leg, short = self._difference.legs[index], self._steps.short
        ends = f"{short(leg.source)} → {short(leg.destination)}"
        return (str(leg.number), ends, str(Amount(leg.quantity, leg.asset)), state)

    def _on_failed(self, error: KrakenDeskError) -> None:
        self.set_busy("")
        self.show_problem(error)

    # running it

    def _run(self) -> None:
        difference = self._difference
        if difference is None or not difference.legs:
            return
        self.problem.clear()
        if self._run_work.run(
            lambda: self._steps.run(difference, Consent(destination=True), self._show_progress),
            self._on_done,
            self._on_failed,
        ):
            self.set_busy("Sending leg by leg. Closing this window does not stop the leg on its way.")

    def _show_progress(self, standing: PlanStanding) -> None:
        rows = [self._leg_row(n, leg.state.value) for n, leg in enumerate(standing.legs)]
        self._legs.fill(rows)

    def _on_done(self, standing: PlanStanding) -> None:
        self.set_busy("")
        self._done.fill([self._leg_row(n, leg.state.value) for n, leg in enumerate(standing.legs)])
        stopped = next((leg for leg in standing.legs if leg.state is not LegState.DONE), None)
        self.set_head("Sweep done" if stopped is None else "Sweep stopped", "")
        text = "Every leg is confirmed."
        if stopped is not None:
            problem = stopped.record.problem if stopped.record else None
            why = f" {problem.title}. {problem.detail}" if problem else ""
            text = (
                f"Leg {stopped.leg.number} is {stopped.state.value}.{why} Nothing after it was sent."
                f" Go on with: kraken-desk sweep resume {standing.plan.plan_id}"
            )
        self._outcome.setText(text)
        self.show_page(Step.RESULT.value)
        self.back_button.setVisible(False)
        self.cancel_button.setVisible(False)
        self.set_primary("Close")
        self.primary_button.setFocus()

    # going back and leaving

    def _to_form(self) -> None:
        self._difference = None
        self.set_head(
            "Sweep", f"Bring what is free to {self._steps.home}. Nothing is sent before you have seen it."
        )
        self.show_page(Step.FORM.value)
        self.back_button.setVisible(False)
        self.set_primary("Work out")

    def _on_back(self) -> None:
        self.problem.clear()
        self._to_form()

    def _on_cancel_work(self) -> None:
        if self._run_work.running:
            self._run_work.let_go()
            self.reject()
            return
        self._plan_work.cancel()
        self.set_busy("")

    def _on_finished(self, _code: int) -> None:
        self._plan_work.cancel()
        self._run_work.let_go()


def _totals(difference: Difference) -> str:
    """Say that each total stays; a difference that changed one would be shown as such."""
    said = []
    for asset, (before, after) in difference.totals().items():
        end = "before and after" if before == after else f"becomes {Amount(after, asset)}"
        said.append(f"{Amount(before, asset)} {end}")
    return "Total: " + ", ".join(said) if said else ""


def _stays(difference: Difference, label: Callable[[Place], str]) -> str:
    lines = [
        f"{Amount(item.quantity, item.asset)} at {label(item.place)}: {item.reason}"
        for item in difference.skipped
    ]
    shown = lines[:12]
    more = [f"and {len(lines) - 12} more; see kraken-desk sweep plan"] if len(lines) > 12 else []
    return "Stays where it is:\n" + "\n".join([*shown, *more]) if lines else ""
