"""Worth: totals of what has a price, gaps named, ages of the oldest figure and price."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.balances import BalanceSheet
from kraken_desk.domain.keys import Problem, Venue
from kraken_desk.domain.money import Asset
from kraken_desk.domain.prices import PriceBook, Rates
from kraken_desk.domain.worth import Worth, distribution, rounded, together, tree_worth, worth_of
from tests.helpers.builders import BTC, NOW, USD, a_balance, a_master, a_node, an_account
from tests.unit.domain.test_prices import OLD, a_price

ONE, TWO = AccountId("account-1"), AccountId("account-2")
RATES = Rates(PriceBook((a_price(BTC, USD, "100000", read_at=OLD),)), USD)
XYZ = Asset("XYZ")


def test_a_worth_adds_what_has_a_price_and_names_the_rest() -> None:
    """With the oldest reading, the oldest price used, and staleness."""
    fresh = BalanceSheet(ONE, Venue.SPOT, (a_balance("10"), a_balance("0.5", BTC), a_balance("7", XYZ)), NOW)
    old = BalanceSheet(
        ONE, Venue.FUTURES, (a_balance("-3"),), NOW - timedelta(hours=1), problem=Problem("x", "down")
    )

    worth = worth_of((fresh, old, BalanceSheet(TWO, Venue.SPOT)), RATES)

    assert (worth.value, worth.not_valued) == (Decimal("50007.0"), (XYZ,))
    assert (worth.read_at, worth.priced_at) == (NOW - timedelta(hours=1), OLD)
    assert (worth.stale, worth.known) == (True, True)


def test_an_unpriced_zero_is_no_gap() -> None:
    """An emptied row of an asset without market hides nothing."""
    sheet = BalanceSheet(ONE, Venue.SPOT, (a_balance("0", XYZ),), NOW)

    assert worth_of((sheet,), RATES).not_valued == ()


def test_what_was_never_read_is_not_known() -> None:
    """It is not zero, and adds nothing to a total."""
    never = worth_of((BalanceSheet(ONE, Venue.SPOT),), RATES)

    assert not never.known
    assert not together([never], USD).known
    assert together([never, Worth(USD, Decimal(3), known=True)], USD).value == 3


def test_totals_go_up_the_tree() -> None:
    """A master's total is its own and its subaccounts'."""
    tree = a_node(a_master(1), below=(a_node(an_account(2)), a_node(an_account(3))))
    own = {ONE: Worth(USD, Decimal(1), known=True), TWO: Worth(USD, Decimal(2), (XYZ,), known=True)}

    totals = tree_worth(tree, own, USD)

    assert (totals[ONE].value, totals[ONE].not_valued) == (Decimal(3), (XYZ,))
    assert totals[TWO].value == 2
    assert not totals[AccountId("account-3")].known


def test_a_distribution_is_of_the_positive_values() -> None:
    """Largest first; a debt and what has no price have no share but stay in the list."""
    shares = distribution(
        [
            ("debt", Worth(USD, Decimal(-50), known=True)),
            ("small", Worth(USD, Decimal(25), known=True)),
            ("large", Worth(USD, Decimal(75), known=True)),
            ("odd", Worth(USD, Decimal(0), (XYZ,), known=True)),
            ("empty", Worth(USD, known=True)),
            ("unread", Worth(USD)),
        ]
    )

    assert [(s.name, s.share) for s in shares] == [
        ("large", Decimal("0.75")),
        ("small", Decimal("0.25")),
        ("odd", None),
        ("debt", None),
    ]


@given(st.lists(st.decimals(-(10**12), 10**12, places=10), max_size=30), st.randoms())
def test_totals_do_not_depend_on_the_order(quantities: list[Decimal], shuffle: object) -> None:
    """Exact sums: the value over accounts equals the value of all rows, in any order."""
    rows = [a_balance(str(q), BTC) for q in quantities]
    sheets = [BalanceSheet(ONE, Venue.SPOT, (row,), NOW) for row in rows]
    shuffle.shuffle(sheets)  # type: ignore[attr-defined]  # hypothesis gives a random.Random

    assert worth_of(sheets, RATES).value == sum(quantities, Decimal(0)) * 100000


def test_a_value_is_rounded_for_its_currency() -> None:
    """Half to even: cents for fiat and stablecoins, none for yen, eight decimals for coins."""
    value = Decimal("1.005000000500")

    assert str(rounded(value, USD)) == "1.01"
    assert str(rounded(value, BTC)) == "1.00500000"
    assert str(rounded(value, Asset("JPY"))) == "1"
