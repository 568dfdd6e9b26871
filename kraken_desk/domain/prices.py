"""Prices of public markets, and what one unit of an asset is worth in a chosen currency.

A price is what somebody has paid: stablecoins have one like everything else and are never assumed
to be worth a dollar. Where no market joins asset and currency, the way goes over at most two
of the `HUBS`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal
from itertools import pairwise

from kraken_desk.domain.keys import Problem, Venue
from kraken_desk.domain.money import Asset
from kraken_desk.domain.values import dataclass

HUBS = (Asset("USD"), Asset("BTC"), Asset("EUR"))
"""What nearly everything trades against on Kraken, best first."""

CURRENCIES = tuple(
    map(Asset, ("USD", "EUR", "GBP", "CHF", "CAD", "AUD", "JPY", "BTC", "ETH", "USDC", "USDT"))
)
"""What totals can be shown in."""

_RATES = Context(prec=40, rounding=ROUND_HALF_EVEN)
"""Rates over inverse or several markets have forty digits; quantities are multiplied exactly."""


@dataclass(frozen=True, slots=True)
class MarketPrice:
    """What one unit of `base` cost in `quote` at the last trade, as read at `read_at`."""

    base: Asset
    quote: Asset
    price: Decimal
    venue: Venue
    market: str
    read_at: datetime


@dataclass(frozen=True, slots=True)
class PriceBook:
    """The prices as last read; `problem` says why the last reading failed, the prices then being old."""

    prices: tuple[MarketPrice, ...] = ()
    problem: Problem | None = None

    @property
    def oldest(self) -> datetime | None:
        return min((price.read_at for price in self.prices), default=None)


@dataclass(frozen=True, slots=True)
class Rate:
    """Units of the currency for one unit of an asset, the markets on the way, and the oldest price's age."""

    factor: Decimal
    markets: tuple[str, ...] = ()
    read_at: datetime | None = None


class Rates:
    """Rates of all assets in one currency, from one state of the prices; each is worked out once."""

    def __init__(self, book: PriceBook, currency: Asset) -> None:
        self.currency = currency
        self.book = book
        self._markets: dict[tuple[Asset, Asset], MarketPrice] = {}
        for price in book.prices:
            known = self._markets.get((price.base, price.quote))
            if price.price > 0 and (known is None or known.venue is Venue.FUTURES):
                self._markets[price.base, price.quote] = price
        self._known: dict[Asset, Rate | None] = {}

    def of(self, asset: Asset) -> Rate | None:
        """Return an asset's rate; None where no market leads to the currency."""
        if asset not in self._known:
            self._known[asset] = self._worked_out(asset)
        return self._known[asset]

    def value(self, asset: Asset, quantity: Decimal) -> Decimal | None:
        """Return what a quantity is worth; nothing is worth nothing, with a price or without."""
        if not quantity:
            return Decimal(0)
        rate = self.of(asset)
        return None if rate is None else _EXACT.multiply(quantity, rate.factor)

    def _worked_out(self, asset: Asset) -> Rate | None:
        if asset == self.currency:
            return Rate(Decimal(1))
        for way in self._ways(asset):
            legs = [self._leg(*step) for step in pairwise(way)]
            found = [leg for leg in legs if leg is not None]
            if len(found) == len(legs):
                return _joined(found)
        return None

    def _ways(self, asset: Asset) -> Iterator[tuple[Asset, ...]]:
        """Propose ways, the direct one first, then those over one hub, then over two."""
        between = [hub for hub in HUBS if hub not in (asset, self.currency)]
        yield asset, self.currency
        for hub in between:
            yield asset, hub, self.currency
        for first in between:
            for second in between:
                if first != second:
                    yield asset, first, second, self.currency

    def _leg(self, base: Asset, quote: Asset) -> tuple[Decimal, MarketPrice] | None:
        direct = self._markets.get((base, quote))
        if direct is not None:
            return direct.price, direct
        inverse = self._markets.get((quote, base))
        if inverse is not None:
            return _RATES.divide(Decimal(1), inverse.price), inverse
        return None


_EXACT = Context(prec=120)
"""Wide enough for any quantity times any rate without rounding."""


def _joined(legs: list[tuple[Decimal, MarketPrice]]) -> Rate:
    factor = Decimal(1)
    for rate, _ in legs:
        factor = _RATES.multiply(factor, rate) if len(legs) > 1 else rate
    prices = [price for _, price in legs]
    return Rate(factor, tuple(p.market for p in prices), min(p.read_at for p in prices))
