"""Rates: every way to a currency, exactly, and never a price that nobody has paid."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from kraken_desk.domain.keys import Venue
from kraken_desk.domain.money import Asset
from kraken_desk.domain.prices import MarketPrice, PriceBook, Rates
from tests.helpers.builders import BTC, NOW, USD

EUR, SOL, USDT = Asset("EUR"), Asset("SOL"), Asset("USDT")
OLD = NOW - timedelta(minutes=5)


def a_price(base: Asset, quote: Asset, price: str, **changes: object) -> MarketPrice:
    given = {"venue": Venue.SPOT, "market": f"{base}/{quote}", "read_at": NOW, **changes}
    return MarketPrice(base, quote, Decimal(price), **given)  # type: ignore[arg-type]  # the test's own values


def rates(*prices: MarketPrice, currency: Asset = USD) -> Rates:
    return Rates(PriceBook(prices), currency)


def test_a_direct_market_is_taken_first() -> None:
    """With a way over bitcoin at hand as well."""
    book = rates(a_price(SOL, USD, "185"), a_price(SOL, BTC, "0.002"), a_price(BTC, USD, "97500"))

    assert book.value(SOL, Decimal("2.5")) == Decimal("462.5")
    assert book.of(SOL).markets == ("SOL/USD",)  # type: ignore[union-attr]  # it was valued just now


def test_a_market_the_other_way_round_is_inverted() -> None:
    """Dollars are worth euros by the price of a euro in dollars, to forty digits."""
    book = rates(a_price(EUR, USD, "1.25"), currency=EUR)

    assert book.value(USD, Decimal(10)) == Decimal(8)
    assert rates(a_price(EUR, USD, "3"), currency=EUR).value(USD, Decimal(1)) == Decimal("0." + "3" * 40)


def test_without_a_direct_market_the_way_leads_over_dollars_or_bitcoin() -> None:
    """At most two hubs lie between; the oldest price on the way is the rate's age."""
    book = rates(
        a_price(SOL, BTC, "0.002"),
        a_price(BTC, USD, "100000", read_at=OLD),
        a_price(EUR, USD, "1.25"),
        currency=EUR,
    )

    rate = book.of(SOL)

    assert rate is not None
    assert (rate.factor, rate.markets, rate.read_at) == (Decimal(160), ("SOL/BTC", "BTC/USD", "EUR/USD"), OLD)


def test_a_stablecoin_is_worth_what_it_trades_at() -> None:
    """Without a market it has no value, however it is called."""
    assert rates(a_price(USDT, USD, "0.9987")).value(USDT, Decimal(100)) == Decimal("99.87")
    assert rates().value(USDT, Decimal(100)) is None


def test_nothing_is_worth_nothing_without_a_price_too() -> None:
    """A zero needs no market; a price of zero or less is none."""
    assert rates().value(SOL, Decimal(0)) == 0
    assert rates(a_price(SOL, USD, "0")).value(SOL, Decimal(1)) is None


def test_spot_prices_go_before_futures_prices() -> None:
    """A Futures index stands in only where Spot has no market."""
    futures = a_price(BTC, USD, "1", venue=Venue.FUTURES)

    for prices in ((futures, a_price(BTC, USD, "2")), (a_price(BTC, USD, "2"), futures)):
        assert rates(*prices).value(BTC, Decimal(1)) == 2


def test_values_are_exact_for_any_quantity() -> None:
    """A hundred million with thirty decimals keeps every digit."""
    quantity = Decimal("123456789.123456789012345678901234567891")

    assert rates(a_price(SOL, USD, "2")).value(SOL, quantity) == Decimal(
        "246913578.246913578024691357802469135782"
    )
