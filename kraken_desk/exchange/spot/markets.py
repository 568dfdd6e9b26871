"""The Spot markets of an environment and their prices, by public calls only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from kraken_desk.domain.errors import BadRequestError
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.money import Asset
from kraken_desk.domain.prices import MarketPrice
from kraken_desk.exchange.operations import Operation
from kraken_desk.exchange.seams import Clock, Reply
from kraken_desk.exchange.spot import market_wire
from kraken_desk.exchange.spot.assets import AssetNames
from kraken_desk.exchange.spot.market_wire import Market

ASSET_PAIRS = Operation("AssetPairs", "to read the list of markets", Venue.SPOT)
TICKER = Operation("Ticker", "to read prices", Venue.SPOT)

_OLD = timedelta(hours=6)
_AT_ONCE = 100
"""Markets asked for in one call: the address stays well below the usual limit of 8,000 characters."""


class SpotMarkets:
    """Keeps the list of markets for six hours; prices are always asked for."""

    def __init__(
        self, read: Callable[..., Awaitable[object]], names: Callable[[], Awaitable[AssetNames]], clock: Clock
    ) -> None:
        self._read = read
        self._names = names
        self._clock = clock
        self._markets: tuple[Market, ...] | None = None
        self._at: datetime | None = None

    async def prices(self, assets: frozenset[Asset], against: frozenset[Asset]) -> tuple[MarketPrice, ...]:
        """Return the prices of the markets that join `assets` with `against`, or those among themselves.

        One name that Kraken does not know any more rejects all of them, so the list is then read
        anew, once.
        """
        try:
            return await self._asked(assets, against)
        except BadRequestError:
            self._markets = None
            return await self._asked(assets, against)

    async def _asked(self, assets: frozenset[Asset], against: frozenset[Asset]) -> tuple[MarketPrice, ...]:
        every = assets | against
        wanted = [
            market
            for market in await self._known()
            if market.base in every
            and market.quote in every
            and (market.base in against or market.quote in against)
        ]
        found: list[MarketPrice] = []
        for start in range(0, len(wanted), _AT_ONCE):
            found += await self._ticks(wanted[start : start + _AT_ONCE])
        return tuple(found)

    async def _ticks(self, wanted: list[Market]) -> tuple[MarketPrice, ...]:
        def parse(result: bytes, reply: Reply) -> tuple[MarketPrice, ...]:
            return market_wire.market_prices(result, wanted, reply.received_at)

        query = "pair=" + ",".join(market.name for market in wanted)
        prices = await self._read(TICKER, parse, query=query)
        assert isinstance(prices, tuple)
        return prices

    async def _known(self) -> tuple[Market, ...]:
        now = self._clock.now()
        if self._markets is None or self._at is None or not timedelta(0) <= now - self._at < _OLD:
            names = await self._names()
            markets = await self._read(ASSET_PAIRS, lambda result, _: market_wire.markets(result, names))
            assert isinstance(markets, tuple)
            self._markets, self._at = markets, now
        return self._markets
