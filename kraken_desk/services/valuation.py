"""Valuation: public prices of what is held, and the currency in which the profile wants totals."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping

from kraken_desk.domain.errors import InputError, KrakenDeskError
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.money import Asset
from kraken_desk.domain.prices import CURRENCIES, HUBS, MarketPrice, PriceBook, Rates
from kraken_desk.services.balances import BalancesService
from kraken_desk.services.keys import problem_of
from kraken_desk.services.ports import ExchangeGateway, Settings
from kraken_desk.services.topics import Topic

CURRENCY_SETTING = "valuation.currency"
EVERY_S = 30.0
"""How often prices are read; Kraken asks public callers for about one call a second."""

NEW_ASSET_S = 1.0
"""How soon a newly held asset is looked for."""

_log = logging.getLogger(__name__)


class ValuationService:
    """Keeps `rates` current; a failed reading keeps the old prices, whose age shows."""

    def __init__(
        self, balances: BalancesService, gateways: Mapping[Venue, ExchangeGateway], settings: Settings
    ) -> None:
        self._balances = balances
        self._gateways = gateways
        self._settings = settings
        self._asked: frozenset[Asset] = frozenset()
        self.rates: Topic[Rates] = Topic(Rates(PriceBook(), CURRENCIES[0]))

    @property
    def currency(self) -> Asset:
        return self.rates.value.currency

    async def load(self) -> None:
        """Take over the profile's choice; one that this version does not offer is passed over."""
        saved = await self._settings.setting(CURRENCY_SETTING)
        if saved in CURRENCIES:
            self._show(self.rates.value.book, Asset(saved))

    async def choose(self, currency: str) -> None:
        """Show totals in another currency from now on, and remember it in the profile.

        Raises InputError for one that is not offered.
        """
        chosen = parse_currency(currency)
        await self._settings.save_setting(CURRENCY_SETTING, chosen)
        self._show(self.rates.value.book, chosen)
        await self.refresh()

    async def refresh(self, currency: Asset | None = None) -> Rates:
        """Read the prices of everything held; failures end up in the book, never as exceptions.

        With `currency` the answer is in it, and nothing is remembered.
        """
        wanted = currency or self.currency
        held = self._held()
        book = await self._read(held, wanted)
        self._asked = held
        self._show(book, self.currency)
        return self.rates.value if currency is None else Rates(book, currency)

    async def follow(self) -> None:
        """Read prices again and again until cancelled, and at once what is newly held."""
        while True:
            await self.refresh()
            waited = 0.0
            while waited < EVERY_S and self._held() <= self._asked:
                await asyncio.sleep(NEW_ASSET_S)
                waited += NEW_ASSET_S

    def _held(self) -> frozenset[Asset]:
        sheets = self._balances.snapshot.value.sheets
        return frozenset(row.asset for sheet in sheets for row in sheet.rows if row.total)

    async def _read(self, held: frozenset[Asset], currency: Asset) -> PriceBook:
        """Ask Spot, then Futures for what no Spot market leads to the currency."""
        old, against = self.rates.value.book, frozenset(HUBS) | {currency}
        found: list[MarketPrice] = []
        problem = None
        for venue in (Venue.SPOT, Venue.FUTURES):
            gateway = self._gateways.get(venue)
            rates = Rates(PriceBook(tuple(found)), currency)
            missing = frozenset(asset for asset in held if rates.of(asset) is None)
            if gateway is None or (venue is Venue.FUTURES and not missing):
                continue
            try:
                found += await gateway.prices(held if venue is Venue.SPOT else missing, against)
            except KrakenDeskError as error:
                _log.info("prices on %s: %s", venue.label, error.category)
                problem = problem or problem_of(error)
                found += [price for price in old.prices if price.venue is venue]
        return PriceBook(tuple(found), problem)

    def _show(self, book: PriceBook, currency: Asset) -> None:
        if (book, currency) != (self.rates.value.book, self.rates.value.currency):
            self.rates.publish(Rates(book, currency))


def parse_currency(text: str) -> Asset:
    """Return the currency that a text means; raises InputError naming those on offer."""
    found = text.strip().upper()
    if found not in CURRENCIES:
        shown = found if len(found) <= 12 else f"A text of {len(found)} characters"
        raise InputError(
            "No such currency",
            f"Totals are not offered in “{shown}”." if found else "No currency is named.",
            f"Choose one of {', '.join(CURRENCIES)}.",
        )
    return Asset(found)
