"""A gateway whose adapter is built after the first paint.

Importing the HTTP stack takes longer than painting the window, so the services get this
stand-in at once and their first call waits for the real gateway.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from kraken_desk.domain.balances import Balance, Holdings
from kraken_desk.domain.fees import FeeFacts
from kraken_desk.domain.keys import ApiKeyInfo, Venue
from kraken_desk.domain.money import Asset, AssetInfo
from kraken_desk.domain.prices import MarketPrice
from kraken_desk.domain.signer import Signer
from kraken_desk.domain.subaccounts import LinkedSubaccount
from kraken_desk.domain.transfers import LedgerEntry, TransferOrder, TransferReceipt
from kraken_desk.domain.venue_facts import DomainFacts, ServerStatus
from kraken_desk.services.ports import ExchangeGateway

if TYPE_CHECKING:  # the adapters are slow to import
    from kraken_desk.exchange.futures.gateway import FuturesGateway
    from kraken_desk.exchange.spot.gateway import SpotGateway


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


class DeferredSubaccounts:
    """Kraken's calls about subaccounts, by the gateways of both venues once they are there."""

    def __init__(self, resolve: Callable[[Venue], Awaitable[object]]) -> None:
        self._resolve = resolve

    async def create_subaccount(self, signer: Signer, username: str, email: str) -> None:
        await (await self._spot()).create_subaccount(signer, username, email)

    async def linked_subaccounts(self, signer: Signer) -> tuple[LinkedSubaccount, ...]:
        return await (await self._futures()).linked_subaccounts(signer)

    async def trading_enabled(self, signer: Signer, uid: str) -> bool:
        return await (await self._futures()).trading_enabled(signer, uid)

    async def set_trading(self, signer: Signer, uid: str, *, enabled: bool) -> bool:
        return await (await self._futures()).set_trading(signer, uid, enabled=enabled)

    async def _spot(self) -> SpotGateway:
        gateway = await self._resolve(Venue.SPOT)
        from kraken_desk.exchange.spot.gateway import SpotGateway

        assert isinstance(gateway, SpotGateway)
        return gateway

    async def _futures(self) -> FuturesGateway:
        gateway = await self._resolve(Venue.FUTURES)
        from kraken_desk.exchange.futures.gateway import FuturesGateway

        assert isinstance(gateway, FuturesGateway)
        return gateway
