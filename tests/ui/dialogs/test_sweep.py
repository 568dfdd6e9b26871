"""The sweep dialog: the difference before the act, one yes, every leg's end, and a stop told plainly."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtWidgets import QComboBox, QDialog, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.legs import Place
from kraken_desk.domain.money import Asset
from kraken_desk.domain.plans import (
    PlaceFigure,
    PlanId,
    PlannedLeg,
    PlanPurpose,
    SavedPlan,
)
from kraken_desk.domain.sweep import Difference, Skipped
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.dialogs.sweep import Step, SweepDialog, SweepSteps
from kraken_desk.ui.theme import Theme
from kraken_desk.ui.widgets.plain_table import PlainTable
from kraken_desk.ui.widgets.problem_card import ProblemCard
from tests.helpers.builders import NOW
from tests.helpers.wait import wait_until as until
from tests.ui.dialogs.fakes import child
from tests.ui.money_samples import DEMO, MASTER, MOMENTUM, USD

HOME, AWAY = Place(MASTER.account_id, "spot"), Place(MOMENTUM.account_id, "spot")
LEG = PlannedLeg(1, AWAY, HOME, USD, Decimal(60))
FOUND = Difference(
    (LEG,),
    (
        PlaceFigure(AWAY, USD, Decimal(100), Decimal(40)),
        PlaceFigure(HOME, USD, Decimal(5), Decimal(65)),
    ),
    (Skipped(AWAY, Asset("BTC"), Decimal(1), "dust"),),
)
PLAN = SavedPlan(PlanId("feed01"), DEMO.name, PlanPurpose.SWEEP, "home", NOW, (LEG,))


class FakeSweeps:
    """The services' doors of the dialog."""

    def __init__(self) -> None:
        self.found = FOUND
        self.asked: list[tuple[AccountId | None, Asset | None, Decimal]] = []
        self.funded: list[tuple[AccountId | None, Asset, Decimal]] = []

    def steps(self) -> SweepSteps:
        def name(place: Place) -> str:
            return f"{place.account} {place.wallet}"

        return SweepSteps((MASTER, MOMENTUM), (USD,), "Main", self._work_out, self._fund, name)

    async def _work_out(self, account: AccountId | None, asset: Asset | None, floor: Decimal) -> Difference:
        self.asked.append((account, asset, floor))
        return self.found

    async def _fund(self, account: AccountId | None, asset: Asset, target: Decimal) -> Difference:
        self.funded.append((account, asset, target))
        return self.found


@pytest.fixture
def sweeps() -> FakeSweeps:
    return FakeSweeps()


@pytest.fixture
def dialog(qtbot: QtBot, theme: Theme, sweeps: FakeSweeps) -> SweepDialog:
    made = SweepDialog(sweeps.steps(), TaskScope("test"), DEMO, theme)
    qtbot.addWidget(made)
    made.open()
    return made


async def test_the_difference_is_seen_before_anything_is_sent(
    dialog: SweepDialog, sweeps: FakeSweeps
) -> None:
    """Choices go to the planner; the legs, the figures, the total and what stays are shown."""
    child(dialog, QComboBox, "sweep_asset").setCurrentIndex(1)
    child(dialog, QLineEdit, "floor").setText("40")
    dialog.primary_button.click()
    await until(lambda: dialog.step is Step.PLAN)

    assert sweeps.asked == [(None, USD, Decimal(40))]
    assert child(dialog, PlainTable, "sweep_figures").rowCount() == 2
    assert "before and after" in child(dialog, QLabel, "sweep_total").text()
    assert "dust" in child(dialog, QLabel, "sweep_left").text()
    assert dialog.primary_button.text() == "Check 1 leg…"


async def test_what_was_seen_is_handed_on(dialog: SweepDialog) -> None:
    """The dialog sends nothing: it ends with the difference, whose legs are checked next."""
    dialog.primary_button.click()
    await until(lambda: dialog.step is Step.PLAN)
    dialog.primary_button.click()

    assert dialog.result() == QDialog.DialogCode.Accepted
    assert (dialog.difference, dialog.purpose, dialog.title) == (FOUND, PlanPurpose.SWEEP, "Sweep to Main")


async def test_funding_wants_an_asset_and_a_target(dialog: SweepDialog, sweeps: FakeSweeps) -> None:
    """Without either nothing is asked; with both the targets go to the planner."""
    child(dialog, QComboBox, "sweep_direction").setCurrentIndex(1)
    dialog.primary_button.click()
    assert child(dialog, ProblemCard, "problem").isVisible()
    child(dialog, QComboBox, "sweep_asset").setCurrentIndex(1)
    dialog.primary_button.click()
    assert child(dialog, QLabel, "floor_message").text()

    child(dialog, QLineEdit, "floor").setText("500")
    dialog.primary_button.click()
    await until(lambda: dialog.step is Step.PLAN)

    assert sweeps.funded == [(None, USD, Decimal(500))]
    assert sweeps.asked == []
    assert dialog.title == "Fund from Main"


async def test_nothing_to_move_sends_nothing(dialog: SweepDialog, sweeps: FakeSweeps) -> None:
    """Without legs the act is not possible."""
    sweeps.found = Difference((), (), ())
    dialog.primary_button.click()
    await until(lambda: dialog.step is Step.PLAN)

    assert not dialog.primary_button.isEnabled()


async def test_a_floor_that_is_no_amount_is_told_beside_it(dialog: SweepDialog, sweeps: FakeSweeps) -> None:
    """Nothing is asked of the services."""
    child(dialog, QComboBox, "sweep_asset").setCurrentIndex(1)
    child(dialog, QLineEdit, "floor").setText("a lot")
    dialog.primary_button.click()

    assert child(dialog, QLabel, "floor_message").text()
    assert sweeps.asked == []
