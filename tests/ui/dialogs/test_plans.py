"""Plans in the window: the form with any wallets, the run leg by leg, and the list."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from kraken_desk.domain.errors import OneTimePasswordError
from kraken_desk.domain.keys import KeyId
from kraken_desk.domain.legs import LegKind, Place
from kraken_desk.domain.limits import Breach, Consent, Cure
from kraken_desk.domain.money import Asset
from kraken_desk.domain.plans import (
    LegState,
    PlanId,
    PlannedLeg,
    PlanPurpose,
    PlanStanding,
    SavedPlan,
    standing_of,
)
from kraken_desk.domain.route_keys import Closure, Obstacle
from kraken_desk.domain.routes import Leg, Way
from kraken_desk.domain.transfers import PlanCheck
from kraken_desk.services.plan_checks import LegCheck
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.dialogs.legs import LegsDialog, LegsSteps
from kraken_desk.ui.dialogs.plan_run import PlanDialog, PlanSteps, Step
from kraken_desk.ui.dialogs.plans import PlansDialog, PlansSteps
from kraken_desk.ui.theme import Theme
from kraken_desk.ui.widgets.amount_edit import AmountEdit
from kraken_desk.ui.widgets.plain_table import PlainTable
from kraken_desk.ui.widgets.problem_card import ProblemCard
from tests.helpers.builders import NOW
from tests.helpers.wait import wait_until as until
from tests.ui.dialogs.fakes import child
from tests.ui.money_samples import DEMO, MASTER, MOMENTUM, USD

CASH, MASTER_CASH = Place(MOMENTUM.account_id, "cash"), Place(MASTER.account_id, "cash")
HOME = Place(MASTER.account_id, "spot")
LEGS = (
    PlannedLeg(1, CASH, MASTER_CASH, USD, Decimal(60)),
    PlannedLeg(2, MASTER_CASH, HOME, USD, Decimal(60)),
)
PLAN = SavedPlan(PlanId(""), DEMO.name, PlanPurpose.TRANSFER, "60 USD home", NOW, LEGS)
NO_RIGHT = Closure(
    Obstacle.MISSING_RIGHT, "“futures desk” lacks the right to withdraw.", "Give it the right."
)


def name(place: Place) -> str:
    return f"{place.account} {place.wallet}"


def cells(table: PlainTable, column: int) -> list[str]:
    found = [table.item(row, column) for row in range(table.rowCount())]
    return [item.text() for item in found if item is not None]


def text(dialog: QDialog, label: str) -> str:
    found = child(dialog, QLabel, label)
    return found.text() if found.isVisible() else ""


async def _at_once() -> None:
    """Be there already."""


class FakePlans:
    """The services' doors of the plan's dialog: runs as told, and remembers."""

    def __init__(self) -> None:
        self.standing = standing_of(replace(PLAN, plan_id=PlanId("feed01")), ())
        self.breaches: tuple[Breach, ...] = ()
        self.stop = ""
        self.wants_code = False
        self.ends: list[list[LegState] | Exception] = [[LegState.DONE, LegState.DONE]]
        self.begun = 0
        self.said: list[tuple[PlanId, Consent, str]] = []
        self.told: list[object] = []
        self.on_the_way: Callable[[], Coroutine[Any, Any, None]] = _at_once

    def steps(self) -> PlanSteps:
        return PlanSteps(self._begin, self._read, self._checks, self._run, name)

    async def _begin(self) -> PlanId:
        self.begun += 1
        return PlanId("feed01")

    async def _read(self, _plan_id: PlanId) -> PlanStanding:
        return self.standing

    async def _checks(self, standing: PlanStanding) -> tuple[LegCheck, ...]:
        stops = (PlanCheck("route closed", False, self.stop),) if self.stop else ()
        return tuple(
            LegCheck(
                item.leg,
                "transfer/subaccount",
                KeyId("k"),
                "futures desk",
                MASTER.label,
                stops,
                self.breaches,
                self.wants_code,
            )
            for item in standing.legs
            if item.state is not LegState.DONE
        )

    async def _run(
        self, plan_id: PlanId, consent: Consent, otp: str, progress: Callable[[PlanStanding], object]
    ) -> PlanStanding:
        self.said.append((plan_id, consent, otp))
        end = self.ends.pop(0)
        if isinstance(end, Exception):
            raise end
        legs = zip(self.standing.legs, end, strict=True)
        self.standing = replace(self.standing, legs=tuple(replace(leg, state=s) for leg, s in legs))
        await self.on_the_way()
        self.told.append(progress(self.standing))
        return self.standing


@pytest.fixture
def plans() -> FakePlans:
    return FakePlans()


@pytest.fixture
async def scope() -> AsyncIterator[TaskScope]:
    scope = TaskScope("test")
    yield scope
    await scope.close()


Opened = Callable[..., PlanDialog]


@pytest.fixture
def opened(qtbot: QtBot, theme: Theme, scope: TaskScope, plans: FakePlans) -> Opened:
    def open_dialog(standing: PlanStanding | None = None) -> PlanDialog:
        dialog = PlanDialog(standing or standing_of(PLAN, ()), plans.steps(), scope, DEMO, theme)
        qtbot.addWidget(dialog)
        dialog.open()
        return dialog

    return open_dialog


async def test_legs_are_checked_sent_and_told(opened: Opened, plans: FakePlans) -> None:
    """Each leg stands there with endpoint and key; the plan is saved when it is agreed to, not before."""
    dialog = opened()
    await until(lambda: dialog.step is Step.READY)
    table = child(dialog, PlainTable, "plan_legs")
    assert cells(table, 3) == ["transfer/subaccount"] * 2
    assert cells(table, 4) == ["futures desk"] * 2
    assert (plans.begun, dialog.primary_button.text()) == (0, "Send 2 legs")

    dialog.primary_button.click()
    await until(lambda: dialog.step is Step.ENDED)

    assert plans.begun == 1
    assert cells(table, 5) == ["done", "done"]


async def test_a_window_that_has_gone_lets_no_leg_follow(
    opened: Opened, plans: FakePlans, scope: TaskScope
) -> None:
    """Closed while a leg is on its way, and taken away since, the dialog ends the plan behind that leg."""
    dialog, arrived = opened(), asyncio.Event()

    async def arrives() -> None:
        await arrived.wait()

    plans.on_the_way = arrives
    await until(lambda: dialog.step is Step.READY)
    dialog.primary_button.click()
    await until(lambda: bool(plans.said))

    dialog.reject()
    delete(child(dialog, PlainTable, "plan_legs"))
    arrived.set()
    await until(lambda: not scope.groups.value)

    assert plans.told == [False]


async def test_a_stop_is_told_and_nothing_can_be_sent(opened: Opened, plans: FakePlans) -> None:
    """A check that does not hold shows its reason; the button only checks again."""
    plans.stop = NO_RIGHT.text
    dialog = opened()
    await until(lambda: text(dialog, "plan_stops") != "")

    assert text(dialog, "plan_stops").startswith("Leg 1: “futures desk” lacks")
    assert dialog.primary_button.text() == "Check again"
    plans.stop = ""
    dialog.primary_button.click()
    await until(lambda: dialog.step is Step.READY)
    assert plans.said == []


async def test_a_name_and_a_code_are_asked_for_and_wiped(opened: Opened, plans: FakePlans) -> None:
    """Send stays shut until both are there; the code's field is empty after its use."""
    plans.breaches = (Breach("typed-above", "60.00 USD is above 10.00 USD.", "", Cure.TYPE),)
    plans.wants_code = True
    dialog = opened()
    await until(lambda: dialog.step is Step.READY)
    assert not dialog.primary_button.isEnabled()

    child(dialog, QLineEdit, "typed_name").setText(MASTER.label.lower())
    assert not dialog.primary_button.isEnabled()
    child(dialog, QLineEdit, "otp").setText("123456")
    dialog.primary_button.click()

    assert child(dialog, QLineEdit, "otp").text() == ""
    await until(lambda: bool(plans.said))
    [(_, consent, code)] = plans.said
    assert MASTER.label.lower() in consent.typed.splitlines()
    assert code == "123456"


