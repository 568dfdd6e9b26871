"""The sweep dialog: the difference before the act, one yes, every leg's end, and a stop told plainly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.legs import Place
from kraken_desk.domain.limits import Consent
from kraken_desk.domain.money import Asset
from kraken_desk.domain.plans import (
    LegState,
    PlaceFigure,
    PlanId,
    PlannedLeg,
    PlanPurpose,
    PlanStanding,
    SavedPlan,
    standing_of,
)
from kraken_desk.domain.sweep import Difference, Skipped
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.dialogs.sweep import Step, SweepDialog, SweepSteps
from kraken_desk.ui.theme import Theme
from kraken_desk.ui.widgets.plain_table import PlainTable
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
        self.said: list[Consent] = []
        self.end = LegState.DONE

    def steps(self) -> SweepSteps:
        def name(place: Place) -> str:
            return f"{place.account} {place.wallet}"

        return SweepSteps((MASTER, MOMENTUM), (USD,), "Main", self._work_out, self._run, name, name)

    async def _work_out(self, account: AccountId | None, asset: Asset | None, floor: Decimal) -> Difference:
        self.asked.append((account, asset, floor))
        return self.found

    async def _run(
        self, _difference: Difference, consent: Consent, progress: Callable[[PlanStanding], None]
    ) -> PlanStanding:
        self.said.append(consent)
        standing = standing_of(PLAN, ())
        progress(standing)
        return replace(standing, legs=tuple(replace(leg, state=self.end) for leg in standing.legs))


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
    assert dialog.primary_button.text() == "Send 1 leg"
    assert sweeps.said == []


async def test_one_yes_sends_the_plan(dialog: SweepDialog, sweeps: FakeSweeps) -> None:
    """The yes confirms the destination; the end is told leg by leg."""
    dialog.primary_button.click()
    await until(lambda: dialog.step is Step.PLAN)
    dialog.primary_button.click()
    await until(lambda: dialog.step is Step.RESULT)

    assert sweeps.said == [Consent(destination=True)]
    assert child(dialog, QLabel, "sweep_outcome").text() == "Every leg is confirmed."


async def test_a_stop_says_where_and_how_to_go_on(dialog: SweepDialog, sweeps: FakeSweeps) -> None:
    """A leg in doubt ends the run; the words for resuming are there."""
    sweeps.end = LegState.IN_DOUBT
    dialog.primary_button.click()
    await until(lambda: dialog.step is Step.PLAN)
    dialog.primary_button.click()
    await until(lambda: dialog.step is Step.RESULT)

    text = child(dialog, QLabel, "sweep_outcome").text()
    assert "Leg 1 is in doubt." in text
    assert "kraken-desk sweep resume feed01" in text


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
