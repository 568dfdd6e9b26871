"""Balance sheets and totals: exact, and honest about what Kraken does not report."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.balances import BalanceSheet, BalancesSnapshot, total_by_asset
from kraken_desk.domain.keys import Problem, Venue
from tests.helpers.builders import BTC, LAB, NOW, USD, a_balance

ONE, TWO = AccountId("one"), AccountId("two")


def test_totals_add_exactly_and_by_asset() -> None:
    """Rows of one asset are added over accounts, with the age of the oldest and any staleness."""
    fresh = BalanceSheet(ONE, Venue.SPOT, (a_balance("0.1"), a_balance("1", BTC)), NOW)
    old = BalanceSheet(
        TWO,
        Venue.SPOT,
        (a_balance("0.2", available=Decimal("0.15"), hold=Decimal("0.05")),),
        NOW - timedelta(hours=1),
        problem=Problem("UnavailableError", "down"),
    )

    btc, usd = total_by_asset((fresh, old))

    assert (btc.asset, btc.total, btc.oldest, btc.stale) == (BTC, Decimal(1), NOW, False)
    assert (usd.total, usd.available, usd.hold) == (Decimal("0.3"), Decimal("0.25"), Decimal("0.05"))
    assert (usd.oldest, usd.stale) == (NOW - timedelta(hours=1), True)
    assert [account for account, _, _ in usd.parts] == [ONE, TWO]


def test_not_reported_is_not_zero() -> None:
    """Where no row reports an available figure, the total has none either."""
    silent = a_balance("5", available=None, hold=None)
    sheet = BalanceSheet(ONE, Venue.SPOT, (silent,), NOW)

    [total] = total_by_asset((sheet,))
    [mixed] = total_by_asset((sheet, replace(sheet, rows=(a_balance("2"),))))

    assert (total.total, total.available, total.hold) == (Decimal(5), None, None)
    assert (mixed.total, mixed.available, mixed.hold) == (Decimal(7), Decimal(2), Decimal(0))


def test_only_the_plain_row_can_be_moved() -> None:
    """Rows with a suffix (staked, earning) are no part of what `find` offers."""
    sheet = BalanceSheet(ONE, Venue.SPOT, (a_balance("9", part="F"), a_balance("5")))

    assert sheet.find(USD, "spot") == a_balance("5")
    assert sheet.find(USD, "cash") is None
    assert sheet.find(BTC, "spot") is None


def test_sheets_are_found_by_account_and_venue() -> None:
    """A snapshot answers for one account, or for one of its venues."""
    spot, futures = BalanceSheet(ONE, Venue.SPOT), BalanceSheet(ONE, Venue.FUTURES)
    snapshot = BalancesSnapshot(LAB.name, (spot, futures, BalanceSheet(TWO, Venue.SPOT)))

    assert snapshot.of(ONE) == (spot, futures)
    assert snapshot.sheet(ONE, Venue.FUTURES) is futures
    assert snapshot.sheet(TWO, Venue.FUTURES) is None
