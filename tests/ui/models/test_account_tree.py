"""The tree model: what a snapshot changes, and what stays where it is."""

import gc
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QStandardItem
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy
from PySide6.QtWidgets import QApplication
from shiboken6 import delete, isValid

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.balances import BalanceSheet, BalancesSnapshot
from kraken_desk.domain.fleet import FleetSnapshot
from kraken_desk.domain.keys import SlotId, Venue
from kraken_desk.ui.models.account_tree import AccountTreeModel
from kraken_desk.ui.models.fleet_rows import AccountRow, Column
from tests.helpers.builders import (
    LAB,
    NOW,
    a_balance,
    a_key,
    a_master,
    a_master_with,
    a_node,
    an_account,
)

FATAL = QAbstractItemModelTester.FailureReportingMode.Fatal


@pytest.fixture
def model(qapp: QApplication) -> Iterator[AccountTreeModel]:
    """Return a model that is watched by Qt's tester for the whole test."""
    watched = AccountTreeModel()
    tester = QAbstractItemModelTester(watched, FATAL)
    yield watched
    delete(tester)  # before its model, whatever the collector would choose
    delete(watched)


def a_fleet() -> FleetSnapshot:
    """Return a master with two keys and two subaccounts of one key each."""
    return a_master_with(
        a_key(1, name="monitor"),
        a_key(2, name="treasury"),
        below=(
            a_node(an_account(2, label="Momentum"), a_key(3, name="momentum")),
            a_node(an_account(3, label="Basis"), a_key(4, name="basis")),
        ),
    )


def names(model: QAbstractItemModel, parent: QModelIndex | None = None) -> list[object]:
    """Return the tree as nested lists of names."""
    above = parent or QModelIndex()
    found: list[object] = []
    for row in range(model.rowCount(above)):
        index = model.index(row, 0, above)
        below = names(model, index)
        found.append([index.data(), below] if below else index.data())
    return found


def test_keys_stand_before_subaccounts(model: AccountTreeModel) -> None:
    """A master's own keys come first, then its subaccounts with theirs, in the snapshot's order."""
    model.apply(a_fleet(), NOW)

    assert names(model) == [
        ["Main", ["monitor", "treasury", ["Momentum", ["momentum"]], ["Basis", ["basis"]]]]
    ]


def test_the_same_snapshot_changes_nothing(model: AccountTreeModel) -> None:
    """A snapshot equal to the last one repaints no row."""
    model.apply(a_fleet(), NOW)
    changed = QSignalSpy(model.dataChanged)

    model.apply(a_fleet(), NOW)

    assert changed.count() == 0


def test_rows_that_stay_keep_their_place(model: AccountTreeModel) -> None:
    """A persistent index follows its key while others come and go around it."""
    model.apply(a_fleet(), NOW)
    kept = QPersistentModelIndex(model.index_of(AccountId("account-2"), SlotId("slot-3")))

    master, momentum = a_master(), a_node(an_account(2, label="Momentum"), a_key(9), a_key(3, name="moved"))
    model.apply(FleetSnapshot(LAB.name, NOW, (a_node(master, a_key(7), below=(momentum,)),)), NOW)

    assert kept.isValid()
    assert kept.data() == "moved"
    assert kept.row() == 1
    assert names(model) == [["Main", ["key 7", ["Momentum", ["key 9", "moved"]]]]]


def test_a_new_order_moves_rows_instead_of_replacing_them(model: AccountTreeModel) -> None:
    """Rows that change places are moved, so that their index stays valid."""
    model.apply(a_master_with(a_key(1), a_key(2), a_key(3)), NOW)
    first = QPersistentModelIndex(model.index_of(None, SlotId("slot-1")))
    removed = QSignalSpy(model.rowsRemoved)

    model.apply(a_master_with(a_key(3), a_key(1), a_key(2)), NOW)

    assert names(model) == [["Main", ["key 3", "key 1", "key 2"]]]
    assert first.row() == 1
    assert removed.count() == 0


def test_a_key_that_changes_account_is_shown_there(model: AccountTreeModel) -> None:
    """A key found under another account leaves the first and appears below the second."""
    model.apply(a_fleet(), NOW)
    momentum = a_node(an_account(2, label="Momentum"))
    basis = a_node(an_account(3, label="Basis"), a_key(4, name="basis"), a_key(3, name="momentum"))

    model.apply(a_master_with(a_key(1), below=(momentum, basis)), NOW)

    assert names(model) == [["Main", ["key 1", "Momentum", ["Basis", ["basis", "momentum"]]]]]


def test_an_empty_fleet_leaves_no_row(model: AccountTreeModel) -> None:
    """When everything is gone the tree is empty and old ids are forgotten."""
    model.apply(a_fleet(), NOW)

    model.apply(FleetSnapshot(LAB.name, NOW), NOW)

    assert model.rowCount() == 0
    assert not model.index_of(AccountId("account-1"), None).isValid()
    assert model.rows() == ()


