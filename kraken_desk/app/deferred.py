"""A gateway whose adapter is built after the first paint.

Importing the HTTP stack takes longer than painting the window, so the services get this
stand-in at once and their first call waits for the real gateway.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from kraken_desk.domain.balances import Balance, Holdings
from kraken_desk.domain.fees import FeeFacts
from kraken_desk.domain.keys import ApiKeyInfo, Venue
from kraken_desk.domain.money import Asset, AssetInfo
from kraken_desk.domain.prices import MarketPrice
from kraken_desk.domain.signer import Signer
from kraken_desk.domain.transfers import LedgerEntry, TransferOrder, TransferReceipt
from kraken_desk.domain.venue_facts import DomainFacts, ServerStatus
from kraken_desk.services.ports import ExchangeGateway


class DeferredGateway:
    """Passes every call on to the gateway that `resolve` returns once it is there."""

    def __init__(self, venue: Venue, resolve: Callable[[Venue], Awaitable[ExchangeGateway]]) -> None:
        self._venue = venue
        self._resolve = resolve

    @property
    def venue(self) -> Venue:
        return self._venue

    async def check_key(self, signer: Signer, *, asked: bool = False) -> ApiKeyInfo:
        return await (await self._resolve(self._venue)).check_key(signer, asked=asked)

    async def ask_once(self, signer: Signer) -> ApiKeyInfo:
        return await (await self._resolve(self._venue)).ask_once(signer)

    async def domain_facts(self, signer: Signer) -> DomainFacts:
        return await (await self._resolve(self._venue)).domain_facts(signer)

    async def balances(self, signer: Signer) -> tuple[Balance, ...]:
        return await (await self._resolve(self._venue)).balances(signer)

    async def holdings(self, signer: Signer) -> Holdings:
        return await (await self._resolve(self._venue)).holdings(signer)

    async def linked_holdings(self, signer: Signer) -> dict[str, Holdings]:
        return await (await self._resolve(self._venue)).linked_holdings(signer)

    async def prices(self, assets: frozenset[Asset], against: frozenset[Asset]) -> tuple[MarketPrice, ...]:
        return await (await self._resolve(self._venue)).prices(assets, against)

    async def fees(self, signer: Signer, pair: str) -> FeeFacts:
        return await (await self._resolve(self._venue)).fees(signer, pair)

    async def assets(self) -> tuple[AssetInfo, ...]:
        return await (await self._resolve(self._venue)).assets()

    async def transfer(self, signer: Signer, order: TransferOrder) -> TransferReceipt:
        return await (await self._resolve(self._venue)).transfer(signer, order)

    async def ledger_mark(self, signer: Signer) -> str:
        return await (await self._resolve(self._venue)).ledger_mark(signer)

    async def ledger_since(self, signer: Signer, mark: str) -> tuple[LedgerEntry, ...]:
        return await (await self._resolve(self._venue)).ledger_since(signer, mark)

    async def server_status(self) -> ServerStatus:
        return await (await self._resolve(self._venue)).server_status()