async def test_a_first_use_is_ticked(opened: Opened, plans: FakePlans) -> None:
    """The destination is confirmed once for all legs."""
    plans.breaches = (Breach("first use", "New.", "", Cure.CONFIRM),)
    dialog = opened()
    await until(lambda: dialog.step is Step.READY)
    assert not dialog.primary_button.isEnabled()

    child(dialog, QCheckBox, "confirm_destination").setChecked(True)

    assert dialog.primary_button.isEnabled()


async def test_a_doubt_ends_the_run(opened: Opened, plans: FakePlans) -> None:
    """What it means is said, and the dialog offers nothing that sends."""
    plans.ends = [[LegState.DONE, LegState.IN_DOUBT]]
    dialog = opened()
    await until(lambda: dialog.step is Step.READY)
    dialog.primary_button.click()
    await until(lambda: dialog.step is Step.ENDED)

    assert "may or may not have moved" in text(dialog, "plan_stops")
    assert dialog.primary_button.text() == "Close"


async def test_a_second_code_continues_the_same_plan(opened: Opened, plans: FakePlans) -> None:
    """A leg that lacked its code was not sent; the plan goes on behind the done one, saved only once."""
    half = replace(plans.standing, legs=tuple(plans.standing.legs))
    plans.ends = [OneTimePasswordError("A one-time password is needed"), [LegState.DONE, LegState.DONE]]
    plans.standing = replace(half, legs=(replace(half.legs[0], state=LegState.DONE), half.legs[1]))
    dialog = opened()
    await until(lambda: dialog.step is Step.READY)
    dialog.primary_button.click()
    await until(lambda: child(dialog, ProblemCard, "problem").isVisible() and not dialog.busy)
    await until(lambda: dialog.primary_button.text() == "Check again")
    dialog.primary_button.click()
    await until(lambda: dialog.step is Step.READY)
    assert dialog.primary_button.text() == "Continue: send 1 leg"

    dialog.primary_button.click()
    await until(lambda: dialog.step is Step.ENDED)

    assert plans.begun == 1
    assert [said[0] for said in plans.said] == ["feed01", "feed01"]