def test_ages_grow_with_the_clock(model: AccountTreeModel) -> None:
    """A tick changes the age of the check and asks for one drawing, not for a look at every row."""
    model.apply(a_fleet(), NOW)
    index = model.index_of(None, SlotId("slot-1")).siblingAtColumn(Column.CHECKED)
    drawn = index.data()
    changed, aged = QSignalSpy(model.dataChanged), QSignalSpy(model.aged)

    model.tick(NOW + timedelta(minutes=6))

    assert (drawn, index.data()) == ("0 s", "6 min")
    assert (changed.count(), aged.count()) == (0, 1)


def test_figures_reach_the_row_of_their_account(model: AccountTreeModel) -> None:
    """A balances snapshot puts the main figure on the account's row and nowhere else."""
    model.apply(a_fleet(), NOW)
    sheet = BalanceSheet(AccountId("account-2"), Venue.SPOT, (a_balance("12500"),), NOW)

    model.apply_balances(BalancesSnapshot(LAB.name, (sheet,)), NOW)

    figures = {row.label: row.figure for row in model.rows() if isinstance(row, AccountRow)}
    assert figures == {"Main": "", "Momentum": "12\u2009500.00 USD", "Basis": ""}


def test_cells_speak_to_screen_readers(model: AccountTreeModel) -> None:
    """A key's name comes with its state in words; an account's with kind, id and tally."""
    model.apply(a_fleet(), NOW)

    role = Qt.ItemDataRole.AccessibleTextRole
    assert model.index_of(None, SlotId("slot-1")).data(role) == "monitor, fine"
    assert model.index_of(AccountId("account-1"), None).data(role) == (
        "Main, master · AA01 N84G WOAK NMOI, fine"
    )


def test_an_account_below_no_master_stands_at_the_top(model: AccountTreeModel) -> None:
    """Accounts whose master is unknown are roots."""
    roots = (a_node(an_account(2, label="Momentum"), a_key(1)), a_node(an_account(3, label="Basis")))

    model.apply(FleetSnapshot(LAB.name, NOW, roots), NOW)

    assert names(model) == [["Momentum", ["key 1"]], "Basis"]


def test_a_key_is_found_wherever_it_stands(model: AccountTreeModel) -> None:
    """The account that it stood on is only where the search begins; nothing at all is no row."""
    model.apply(a_fleet(), NOW)

    assert model.index_of(AccountId("account-3"), SlotId("slot-3")).data() == "momentum"
    assert not model.index_of(None, None).isValid()


def test_other_columns_have_no_children(model: AccountTreeModel) -> None:
    """Only the first column carries the tree."""
    model.apply(a_fleet(), NOW)
    master = model.index(0, 0)

    assert model.rowCount(master.siblingAtColumn(1)) == 0


def test_a_renamed_account_is_the_same_row(model: AccountTreeModel) -> None:
    """Another label changes the text of the row and nothing else."""
    fleet = a_fleet()
    model.apply(fleet, NOW)
    kept = QPersistentModelIndex(model.index_of(AccountId("account-1"), None))
    renamed = replace(fleet.masters[0], account=a_master(label="Meridian"))

    model.apply(replace(fleet, masters=(renamed,)), NOW)

    assert kept.data() == "Meridian"


def test_nothing_of_a_model_outlives_it(qapp: QApplication) -> None:
    """A window closed by Qt leaves no wrapper behind that would be taken for Qt's next object there."""
    others = living_items()
    window = QObject()
    model = AccountTreeModel(window)
    model.apply(a_fleet(), NOW)

    delete(window)

    assert [each for each in living_items() if not any(each is other for other in others)] == []


def living_items() -> list[QStandardItem]:
    """Return every item that Python still takes for one of Qt's."""
    return [each for each in gc.get_objects() if isinstance(each, QStandardItem) and isValid(each)]


def test_the_tip_of_a_key_says_what_it_can_do(model: AccountTreeModel) -> None:
    """Name and rights begin with the sentence, judged by the kind of the account; other cells do not."""
    withdraw = a_key(3, "withdraw-funds", account_id=AccountId("account-2"))
    model.apply(a_master_with(a_key(1), below=(a_node(an_account(2), withdraw),)), NOW)
    key = model.index_of(None, SlotId("slot-3"))

    tips = [str(key.siblingAtColumn(c).data(Qt.ItemDataRole.ToolTipRole)) for c in Column]

    sentence = "its withdrawal right is useless on a subaccount"
    assert sentence in tips[Column.NAME]
    assert tips[Column.PERMISSIONS].startswith("Can ")
    assert sentence not in tips[Column.VENUE]
