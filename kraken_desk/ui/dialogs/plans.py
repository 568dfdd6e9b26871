"""PlansDialog: the saved plans with where they stand; each can be looked at, continued, or forgotten."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import KrakenDeskError
from kraken_desk.domain.plans import PlanId, PlanStanding
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.dialogs.frame import DialogFrame
from kraken_desk.ui.dialogs.rows import fact
from kraken_desk.ui.dialogs.work import Work
from kraken_desk.ui.theme import Theme, metrics, set_role
from kraken_desk.ui.widgets.plain_table import PlainTable

GROUP = "form:plans"


@dataclass(frozen=True, slots=True)
class PlansSteps:
    """The services' doors: listing, forgetting, and naming a leg's ends."""

    all: Callable[[], Coroutine[Any, Any, tuple[PlanStanding, ...]]]
    remove: Callable[[PlanId], Coroutine[Any, Any, None]]
    line: Callable[[PlanStanding], str]


class PlansDialog(DialogFrame):
    """Ends accepted with `chosen` set when a plan is to be opened."""

    def __init__(
        self,
        steps: PlansSteps,
        scope: TaskScope,
        environment: Environment,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        sentence = "What was agreed to, and how far the journal says it has come. Nothing runs by itself."
        super().__init__("Plans", sentence, environment, theme, parent)
        self.setObjectName("plans_dialog")
        self.setFixedWidth(metrics.for_font(metrics.WIDE_DIALOG_WIDTH, theme.fonts.body_px))
        self.chosen: PlanStanding | None = None
        self._steps = steps
        self._plans: tuple[PlanStanding, ...] = ()
        self._work = Work(scope, GROUP, lambda: self.set_busy(""))
        heads = ("Plan", "Made (UTC)", "Legs", "State")
        self._table = PlainTable("plans", heads, spoken="Plans", right={2}, stretch=0)
        self._table.itemSelectionChanged.connect(self._on_selected)
        self._legs = fact("plan_lines", role="hint")
        self._none = QLabel("No plans yet: sweeps and transfers of several legs are kept here.")
        self._none.setObjectName("no_plans")
        self._none.setWordWrap(True)
        set_role(self._none, "hint")
        self._remove = QPushButton("Forget plan")
        self._remove.setObjectName("remove_plan")
        self._remove.setAccessibleName("Forget plan")
        self._remove.setAutoDefault(False)
        self._remove.clicked.connect(self._on_remove)
        page = self.add_page("plans_page")
        for widget in (self._table, self._none, self._legs):
            page.addWidget(widget)
        acts = QHBoxLayout()
        acts.addStretch(1)
        acts.addWidget(self._remove)
        page.addLayout(acts)
        self.cancel_button.setText("Close")
        self.finished.connect(lambda _code: self._work.cancel())
        self._on_selected()
        self._read()

    def _read(self) -> None:
        self._work.run(self._steps.all, self._show, self._on_failed)

    def _show(self, plans: tuple[PlanStanding, ...]) -> None:
        self._plans = plans
        self._table.fill(
            [
                (p.plan.title, f"{p.plan.created_at:%Y-%m-%d %H:%M}", f"{p.done}/{len(p.legs)}", p.word)
                for p in plans
            ]
        )
        self._table.setVisible(bool(plans))
        self._none.setVisible(not plans)
        unfinished = [row for row, plan in enumerate(plans) if not plan.finished]
        if plans:
            self._table.selectRow(unfinished[0] if unfinished else 0)
        self._on_selected()

    def _selected(self) -> PlanStanding | None:
        rows = {index.row() for index in self._table.selectedIndexes()}
        row = next(iter(rows)) if len(rows) == 1 else -1
        return self._plans[row] if 0 <= row < len(self._plans) else None

    def _on_selected(self) -> None:
        plan = self._selected()
        self._remove.setVisible(bool(self._plans))
        self._remove.setEnabled(plan is not None and all(leg.record is None for leg in plan.legs))
        self._legs.setVisible(plan is not None)
        self._legs.setText(self._steps.line(plan) if plan is not None else "")
        if plan is None:
            self.set_primary("Open", enabled=False)
        elif plan.finished or plan.doubt is not None:
            self.set_primary("Look at it")
        else:
            count = f"{plan.done} of {len(plan.legs)} done"
            self.set_primary(f"Continue ({count})…" if plan.done else "Check and run…")

    def _on_primary(self) -> None:
        self.chosen = self._selected()
        if self.chosen is not None:
            self.accept()

    def _on_remove(self) -> None:
        plan = self._selected()
        if plan is None:
            return

        async def then_read() -> tuple[PlanStanding, ...]:
            await self._steps.remove(plan.plan.plan_id)
            return await self._steps.all()

        self.problem.clear()
        self._work.run(then_read, self._show, self._on_failed)

    def _on_failed(self, error: KrakenDeskError) -> None:
        self.set_busy("")
        self.show_problem(error)
