"""The balances model: applied by difference, formatted exactly, copied as plain digits."""

from collections.abc import Iterator
from datetime import UTC

import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.logging import _QtMessageCapture

from kraken_desk.domain.balances import BalancesSnapshot
from kraken_desk.domain.keys import Problem
from kraken_desk.ui.models.balances import BalanceColumn, BalancesModel, is_faint
from kraken_desk.ui.models.balances_rows import build_view
from tests.ui.money_samples import MASTER, MOMENTUM, NOW, a_balance, a_fleet, a_sheet, balances_of

FLEET = a_fleet()
FAILED = Problem("UnavailableError", "Kraken did not answer", "No answer within 15 s.")
ONE = balances_of(
    a_sheet(MASTER, a_balance("BTC", "1.25", "1", hold="0.25"), a_balance("USD", "48210.5", "0"))
)
TWO = balances_of(
    a_sheet(
        MASTER,
        a_balance("BTC", "1.25", "1", hold="0.25"),
        a_balance("EUR", "3", "3"),
        a_balance("USD", "7", "7"),
    ),
    a_sheet(MOMENTUM, a_balance("USD", "1000", "1000"), a_balance("XRP", "5", None, part="M")),
)


@pytest.fixture
def model(qtlog: _QtMessageCapture) -> Iterator[BalancesModel]:
    """Return a model that Qt's own tester watches for the whole test."""
    watched = BalancesModel(lambda: NOW, zone=UTC)
    tester = QAbstractItemModelTester(watched, QAbstractItemModelTester.FailureReportingMode.Warning)
    yield watched
    del tester
    assert [record.message for record in qtlog.records] == []


def show(model: BalancesModel, snapshot: BalancesSnapshot) -> None:
    model.apply(build_view(FLEET, snapshot).lines)


def texts(model: BalancesModel, row: int, parent: int | None = None) -> list[str]:
    above = model.index(parent, 0) if parent is not None else None
    return [str(model.index(row, column, above).data()) for column in range(model.columnCount())]


def test_figures_are_written_exactly(model: BalancesModel) -> None:
    """Every digit is shown, thousands grouped by thin spaces, zero as a figure."""
    show(model, ONE)

    assert texts(model, 0) == ["BTC", "Meridian Capital · Spot", "1.25", "1.00", "0.25", "—", "14:02:11"]
    assert texts(model, 1)[2:5] == ["48\u2009210.50", "0.00", "—"]


def test_unknown_zero_and_stale_look_different(model: BalancesModel) -> None:
    """Unknown is a dash with its meaning, zero a faint figure, stale says so in the time's column."""
    stale = balances_of(a_sheet(MOMENTUM, a_balance("USD", "0", None), problem=FAILED))

    show(model, stale)

    unknown = model.index(0, BalanceColumn.AVAILABLE)
    assert (unknown.data(), unknown.data(Qt.ItemDataRole.ToolTipRole)) == (
        "—",
        "Kraken reports no such figure here",
    )
    assert model.index(0, BalanceColumn.TOTAL).data() == "0.00"
    line = model.line(model.index(0, 0))
    assert line is not None
    assert is_faint(line, BalanceColumn.TOTAL)
    assert model.index(0, BalanceColumn.AS_OF).data() == "14:02:11 · stale"
    assert "No answer within 15 s." in model.index(0, BalanceColumn.AS_OF).data(Qt.ItemDataRole.ToolTipRole)


def test_a_new_view_is_applied_by_difference(model: BalancesModel) -> None:
    """Rows that stay keep their persistent indexes; others come and go around them."""
    show(model, ONE)
    btc = QPersistentModelIndex(model.index(0, 0))
    usd = QPersistentModelIndex(model.index(1, 0))

    show(model, TWO)

    assert [texts(model, row)[0] for row in range(model.rowCount())] == ["BTC", "EUR", "USD", "XRP"]
    assert (btc.row(), usd.row()) == (0, 2)
    assert usd.data() == "USD"


def test_places_appear_and_vanish_below_their_asset(model: BalancesModel) -> None:
    """An asset gets children when a second place holds it, and loses them again."""
    show(model, ONE)
    before = model.rowCount(model.index(1, 0))

    show(model, TWO)
    places = [texts(model, row, parent=2)[1] for row in range(model.rowCount(model.index(2, 0)))]
    show(model, ONE)

    assert before == 0
    assert places == ["Meridian Capital · Spot", "Momentum · Spot"]
    assert model.rowCount(model.index(1, 0)) == 0


def test_only_what_changed_is_announced(model: BalancesModel) -> None:
    """Equal snapshots announce nothing; one changed figure announces its row."""
    announced: list[int] = []
    show(model, ONE)
    model.dataChanged.connect(lambda left, _right, _roles: announced.append(left.row()))

    show(model, ONE)
    quiet = list(announced)
    show(
        model,
        balances_of(a_sheet(MASTER, a_balance("BTC", "1.25", "1", hold="0.25"), a_balance("USD", "2", "0"))),
    )

    assert quiet == []
    assert announced == [1]


def test_everything_can_go(model: BalancesModel) -> None:
    """An empty view empties the model."""
    show(model, TWO)

    show(model, balances_of())

    assert model.rowCount() == 0


def test_rows_are_copied_as_plain_digits(model: BalancesModel) -> None:
    """A copied row holds ungrouped amounts and an exact UTC time; unknown says so."""
    show(model, ONE)

    copied = model.text_of_rows([model.index(1, 0)])

    assert copied == (
        "Asset\tWhere\tTotal\tAvailable\tOn hold\tValue\tAs of\n"
        "USD\tMeridian Capital · Spot\t48210.5\t0\tnot reported\tnot valued\t2026-11-20 14:02:11 UTC"
    )


def test_screen_readers_hear_column_and_amount(model: BalancesModel) -> None:
    """Each cell's accessible text names its column and the asset."""
    show(model, ONE)

    spoken = model.index(0, BalanceColumn.TOTAL).data(Qt.ItemDataRole.AccessibleTextRole)

    assert spoken == "Total 1.25 BTC"
