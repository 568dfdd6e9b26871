"""SweepDialog: work out how money comes home, or goes out to targets, and see the difference."""

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
from kraken_desk.domain.money import Amount, Asset, format_quantity, parse_quantity
from kraken_desk.domain.plans import PlanPurpose
from kraken_desk.domain.sweep import Difference
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.dialogs.field import Field
from kraken_desk.ui.dialogs.frame import DialogFrame
from kraken_desk.ui.dialogs.rows import fact
from kraken_desk.ui.dialogs.work import Work
from kraken_desk.ui.theme import Theme, metrics
from kraken_desk.ui.widgets.plain_table import PlainTable

PLAN_GROUP = "form:sweep"
_EVERY = ""
_DIRECTIONS = {PlanPurpose.SWEEP: "Bring home", PlanPurpose.FUND: "Fund up to a target"}


@dataclass(frozen=True, slots=True)
class SweepSteps:
    """The services' doors: working out a sweep (account, asset, floor) or a funding (target), and names."""

    accounts: tuple[Account, ...]
    assets: tuple[Asset, ...]
    home: str
    work_out: Callable[[AccountId | None, Asset | None, Decimal], Coroutine[Any, Any, Difference]]
    fund: Callable[[AccountId | None, Asset, Decimal], Coroutine[Any, Any, Difference]]
    label: Callable[[Place], str]


class Step(Enum):
    """Where the dialog stands."""

    FORM = "form"
    PLAN = "plan"


class SweepDialog(DialogFrame):
    """Ends accepted with `difference` set when its legs are to be looked at; sends nothing by itself."""

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
        self.setFixedWidth(metrics.for_font(metrics.WIDE_DIALOG_WIDTH, theme.fonts.body_px))
        self._steps = steps
        self.difference: Difference | None = None
        self._plan_work = Work(scope, PLAN_GROUP, lambda: self.set_busy(""))
        self._make_form(start)
        self._make_pages()
        self.finished.connect(self._on_finished)
        self._to_form()

    @property
    def step(self) -> Step:
        return Step(self.page)

    def _make_form(self, start: AccountId | None) -> None:
        self._direction = QComboBox()
        for purpose, words in _DIRECTIONS.items():
            self._direction.addItem(words, purpose.value)
        self._account, self._asset, self._floor = QComboBox(), QComboBox(), QLineEdit()
        self._account.addItem("Every account", _EVERY)
        for account in self._steps.accounts:
            self._account.addItem(account.label, account.account_id)
        self._account.setCurrentIndex(max(self._account.findData(start or _EVERY), 0))
        self._asset.addItem("Every asset", _EVERY)
        for asset in self._steps.assets:
            self._asset.addItem(str(asset), str(asset))
        self._floor_field = Field("Leave in every wallet", self._floor, name="floor")
        page = self.add_page(Step.FORM.value)
        page.addWidget(Field("What", self._direction, name="sweep_direction"))
        page.addWidget(Field("Account", self._account, name="sweep_account"))
        page.addWidget(Field("Asset", self._asset, name="sweep_asset"))
        page.addWidget(self._floor_field)
        self._direction.currentIndexChanged.connect(lambda _row: self._on_asset())
        self._asset.currentIndexChanged.connect(lambda _row: self._on_asset())
        self._floor.textChanged.connect(lambda _text: self._floor_field.clear_error())
        self._on_asset()

    def _make_pages(self) -> None:
        self._legs = PlainTable(
            "sweep_legs", ("", "From", "To", "Amount"), spoken="Legs of the sweep", right={3}, stretch=1
        )
        self._figures = PlainTable(
            "sweep_figures",
            ("Place", "Asset", "Before", "After"),
            spoken="Figures before and after",
            right={2, 3},
        )
        self._left = fact("sweep_left", role="hint")
        self._total = QLabel()
        self._total.setObjectName("sweep_total")
        self._total.setWordWrap(True)
        plan = self.add_page(Step.PLAN.value)
        for widget in (self._legs, self._figures, self._total, self._left):
            plan.addWidget(widget)

    def _chosen_asset(self) -> Asset | None:
        data = self._asset.currentData()
        return Asset(data) if data else None

    @property
    def purpose(self) -> PlanPurpose:
        return PlanPurpose(self._direction.currentData())

    def _on_asset(self) -> None:
        """Ask for a floor when money comes home, for a target when it goes out; both in one asset."""
        funding = self.purpose is PlanPurpose.FUND
        self._floor_field.set_label("Bring each Spot wallet up to" if funding else "Leave in every wallet")
        self._floor_field.set_hint(
            "In the chosen asset." if funding else "In the chosen asset; empty leaves nothing."
        )
        self._floor.setEnabled(self._chosen_asset() is not None)
        if self._chosen_asset() is None:
            self._floor.clear()

    # working it out

    def _on_primary(self) -> None:
        if self.step is Step.PLAN:
            self.accept()
        else:
            self._work_out()

    def _work_out(self) -> None:
        account, asset = self._account.currentData(), self._chosen_asset()
        chosen = AccountId(account) if account else None
        funding = self.purpose is PlanPurpose.FUND
        self.problem.clear()
        if funding and asset is None:
            self.show_problem(InputError("Which asset?", "A target is an amount of one asset.", "Choose it."))
            return
        try:
            empty = not funding and not self._floor.text().strip()
            amount = Decimal(0) if empty else parse_quantity(self._floor.text())
        except InputError as error:
            self._floor_field.show_error(error)
            self._floor.setFocus()
            return
        if self._plan_work.run(
            lambda: (
                self._steps.fund(chosen, asset, amount)
                if funding and asset is not None
                else self._steps.work_out(chosen, asset, amount)
            ),
            self._on_worked_out,
            self._on_failed,
        ):
            self.set_busy("Reading the figures of every account …")

    def _on_worked_out(self, difference: Difference) -> None:
        self.set_busy("")
        self.difference = difference
        count = len(difference.legs)
        head = self.title if count else "Nothing to move"
        self.set_head(head, "Nothing has been sent yet. Keys, checks and limits of each leg come next.")
        label = self._steps.label
        self._legs.fill(
            [
                (
                    str(leg.number),
                    label(leg.source),
                    label(leg.destination),
                    str(Amount(leg.quantity, leg.asset)),
                )
                for leg in difference.legs
            ]
        )
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
        self.set_primary(f"Check {count} {'leg' if count == 1 else 'legs'}…", enabled=bool(count))
        self.back_button.setFocus()

    @property
    def title(self) -> str:
        funding = self.purpose is PlanPurpose.FUND
        return f"Fund from {self._steps.home}" if funding else f"Sweep to {self._steps.home}"

    def _on_failed(self, error: KrakenDeskError) -> None:
        self.set_busy("")
        self.show_problem(error)

    # going back and leaving

    def _to_form(self) -> None:
        self.difference = None
        self.set_head(
            "Sweep", f"Money to {self._steps.home}, or from there. Nothing is sent before you have seen it."
        )
        self.show_page(Step.FORM.value)
        self.back_button.setVisible(False)
        self.set_primary("Work out")

    def _on_back(self) -> None:
        self.problem.clear()
        self._to_form()

    def _on_cancel_work(self) -> None:
        self._plan_work.cancel()
        self.set_busy("")

    def _on_finished(self, _code: int) -> None:
        self._plan_work.cancel()


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
