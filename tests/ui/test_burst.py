"""A burst of balance updates, small: what it makes the window build and draw, counted, not timed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from PySide6.QtCore import QModelIndex
from pytestqt.qtbot import QtBot

from kraken_desk.domain.balances import BalanceSheet, BalancesSnapshot
from kraken_desk.domain.fleet import FleetSnapshot
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.prices import MarketPrice, PriceBook, Rates
from kraken_desk.ui.models.account_tree import AccountTreeModel
from kraken_desk.ui.models.balances import BalanceColumn, BalancesModel
from kraken_desk.ui.models.balances_rows import ViewBuilder
from kraken_desk.ui.theme import Theme
from kraken_desk.ui.views.fleet_tree import FleetTree
from tests.helpers.builders import (
    BTC,
    LAB,
    NOW,
    USD,
    a_balance,
    a_key,
    a_master_with,
    a_node,
    an_account,
)

ACCOUNTS = 12
PRICES = PriceBook((MarketPrice(BTC, USD, Decimal(50_000), Venue.SPOT, "BTCUSD", NOW),))


class Burst:
    """A master with a dozen subaccounts, each holding dollars and bitcoin, and what is told of them."""

    def __init__(self) -> None:
        nodes = tuple(a_node(an_account(number)) for number in range(2, ACCOUNTS + 2))
        self.fleet: FleetSnapshot = a_master_with(a_key(1), below=nodes)
        self.rates = Rates(PRICES, USD)
        self.sheets = {
            node.account.account_id: BalanceSheet(
                node.account.account_id, Venue.SPOT, (a_balance("0.5", BTC), a_balance("100", USD)), NOW
            )
            for node in nodes
        }
        self.ids = list(self.sheets)

    def snapshot(self) -> BalancesSnapshot:
        return BalancesSnapshot(LAB.name, tuple(self.sheets.values()))

    def update(self, number: int, dollars: str) -> BalancesSnapshot:
        """Tell other dollars of one account."""
        account_id = self.ids[number]
        sheet = self.sheets[account_id]
        bitcoin, usd = sheet.rows
        self.sheets[account_id] = replace(sheet, rows=(bitcoin, replace(usd, total=Decimal(dollars))))
        return self.snapshot()


def test_an_update_redraws_the_rows_it_concerns(theme: Theme, qtbot: QtBot) -> None:
    """Of the tree, the changed account and the master above it are drawn anew, and nothing else."""
    burst, tree, model = Burst(), FleetTree(theme), AccountTreeModel()
    qtbot.addWidget(tree)
    tree.setModel(model)
    model.apply(burst.fleet, NOW)
    tree.open_all_but(frozenset())
    model.apply_rates(burst.rates, NOW)
    model.apply_balances(burst.snapshot(), NOW)
    tree.resize(900, 700)
    with qtbot.waitExposed(tree):
        tree.show()
    qtbot.waitUntil(lambda: tree.pictures.drawn >= ACCOUNTS)
    qtbot.wait(50)  # everything that showing a window paints
    drawn, announced = tree.pictures.drawn, []
    model.dataChanged.connect(lambda first, _last: announced.append(first.row()))

    model.apply_balances(burst.update(3, "175.25"), NOW)
    qtbot.waitUntil(lambda: tree.pictures.drawn - drawn >= 2)
    qtbot.wait(50)

    assert len(announced) == 2
    assert tree.pictures.drawn - drawn == 2


def test_an_update_makes_the_lines_it_concerns() -> None:
    """Of the pane's lines, the changed place and its asset are made anew, all others are the same objects."""
    burst, views = Burst(), ViewBuilder()
    before = views.build(burst.fleet, burst.snapshot(), rates=burst.rates)

    after = views.build(burst.fleet, burst.update(3, "175.25"), rates=burst.rates)

    [bitcoin, dollars] = after.lines
    assert bitcoin is before.lines[0]
    made = [
        now.place for now, old in zip(dollars.places, before.lines[1].places, strict=True) if now is not old
    ]
    assert len(made) == 1
    assert dollars.total == Decimal("1275.25")
    assert after.worth is not None
    assert after.worth.value == Decimal("1275.25") + 6 * 50_000


def test_places_that_nobody_sees_are_not_written() -> None:
    """Texts are made for the lines of assets; of their places only when one is open."""
    burst, views = Burst(), ViewBuilder()
    model = BalancesModel(lambda: NOW)
    model.apply(views.build(burst.fleet, burst.snapshot(), rates=burst.rates).lines)

    closed = model.texts(lambda _index: False)
    open_dollars = model.texts(lambda index: QModelIndex(index).row() == 1)

    assert len(closed[BalanceColumn.TOTAL]) == 2
    assert len(open_dollars[BalanceColumn.TOTAL]) == 2 + ACCOUNTS


def test_figures_end_as_the_last_update_told() -> None:
    """After many updates every line says what was told last, exactly."""
    burst, views = Burst(), ViewBuilder()
    model = BalancesModel(lambda: NOW)
    for step in range(200):
        told = burst.update(step % ACCOUNTS, f"{step}.125")
        model.apply(views.build(burst.fleet, told, rates=burst.rates).lines)

    [_, dollars] = views.build(burst.fleet, burst.snapshot(), rates=burst.rates).lines
    expected = sum(Decimal(f"{step}.125") for step in range(188, 200))
    assert dollars.total == expected == Decimal("2323.500")
    texts = model.texts(lambda _index: False)[BalanceColumn.TOTAL]
    assert texts[1].replace("\N{THIN SPACE}", "") == "2323.50"
