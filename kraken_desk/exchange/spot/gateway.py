"""Kraken Spot as the services use it: keys, balances, transfers, ledgers and status."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

import msgspec

from kraken_desk.domain.balances import Balance, Holdings
from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import (
    AuthRejectedError,
    ExchangeError,
    LockedOutError,
    NonceStaleError,
    RejectedError,
    UnreadableReplyError,
)
from kraken_desk.domain.fees import FeeFacts
from kraken_desk.domain.keys import ApiKeyInfo, Venue
from kraken_desk.domain.legs import LegKind
from kraken_desk.domain.money import Asset, AssetInfo, plain_text
from kraken_desk.domain.prices import MarketPrice
from kraken_desk.domain.secrets import ApiSecret
from kraken_desk.domain.signer import Signer
from kraken_desk.domain.transfers import LedgerEntry, TransferOrder, TransferReceipt
from kraken_desk.domain.venue_facts import DomainFacts, ServerStatus
from kraken_desk.exchange.key_channel import KeyChannel, SignedRequest
from kraken_desk.exchange.operations import Circumstances, Operation
from kraken_desk.exchange.outcomes import (
    PARSING_ERRORS,
    edge_error,
    looks_like_edge,
    no_answer,
    reading,
    unreadable,
)
from kraken_desk.exchange.retry import CHECKS, ONCE, READS, Backoff, Sleep, read_with_retry
from kraken_desk.exchange.seams import Clock, NoReplyError, Reply, Transport
from kraken_desk.exchange.spot import market_wire, wire
from kraken_desk.exchange.spot.assets import LEGACY, AssetNames
from kraken_desk.exchange.spot.errors import error_from, errors_among
from kraken_desk.exchange.spot.ledger import Mark, walk_since
from kraken_desk.exchange.spot.markets import SpotMarkets
from kraken_desk.exchange.spot.signing import private_request

T = TypeVar("T")

GET_API_KEY_INFO = Operation("GetApiKeyInfo", "to describe the key", Venue.SPOT)
BALANCE_EX = Operation("BalanceEx", "to read the balances", Venue.SPOT, ("query-funds",))
LEDGERS = Operation("Ledgers", "to read the ledger", Venue.SPOT, ("query-ledger",), cost=2)
TRADE_VOLUME = Operation("TradeVolume", "to ask for linked accounts", Venue.SPOT, ("query-funds",))
FEES = Operation("TradeVolume", "to read volume and fees", Venue.SPOT, ("query-funds",))
ACCOUNT_TRANSFER = Operation(
    "AccountTransfer", "to move money between accounts", Venue.SPOT, ("withdraw-funds",), changes=True
)
WALLET_TRANSFER = Operation(
    "WalletTransfer", "to move money to Futures", Venue.SPOT, ("query-funds",), changes=True
)
CREATE_SUBACCOUNT = Operation(
    "CreateSubaccount",
    "to create a subaccount",
    Venue.SPOT,
    ("withdraw-funds",),
    changes=True,
    moves_money=False,
)
WEBSOCKETS_TOKEN = Operation(
    "GetWebSocketsToken", "to open a live connection", Venue.SPOT, ("create-ws-token",)
)
ASSETS = Operation("Assets", "to read the list of assets", Venue.SPOT)
SYSTEM_STATUS = Operation("SystemStatus", "to read Kraken's status", Venue.SPOT)
TIME = Operation("Time", "to read Kraken's clock", Venue.SPOT)

_NAMES_YOUNG = timedelta(minutes=10)
_NAMES_OLD = timedelta(hours=6)
_HALF_A_SECOND = timedelta(seconds=0.5)


class SpotGateway:
    """The Spot venue of one environment; satisfies the services' port by shape."""

    def __init__(
        self,
        environment: Environment,
        *,
        transport: Transport,
        channel: KeyChannel,
        clock: Clock,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._base = environment.spot_url.rstrip("/")
        self._transport = transport
        self._channel = channel
        self._clock = clock
        self._sleep = sleep
        self._names: AssetNames | None = None
        self._names_at = clock.now()
        self._names_lock = asyncio.Lock()
        self._markets = SpotMarkets(self._public, lambda: self._current_names(frozenset()), clock)

    @property
    def venue(self) -> Venue:
        return Venue.SPOT

    async def check_key(self, signer: Signer, *, asked: bool = False) -> ApiKeyInfo:
        return await self._key_info(signer, CHECKS, asked=asked)

    async def ask_once(self, signer: Signer) -> ApiKeyInfo:
        """Ask about the signing key with one call, whatever comes of it."""
        return await self._key_info(signer, ONCE, asked=True)

    async def _key_info(self, signer: Signer, backoff: Backoff, *, asked: bool) -> ApiKeyInfo:
        def parse(result: bytes) -> ApiKeyInfo:
            return wire.api_key_info(result, api_key=signer.api_key, read_at=self._clock.now())

        return await self._read(signer, GET_API_KEY_INFO, {}, parse, backoff=backoff, asked=asked)

    async def domain_facts(self, signer: Signer) -> DomainFacts:
        """Ask TradeVolume; a refusal other than of the key itself answers without facts."""
        try:
            return await self._read(signer, TRADE_VOLUME, {}, wire.domain_facts)
        except (AuthRejectedError, NonceStaleError, LockedOutError):
            raise
        except (RejectedError, UnreadableReplyError):
            return DomainFacts()

    async def balances(self, signer: Signer) -> tuple[Balance, ...]:
        rows = await self._read(signer, BALANCE_EX, {}, wire.balance_rows, empty=True)
        return wire.balances(rows, await self._current_names(frozenset(rows)))

    async def holdings(self, signer: Signer) -> Holdings:
        """Read the balances; margin figures are a matter of Futures."""
        return Holdings(await self.balances(signer))

    async def linked_holdings(self, signer: Signer) -> dict[str, Holdings]:  # noqa: ARG002  # the port's
        """Return nothing: no Spot call shows a master its subaccounts' balances."""
        return {}

    async def assets(self) -> tuple[AssetInfo, ...]:
        async with self._names_lock:
            if self._names is None or self._clock.now() - self._names_at >= _NAMES_YOUNG:
                await self._fetched_names()
            assert self._names is not None
            return self._names.infos

    async def prices(self, assets: frozenset[Asset], against: frozenset[Asset]) -> tuple[MarketPrice, ...]:
        """Read last trades by the public Ticker."""
        return await self._markets.prices(assets, against)

    async def fees(self, signer: Signer, pair: str) -> FeeFacts:
        """Ask TradeVolume for the domain's volume, the pair's fees and its schedule."""
        names = await self._current_names(frozenset())

        def parse(result: bytes) -> FeeFacts:
            return market_wire.fee_facts(result, names, pair, self._clock.now())

        return await self._read(signer, FEES, {"pair": pair, "fee_schedule": "true"}, parse)

    async def transfer(self, signer: Signer, order: TransferOrder) -> TransferReceipt:
        """Send AccountTransfer or WalletTransfer once, as the order's ends ask; never repeated here."""
        names = await self._current_names(frozenset())
        what = {"asset": names.wire_name(order.asset), "amount": plain_text(order.quantity)}
        if order.kind is LegKind.WALLET_TRANSFER:
            ends = {"from": "Spot Wallet", "to": "Futures Wallet"}
            return await self._signed(signer, WALLET_TRANSFER, {**what, **ends}, wire.wallet_receipt)
        if order.kind is not LegKind.ACCOUNT_TRANSFER:
            raise ValueError(f"Spot has no transfer of the kind {order.kind}")
        ends = {"from": order.source_id, "to": order.destination_id}
        return await self._signed(signer, ACCOUNT_TRANSFER, {**what, **ends}, wire.transfer_receipt)

    async def create_subaccount(self, signer: Signer, username: str, email: str) -> None:
        """Send CreateSubaccount once; Kraken's answer names no id (Kraken docs: CreateSubaccount)."""
        params = {"username": username, "email": email}
        await self._signed(signer, CREATE_SUBACCOUNT, params, wire.created)

    async def ledger_mark(self, signer: Signer) -> str:
        page = await self._ledger_page(signer, {})
        return Mark.of(page).text()

    async def ledger_since(self, signer: Signer, mark: str) -> tuple[LedgerEntry, ...]:
        rows = await walk_since(Mark.parse(mark), lambda params: self._ledger_page(signer, params), LEDGERS)
        names = await self._current_names(frozenset(row.asset for row in rows.values()))
        entries = (wire.ledger_entry(entry_id, row, names) for entry_id, row in rows.items())
        return tuple(sorted(entries, key=lambda entry: (entry.time, entry.entry_id)))

    async def websocket_token(self, signer: Signer) -> ApiSecret:
        """Fetch a token for one live connection; it conveys the key's rights, so it is masked."""
        return await self._read(signer, WEBSOCKETS_TOKEN, {}, wire.websocket_token)

    async def server_status(self) -> ServerStatus:
        """Read status and clock; Kraken's clock has whole seconds, so the offset is ± 0.5 s."""
        status = await self._public(SYSTEM_STATUS, lambda result, _: wire.system_status(result))
        server_time, reply = await self._public(TIME, lambda result, r: (wire.server_time(result), r))
        halfway = reply.sent_at + (reply.received_at - reply.sent_at) / 2
        offset = server_time + _HALF_A_SECOND - halfway
        return ServerStatus(status, server_time, offset.total_seconds())

    async def _ledger_page(self, signer: Signer, params: dict[str, str]) -> dict[str, wire.LedgerRow]:
        return await self._read(signer, LEDGERS, params, wire.ledger_page)

    async def _read(
        self,
        signer: Signer,
        operation: Operation,
        params: dict[str, str],
        parse: Callable[[bytes], T],
        *,
        backoff: Backoff = READS,
        asked: bool = False,
        empty: bool = False,
    ) -> T:
        return await read_with_retry(
            lambda: self._signed(signer, operation, params, parse, asked=asked, empty=empty),
            backoff=backoff,
            sleep=self._sleep,
        )

    async def _signed(
        self,
        signer: Signer,
        operation: Operation,
        params: dict[str, str],
        parse: Callable[[bytes], T],
        *,
        asked: bool = False,
        empty: bool = False,
    ) -> T:
        def sign(secret: bytes, nonce: int | None) -> SignedRequest:
            assert nonce is not None
            given = {**params, "otp": signer.otp} if signer.otp else params
            return private_request(
                self._base, operation.name, given, api_key=signer.api_key, secret=secret, nonce=nonce
            )

        def read(reply: Reply, circumstances: Circumstances) -> T:
            result = self._result(reply, circumstances, empty=empty)
            with reading(operation):
                return parse(result)

        return await self._channel.call(signer, operation, sign=sign, read=read, asked=asked)

    async def _public(
        self,
        operation: Operation,
        parse: Callable[[bytes, Reply], T],
        *,
        query: str = "",
        backoff: Backoff = READS,
    ) -> T:
        url = f"{self._base}/0/public/{operation.name}" + (f"?{query}" if query else "")

        async def attempt() -> T:
            try:
                reply = await self._transport.send("GET", url)
            except NoReplyError as error:
                raise no_answer(operation, "no whole answer came back") from error
            result = self._result(reply, Circumstances(operation))
            with reading(operation):
                return parse(result, reply)

        return await read_with_retry(attempt, backoff=backoff, sleep=self._sleep)

    def _result(self, reply: Reply, circumstances: Circumstances, *, empty: bool = False) -> bytes:
        """Return the undecoded result of an answer, or raise what its errors mean."""
        operation = circumstances.operation
        try:
            envelope = wire.envelope(reply.body)
        except PARSING_ERRORS as error:
            if looks_like_edge(reply):
                raise edge_error(reply, operation) from error
            raise unreadable(operation, "it is not whole JSON with an error list") from error
        strings = envelope.strings()
        if len(strings) > wire.MOST_ERRORS:
            raise unreadable(operation, "it lists more errors than anyone reads")
        if errors_among(strings):
            raise error_from(strings, circumstances, self._clock.now())
        if reply.status != 200:
            raise edge_error(reply, operation)
        if isinstance(envelope.result, msgspec.UnsetType):
            if empty:
                return wire.EMPTY
            raise unreadable(operation, "it has no result")
        return bytes(envelope.result)

    async def _current_names(self, needed: frozenset[str]) -> AssetNames:
        """Return the kept table, read anew when old or lacking a name; without one, the legacy names."""
        async with self._names_lock:
            if self._names is not None and self._names_suffice(self._names, needed):
                return self._names
            try:
                return await self._fetched_names(ONCE)
            except ExchangeError:
                return self._names or AssetNames(LEGACY)

    def _names_suffice(self, names: AssetNames, needed: frozenset[str]) -> bool:
        age = self._clock.now() - self._names_at
        return age < _NAMES_YOUNG or (age < _NAMES_OLD and all(map(names.knows, needed)))

    async def _fetched_names(self, backoff: Backoff = READS) -> AssetNames:
        def parse(result: bytes, _reply: Reply) -> AssetNames:
            return AssetNames(wire.assets(result))

        self._names = await self._public(ASSETS, parse, backoff=backoff)
        self._names_at = self._clock.now()
        return self._names
