"""Values in the balances pane: totals, currencies, the chart, and the table that is saved."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel

from kraken_desk.domain.fees import FeeFacts, VolumeShare
from kraken_desk.domain.keys import Problem, Venue
from kraken_desk.domain.money import Asset
from kraken_desk.domain.prices import MarketPrice, PriceBook, Rates
from kraken_desk.services.fees import FeeSheet
from kraken_desk.ui.models.balances import BalanceColumn
from kraken_desk.ui.models.distribution import by_account
from kraken_desk.ui.models.fleet_figures import TreeWorths, worth_figure
from kraken_desk.ui.views.balances_worth import price_words
from kraken_desk.ui.views.money_facts import fee_facts
from kraken_desk.ui.widgets.fact_lines import FigureLine
from kraken_desk.ui.widgets.share_chart import LEGEND, ROW, ShareChart
from tests.helpers.wait import wait_until
from tests.ui.dialogs.fakes import child
from tests.ui.money_samples import BTC, MASTER, MOMENTUM, NOW, USD, a_balance, a_fleet, a_sheet, balances_of
from tests.ui.views.test_balances_pane import Opener, opened

__all__ = ["opened"]

PRICE = MarketPrice(BTC, USD, Decimal(100_000), Venue.SPOT, "BTC/USD", NOW - timedelta(seconds=12))
RATES = Rates(PriceBook((PRICE,)), USD)
FIGURES = balances_of(
    a_sheet(MASTER, a_balance("BTC", "1.5", "1"), a_balance("ODD", "3", "3")),
    a_sheet(MOMENTUM, a_balance("USD", "50000", "50000")),
)


async def test_values_totals_and_gaps_are_shown(opened: Opener) -> None:
    """Each row has its value, the head the total, what has no price is counted and named."""
    stage = opened()
    stage.desk.valuation.rates.publish(RATES)
    await stage.publish(FIGURES)

    model = stage.tree.model()
    values = [model.index(row, BalanceColumn.VALUE).data() for row in range(3)]
    assert values == ["150\u2009000.00", "not valued", "50\u2009000.00"]
    assert model.headerData(BalanceColumn.VALUE, Qt.Orientation.Horizontal) == "Value USD"
    assert child(stage.widget, QLabel, "balances-worth").text() == "200\u2009000.00"
    gaps = child(stage.widget, QLabel, "balances-not-valued")
    assert (gaps.text(), "ODD" in gaps.toolTip()) == ("1 not valued", True)


async def test_another_currency_is_asked_for(opened: Opener) -> None:
    """The choice goes to the profile; the pane follows the prices that come back."""
    stage = opened()
    await stage.publish(FIGURES)
    box = child(stage.widget, QComboBox, "balances-currency")

    box.textActivated.emit("EUR")

    await wait_until(lambda: stage.desk.valuation.chosen == ["EUR"])
    await wait_until(lambda: box.currentText() == "EUR")
    assert child(stage.widget, QLabel, "balances-worth").text() == "—"


async def test_the_chart_tells_shares_in_words_too(opened: Opener) -> None:
    """Largest first; a row under the pointer is lit; readers of the screen hear every row."""
    stage = opened()
    stage.desk.valuation.rates.publish(RATES)
    await stage.publish(FIGURES)

    child(stage.widget, QComboBox, "balances-face").setCurrentText("By asset")

    chart = child(stage.widget, ShareChart, "balances-chart")
    assert chart.isVisible()
    assert chart.accessibleName() == "Distribution by asset"
    assert chart.accessibleDescription().splitlines()[1:] == [
        "BTC: 150\u2009000.00 USD 75.0 %",
        "USD: 50\u2009000.00 USD 25.0 %",
        "ODD: 1 not valued",
    ]
    QTest.mouseMove(chart, QPoint(50, LEGEND + ROW + 5))
    assert [chart.row_at(y) for y in (5, LEGEND, LEGEND + ROW, LEGEND + 3 * ROW)] == [-1, 0, 1, -1]
    assert not chart.grab().isNull()


async def test_what_is_shown_is_saved_as_a_table(opened: Opener, tmp_path: Path) -> None:
    """Of the selected account alone; a place that cannot be written is told by the window."""
    stage = opened()
    stage.desk.valuation.rates.publish(RATES)
    await stage.publish(FIGURES)
    stage.selection.select_account(MOMENTUM.account_id)
    told: list[object] = []
    stage.bridge.failed.connect(told.append)

    stage.pane.export_to(str(tmp_path / "out.csv"))
    await wait_until(lambda: not stage.desk.scope.groups.value)
    stage.pane.export_to(str(tmp_path / "no" / "such"))

    await wait_until(lambda: told)
    lines = (tmp_path / "out.csv").read_text("utf-8").splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("demo,Momentum,Spot,spot,USD,,50000,50000,")


def test_accounts_are_compared_by_themselves() -> None:
    """A master's bar is its own money, not its subaccounts'."""
    slices = by_account(a_fleet(), FIGURES, RATES, None)

    assert [(s.name, str(s.share)) for s in slices] == [("Meridian Capital", "0.75"), ("Momentum", "0.25")]
    assert slices[0].figure == "1 not valued · 150\u2009000.00 USD"


def test_the_tree_shows_a_masters_total_with_all_below() -> None:
    """Kept while nothing changes; without prices there are no totals."""
    worths = TreeWorths()

    totals = worths.of(a_fleet(), FIGURES.by_account(), RATES)

    assert worth_figure(totals[MASTER.account_id]) == ("1 not valued · 200\u2009000.00 USD", False)
    assert worth_figure(totals[MOMENTUM.account_id])[0] == "50\u2009000.00 USD"
    assert worths.of(a_fleet(), FIGURES.by_account(), Rates(PriceBook(), USD)) == {}


def test_the_age_of_prices_is_told_and_warned_of() -> None:
    """Old ones and failed readings are amber; no prices at all say why."""
    down = Problem("UnavailableError", "Kraken did not answer")
    worth = TreeWorths().of(a_fleet(), FIGURES.by_account(), RATES)[MASTER.account_id]

    assert price_words(worth, RATES, NOW) == ("prices 12 s ago", False)
    assert price_words(worth, RATES, NOW + timedelta(minutes=3))[1]
    assert price_words(None, Rates(PriceBook((), down), USD), NOW) == (
        "no prices: Kraken did not answer",
        True,
    )


def test_fees_stand_in_the_masters_details() -> None:
    """Volume, what each subaccount contributes, and the rest; what Kraken does not tell says so."""
    assert MOMENTUM.iiban is not None
    facts = FeeFacts(
        Asset("USD"),
        Decimal(100),
        NOW,
        maker=Decimal("0.2"),
        shares=(VolumeShare(MOMENTUM.iiban, Decimal(30)),),
    )

    told = fee_facts(a_fleet(), FeeSheet(MASTER.account_id, facts), NOW)
    shown = {fact.label: fact.text for fact in told}
    contributed = next(fact.figures for fact in told if fact.label == "Contributed")

    assert shown["30-day volume"] == "100.00 USD"
    assert contributed == (FigureLine("30.00 USD", "Momentum"), FigureLine("70.00 USD", "The rest"))
    assert shown["Fees"] == "maker 0.20 %, taker not told by Kraken"
    assert shown["Next tier"] == "not told by Kraken"
