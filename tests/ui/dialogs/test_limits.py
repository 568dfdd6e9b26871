"""The limits dialog: rules are set, shown with their use, and taken away; read only is one tick."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from kraken_desk.domain.limits import Limit, LimitId, LimitKind, Standing
from kraken_desk.domain.money import Asset
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.dialogs.limits import LimitsDialog, LimitSteps, RuleEnds
from kraken_desk.ui.theme import Theme
from kraken_desk.ui.widgets.plain_table import PlainTable
from tests.helpers.builders import NOW
from tests.helpers.wait import wait_until as until
from tests.ui.dialogs.fakes import child
from tests.ui.money_samples import DEMO, MASTER, MOMENTUM


class FakeLimits:
    """The services' doors of the dialog, on a list."""

    def __init__(self) -> None:
        self.limits: list[Limit] = []
        self.on = False

    def steps(self) -> LimitSteps:
        return LimitSteps(
            self._standing,
            self._add,
            self._remove,
            lambda a: a or "any account",
            self._is_on,
            self._turn,
            (MASTER, MOMENTUM),
        )

    async def _standing(self) -> Standing:
        return Standing(tuple(self.limits), (), {limit.limit_id: Decimal(7) for limit in self.limits})

    async def _add(
        self,
        kind: LimitKind,
        amount: Decimal | None,
        currency: Asset | None,
        seconds: int | None,
        ends: RuleEnds,
    ) -> None:
        number = LimitId(str(len(self.limits)))
        self.limits.append(
            Limit(number, DEMO.name, kind, NOW, *ends, currency=currency, amount=amount, seconds=seconds)
        )

    async def _remove(self, limit_id: str) -> None:
        self.limits = [limit for limit in self.limits if limit.limit_id != limit_id]

    async def _is_on(self) -> bool:
        return self.on

    async def _turn(self, on: bool) -> None:
        self.on = on


@pytest.fixture
def limits() -> FakeLimits:
    return FakeLimits()


@pytest.fixture
def opened(qtbot: QtBot, theme: Theme, limits: FakeLimits) -> Callable[[], LimitsDialog]:
    def make() -> LimitsDialog:
        dialog = LimitsDialog(limits.steps(), TaskScope("test"), DEMO, theme)
        qtbot.addWidget(dialog)
        dialog.open()
        return dialog

    return make


async def test_a_limit_is_set_and_taken_away(opened: Callable[[], LimitsDialog], limits: FakeLimits) -> None:
    """It stands in the table with what is used of it until it is removed."""
    dialog = opened()
    rules = child(dialog, PlainTable, "limit_rules")
    child(dialog, QComboBox, "limit_kind").setCurrentIndex(1)
    child(dialog, QLineEdit, "limit_amount").setText("50000")
    await until(lambda: not dialog._work.running)
    child(dialog, QPushButton, "set_limit").click()
    await until(lambda: rules.rowCount() == 1)

    assert [(limit.kind, limit.amount, limit.currency) for limit in limits.limits] == [
        (LimitKind.PER_DAY, Decimal(50000), "USD")
    ]
    rules.selectRow(0)
    child(dialog, QPushButton, "remove_limit").click()
    await until(lambda: rules.rowCount() == 0)
    assert limits.limits == []


async def test_a_limit_that_is_no_amount_is_told(
    opened: Callable[[], LimitsDialog], limits: FakeLimits
) -> None:
    """The error stands beside the field; nothing is set."""
    dialog = opened()
    await until(lambda: not dialog._work.running)
    child(dialog, QLineEdit, "limit_amount").setText("much")
    child(dialog, QPushButton, "set_limit").click()

    assert child(dialog, QLabel, "limit_amount_message").text()
    assert limits.limits == []


async def test_read_only_is_one_tick(opened: Callable[[], LimitsDialog], limits: FakeLimits) -> None:
    """The switch is turned at once."""
    dialog = opened()
    await until(lambda: not dialog._work.running)
    child(dialog, QCheckBox, "read_only").click()

    await until(lambda: limits.on)


async def test_a_route_is_allowed_and_a_limit_is_of_one_route(
    opened: Callable[[], LimitsDialog], limits: FakeLimits
) -> None:
    """Both ends go to the rule; allowing a route wants no amount."""
    dialog = opened()
    rules = child(dialog, PlainTable, "limit_rules")
    await until(lambda: not dialog._work.running)
    child(dialog, QComboBox, "limit_from").setCurrentIndex(2)
    child(dialog, QComboBox, "limit_to").setCurrentIndex(1)
    child(dialog, QLineEdit, "limit_amount").setText("500")
    child(dialog, QPushButton, "set_limit").click()
    await until(lambda: rules.rowCount() == 1)
    child(dialog, QComboBox, "limit_kind").setCurrentIndex(4)
    assert not child(dialog, QLineEdit, "limit_amount").isVisible()
    child(dialog, QPushButton, "set_limit").click()
    await until(lambda: rules.rowCount() == 2)

    assert [(limit.kind, limit.source, limit.destination, limit.amount) for limit in limits.limits] == [
        (LimitKind.PER_TRANSFER, MOMENTUM.account_id, MASTER.account_id, Decimal(500)),
        (LimitKind.ALLOWED_ROUTE, MOMENTUM.account_id, MASTER.account_id, None),
    ]
