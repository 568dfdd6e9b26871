"""The filter over the tree: what a text keeps, and how columns sort."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication
from shiboken6 import delete

from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.ui.models.account_filter import AccountFilter
from kraken_desk.ui.models.account_tree import AccountTreeModel
from kraken_desk.ui.models.fleet_rows import Column
from tests.helpers.builders import NOW, a_key, a_master_with, a_node, an_account, spot_info
from tests.ui.models.test_account_tree import FATAL, names


@pytest.fixture
def proxy(qapp: QApplication) -> Iterator[AccountFilter]:
    """Return the filter over a small fleet, watched by Qt's tester for the whole test."""
    source, watched = AccountTreeModel(), AccountFilter()
    watched.setSourceModel(source)
    tester = QAbstractItemModelTester(watched, FATAL)
    source.apply(
        a_master_with(
            a_key(1, "withdraw-funds", name="treasury"),
            a_key(2, "query-funds", name="alpha", info=spot_info(ip_allowlist=IpAllowlist(()))),
            below=(
                a_node(
                    an_account(2, label="Momentum"),
                    a_key(3, "modify-trades", name="bot", process="mm-bot"),
                    a_key(4, "query-funds", "query-ledger", "create-ws-token", name="reader"),
                ),
                a_node(an_account(3, label="Basis"), a_key(5, "query-funds", name="recon")),
            ),
        ),
        NOW,
    )
    yield watched
    for thing in (tester, watched, source):  # in this order, whatever the collector would choose
        delete(thing)


def test_without_a_text_everything_is_shown_in_order(proxy: AccountFilter) -> None:
    """The order of the snapshot stays until a column is chosen."""
    assert names(proxy) == [
        ["Main", ["treasury", "alpha", ["Momentum", ["bot", "reader"]], ["Basis", ["recon"]]]]
    ]


def test_a_key_keeps_the_accounts_above_it(proxy: AccountFilter) -> None:
    """What matches is shown with its place in the tree and nothing beside it."""
    proxy.set_text("trade")

    assert names(proxy) == [["Main", [["Momentum", ["bot"]]]]]


def test_an_account_keeps_its_keys(proxy: AccountFilter) -> None:
    """An account found by its name shows all its keys."""
    proxy.set_text("basis")

    assert names(proxy) == [["Main", [["Basis", ["recon"]]]]]


def test_all_words_must_match_in_any_order(proxy: AccountFilter) -> None:
    """Two words narrow the result, whichever comes first, in any case."""
    proxy.set_text("MM-BOT  trade")

    assert names(proxy) == [["Main", [["Momentum", ["bot"]]]]]


def test_signs_of_patterns_are_taken_literally(proxy: AccountFilter) -> None:
    """A text with brackets or stars is no pattern and cannot fail."""
    proxy.set_text("(.*[")

    assert names(proxy) == []


def test_sorting_keeps_keys_before_subaccounts(proxy: AccountFilter) -> None:
    """Both directions sort the keys below their account; subaccounts stay behind, in their order."""
    proxy.sort(Column.NAME, Qt.SortOrder.AscendingOrder)
    up = names(proxy)
    proxy.sort(Column.NAME, Qt.SortOrder.DescendingOrder)
    down = names(proxy)

    assert up == [["Main", ["alpha", "treasury", ["Momentum", ["bot", "reader"]], ["Basis", ["recon"]]]]]
    assert down == [["Main", ["treasury", "alpha", ["Momentum", ["reader", "bot"]], ["Basis", ["recon"]]]]]


def test_rights_sort_by_danger(proxy: AccountFilter) -> None:
    """Keys that can move money come last upwards and first downwards."""
    proxy.sort(Column.PERMISSIONS, Qt.SortOrder.DescendingOrder)

    master = proxy.index(0, 0)
    momentum = proxy.index(2, 0, master)
    assert proxy.index(0, 0, master).data() == "treasury"
    assert [proxy.index(row, 0, momentum).data() for row in range(2)] == ["bot", "reader"]