def legs_steps(way: Way) -> LegsSteps:
    return LegsSteps(
        places=lambda: (CASH, MASTER_CASH, HOME),
        label=name,
        short=name,
        way=lambda *_: way,
        held=lambda place: (USD, Asset("BTC")) if place == CASH else (),
        available=lambda *_: Decimal(100),
        decimals=lambda *_: 4,
    )


def choose_ends(dialog: LegsDialog) -> None:
    child(dialog, QComboBox, "from_place").setCurrentIndex(0)
    child(dialog, QComboBox, "to_place").setCurrentIndex(2)


async def test_the_form_shows_the_legs(qtbot: QtBot, theme: Theme) -> None:
    """Wallets chosen, the legs stand in order with endpoint and key; an amount leads to the review."""
    legs = (
        Leg(LegKind.FUTURES_ACCOUNTS, CASH, MASTER_CASH, KeyId("k"), "futures desk"),
        Leg(LegKind.WITHDRAWAL, MASTER_CASH, HOME, KeyId("k"), "futures desk"),
    )
    dialog = LegsDialog(legs_steps(Way(CASH, HOME, legs)), DEMO, theme)
    qtbot.addWidget(dialog)
    dialog.open()
    choose_ends(dialog)
    table = child(dialog, PlainTable, "way_legs")
    assert cells(table, 2) == ["transfer/subaccount", "withdrawal"]

    child(dialog, AmountEdit, "legs_amount").setText("101")
    dialog.primary_button.click()
    assert dialog.isVisible()
    assert "More than is available" in text(dialog, "legs_amount_message")
    child(dialog, AmountEdit, "legs_amount").setText("60")
    dialog.primary_button.click()

    assert dialog.result() == QDialog.DialogCode.Accepted
    assert (dialog.asset, dialog.quantity) == (USD, Decimal(60))


async def test_a_closed_way_says_why(qtbot: QtBot, theme: Theme) -> None:
    """The reason and what opens it stand in the form, and nothing leads on."""
    legs = (Leg(LegKind.WITHDRAWAL, CASH, HOME, closures=(NO_RIGHT,)),)
    dialog = LegsDialog(legs_steps(Way(CASH, HOME, legs)), DEMO, theme)
    qtbot.addWidget(dialog)
    dialog.open()
    choose_ends(dialog)

    assert NO_RIGHT.text in text(dialog, "way_closed")
    assert text(dialog, "way_hints") == "Give it the right."
    assert not dialog.primary_button.isEnabled()


async def test_the_list_continues_and_forgets(qtbot: QtBot, theme: Theme, scope: TaskScope) -> None:
    """A plan left half-way says how far it came; only one never begun can be forgotten."""
    fresh = standing_of(replace(PLAN, plan_id=PlanId("a")), ())
    half = replace(fresh, legs=(replace(fresh.legs[0], state=LegState.DONE), fresh.legs[1]))
    kept, removed = [half, fresh], list[PlanId]()

    async def every() -> tuple[PlanStanding, ...]:
        return tuple(kept)

    async def remove(plan_id: PlanId) -> None:
        removed.append(plan_id)
        kept.pop()

    dialog = PlansDialog(PlansSteps(every, remove, lambda _: "legs"), scope, DEMO, theme)
    qtbot.addWidget(dialog)
    dialog.open()
    table = child(dialog, PlainTable, "plans")
    await until(lambda: table.rowCount() == 2)
    assert dialog.primary_button.text() == "Continue (1 of 2 done)…"

    table.selectRow(1)
    child(dialog, QPushButton, "remove_plan").click()
    await until(lambda: table.rowCount() == 1)
    dialog.primary_button.click()

    assert removed == ["a"]
    assert dialog.chosen == half
