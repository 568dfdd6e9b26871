"""The filter over the tree: what a text keeps, and how columns sort."""

from collections.abc import Iterator
from itertools import pairwise
from random import Random

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy
from PySide6.QtWidgets import QApplication
from shiboken6 import delete

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.fleet import AccountNode, FleetSnapshot
from kraken_desk.domain.search import parse
from kraken_desk.domain.search_text import account_text, key_text
from kraken_desk.ui.models.account_tree import MOST_TAKEN, AccountTreeModel
from kraken_desk.ui.models.fleet_rows import Column
from tests.helpers.builders import LAB, NOW, a_key, a_master_with, a_node, an_account, spot_info
from tests.ui.models.test_account_tree import FATAL, living_items, names


@pytest.fixture
def model(qapp: QApplication) -> Iterator[AccountTreeModel]:
    """Return the filter over a small fleet, watched by Qt's tester for the whole test."""
    watched = AccountTreeModel()
    tester = QAbstractItemModelTester(watched, FATAL)
    watched.apply(
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
    for thing in (tester, watched):  # in this order, whatever the collector would choose
        delete(thing)


def test_without_a_text_everything_is_shown_in_order(model: AccountTreeModel) -> None:
    """The order of the snapshot stays until a column is chosen."""
    assert names(model) == [
        ["Main", ["treasury", "alpha", ["Momentum", ["bot", "reader"]], ["Basis", ["recon"]]]]
    ]


def test_a_key_keeps_the_accounts_above_it(model: AccountTreeModel) -> None:
    """What matches is shown with its place in the tree and nothing beside it."""
    model.look_for(parse("trade"))

    assert names(model) == [["Main", [["Momentum", ["bot"]]]]]


def test_an_account_keeps_its_keys(model: AccountTreeModel) -> None:
    """An account found by its name shows all its keys."""
    model.look_for(parse("basis"))

    assert names(model) == [["Main", [["Basis", ["recon"]]]]]


def test_all_words_must_match_in_any_order(model: AccountTreeModel) -> None:
    """Two words narrow the result, whichever comes first, in any case."""
    model.look_for(parse("MM-BOT  trade"))

    assert names(model) == [["Main", [["Momentum", ["bot"]]]]]


def test_signs_of_patterns_are_taken_literally(model: AccountTreeModel) -> None:
    """A text with brackets or stars is no pattern and cannot fail."""
    model.look_for(parse("(.*["))

    assert names(model) == []


def test_sorting_keeps_keys_before_subaccounts(model: AccountTreeModel) -> None:
    """Both directions sort the keys below their account; subaccounts stay behind, in their order."""
    model.sort(Column.NAME, Qt.SortOrder.AscendingOrder)
    up = names(model)
    model.sort(Column.NAME, Qt.SortOrder.DescendingOrder)
    down = names(model)

    assert up == [["Main", ["alpha", "treasury", ["Momentum", ["bot", "reader"]], ["Basis", ["recon"]]]]]
    assert down == [["Main", ["treasury", "alpha", ["Momentum", ["reader", "bot"]], ["Basis", ["recon"]]]]]


def test_rights_sort_by_danger(model: AccountTreeModel) -> None:
    """Keys that can move money come last upwards and first downwards."""
    model.sort(Column.PERMISSIONS, Qt.SortOrder.DescendingOrder)

    master = model.index(0, 0)
    momentum = model.index(2, 0, master)
    assert model.index(0, 0, master).data() == "treasury"
    assert [model.index(row, 0, momentum).data() for row in range(2)] == ["bot", "reader"]


TEXTS = ("", "key", "account 2", "is:findings", "-can:withdraw", "can:withdraw key", "zebra", "foo:x", "main")


def a_random_fleet(random: Random) -> FleetSnapshot:
    """Return a fleet of up to four accounts and twelve keys in any order."""
    numbers = random.sample(range(1, 13), random.randint(0, 12))
    rights = ("withdraw-funds", "query-funds", "modify-trades")
    keys = [a_key(number, random.choice(rights), account_id=AccountId("account-1")) for number in numbers]
    cuts = sorted(random.randint(0, len(keys)) for _ in range(3))
    own, *others = (keys[a:b] for a, b in pairwise((0, *cuts, len(keys))))
    below = [a_node(an_account(2 + n), *part) for n, part in enumerate(others)]
    random.shuffle(below)
    return a_master_with(*own, below=tuple(below[: random.randint(0, 3)]))


def straightforward(fleet: FleetSnapshot, text: str) -> list[object]:
    """Say what is shown by the definition: asked for, on or below what is asked for, or above it."""
    query, sieve = parse(text), parse(text).sieve(NOW)

    def shown(node: AccountNode, above: bool) -> object | None:  # a local helper
        meant = above or sieve.finds_account(node.account, account_text(node.account))
        keys = [
            key.slot.name
            for key in node.keys
            if meant or sieve.sift(node.account, (key,), (key_text(key, node.account.label),))
        ]
        below = [each for sub in node.subaccounts if (each := shown(sub, meant)) is not None]
        if not (meant or keys or below):
            return None
        return [node.account.label, [*keys, *below]] if keys or below else node.account.label

    return [each for master in fleet.masters if (each := shown(master, query.empty)) is not None]


@pytest.mark.parametrize("seed", range(6))
def test_the_rows_are_those_of_the_definition(qapp: QApplication, seed: int) -> None:
    """Through any changes of text, order and fleet the tree shows what a fresh look would show."""
    random, model = Random(seed), AccountTreeModel()  # no secret depends on it
    tester = QAbstractItemModelTester(model, FATAL)
    fleet, text = a_random_fleet(random), ""
    for _ in range(25):
        if random.random() < 0.5:
            fleet = a_random_fleet(random)
            model.apply(fleet, NOW)
        else:
            text = random.choice(TEXTS)
            model.apply(fleet, NOW)
            model.look_for(parse(text) if text else None)

        assert names(model) == straightforward(fleet, text)
    delete(tester)
    delete(model)


def test_a_filter_that_changes_nothing_moves_nothing(model: AccountTreeModel) -> None:
    """When another text finds the same rows, they stay as they are, opened and selected."""
    model.look_for(parse("trade"))
    inserted = QSignalSpy(model.rowsInserted)

    model.look_for(parse("can:trade"))

    assert names(model) == [["Main", [["Momentum", ["bot"]]]]]
    assert inserted.count() == 0


def test_a_filter_keeps_the_chosen_order(model: AccountTreeModel) -> None:
    """What is found stands as the column says, also after the fleet has changed."""
    model.sort(Column.NAME, Qt.SortOrder.DescendingOrder)

    model.look_for(parse("-is:leased"))
    model.apply(a_master_with(a_key(1, name="b"), a_key(2, name="c"), a_key(3, name="a")), NOW)

    assert names(model) == [["Main", ["c", "b", "a"]]]


@pytest.mark.parametrize("accounts", [3, MOST_TAKEN + 1])
def test_searching_leaves_no_item_behind(qapp: QApplication, accounts: int) -> None:
    """However often something else is looked for, only accounts that are shown have an item, once."""
    before = len(living_items())
    model, roots = AccountTreeModel(), tuple(a_node(an_account(n), a_key(n)) for n in range(1, accounts + 1))
    model.apply(FleetSnapshot(LAB.name, NOW, roots), NOW)

    for text in ("key 2", "-key", "key", "foo:x", "key 3", "key 2", "key"):
        model.look_for(parse(text))

    assert len(names(model)) == len(living_items()) - before == accounts
    delete(model)


def test_accounts_that_come_and_go_keep_their_keys(model: AccountTreeModel) -> None:
    """An account found again after it was hidden shows its keys and no more."""
    for text in ("recon", "bot", "-can:withdraw", "momentum", "alpha", "is:findings"):
        model.look_for(parse(text))
    model.look_for(None)

    assert names(model) == [
        ["Main", ["treasury", "alpha", ["Momentum", ["bot", "reader"]], ["Basis", ["recon"]]]]
    ]


def test_a_problem_shows_no_row(model: AccountTreeModel) -> None:
    """A text that cannot be understood must not look like an answer."""
    model.look_for(parse("basis is:nonsense"))

    assert names(model) == []
