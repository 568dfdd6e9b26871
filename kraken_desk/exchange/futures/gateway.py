"""Kraken Futures as the services use it: keys, wallets, transfers, the account log and status."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar
from urllib.parse import quote

from kraken_desk.domain.balances import Balance, Holdings
from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import (
    AuthRejectedError,
    ExchangeError,
    InputError,
    LockedOutError,
    NonceStaleError,
    RejectedError,
    UnavailableError,
    UnreadableReplyError,
)
from kraken_desk.domain.fees import FeeFacts
from kraken_desk.domain.keys import ApiKeyInfo, Venue
from kraken_desk.domain.legs import LegKind
from kraken_desk.domain.money import Asset, AssetInfo, plain_text
from kraken_desk.domain.prices import MarketPrice
from kraken_desk.domain.signer import Signer
from kraken_desk.domain.subaccounts import LinkedSubaccount
from kraken_desk.domain.transfers import LedgerEntry, TransferOrder, TransferReceipt
from kraken_desk.domain.venue_facts import DomainFacts, ServerStatus
from kraken_desk.exchange.futures import wallets_wire, wire
from kraken_desk.exchange.futures.errors import checked_body
from kraken_desk.exchange.futures.names import unit_of
from kraken_desk.exchange.futures.signing import get_request, post_request, put_request
from kraken_desk.exchange.futures.sunset import after_sunset
from kraken_desk.exchange.key_channel import KeyChannel, SignedRequest
from kraken_desk.exchange.operations import Circumstances, Operation, Pool
from kraken_desk.exchange.outcomes import no_answer, reading
from kraken_desk.exchange.retry import CHECKS, ONCE, READS, Backoff, Sleep, read_with_retry
from kraken_desk.exchange.seams import Clock, NoReplyError, Reply, Transport

T = TypeVar("T")

_READ = ("General API access (Read Only or Full Access)",)
_FULL = ("General API access “Full Access”",)
_DERIVATIVES = "/derivatives/api/v3/"

_FAST, _LOG = Pool.DERIVATIVES, Pool.HISTORY

KEY_CHECK = Operation("api-keys/v3/check", "to describe the key", Venue.FUTURES, cost=2, pool=_FAST)
ACCOUNTS = Operation("accounts", "to read the wallets", Venue.FUTURES, _READ, cost=2, pool=_FAST)
SUBACCOUNTS = Operation("subaccounts", "to list the subaccounts", Venue.FUTURES, _READ, cost=2, pool=_FAST)
ACCOUNT_LOG = Operation("account-log", "to read the account log", Venue.FUTURES, _READ, pool=_LOG)
SUBACCOUNT_TRANSFER = Operation(
    "transfer/subaccount",
    "to move money between accounts",
    Venue.FUTURES,
    _FULL,
    changes=True,
    cost=10,
    pool=_FAST,
)
WALLETS_TRANSFER = Operation(
    "transfer", "to move money between wallets", Venue.FUTURES, _FULL, changes=True, cost=10, pool=_FAST
)
WITHDRAWAL = Operation(
    "withdrawal",
    "to move money to the Spot wallet",
    Venue.FUTURES,
    ("Withdrawal API access “Full Access”",),
    changes=True,
    cost=100,
    pool=_FAST,
)
TICKERS = Operation("tickers", "to read prices", Venue.FUTURES)
INSTRUMENT_STATUS = Operation("instruments/PF_XBTUSD/status", "to read Kraken's status", Venue.FUTURES)

_PATHS = {
    KEY_CHECK: "/api/auth/v1/api-keys/v3/check",
    ACCOUNT_LOG: "/api/history/v3/account-log",
}
_LOG_PAGE = 25  # the cheapest page: one token of a hundred in ten minutes
_MOST_PAGES = 12
_NEWEST = {"count": "1", "sort": "desc"}


class FuturesGateway:
    """The Futures venue of one environment; satisfies the services' port by shape."""

    def __init__(
        self,
        environment: Environment,
        *,
        transport: Transport,
        channel: KeyChannel,
        clock: Clock,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._base = environment.futures_url.rstrip("/")
        self._transport = transport
        self._channel = channel
        self._clock = clock
        self._sleep = sleep
        self._account_uids: dict[str, str] = {}

    @property
    def venue(self) -> Venue:
        return Venue.FUTURES

    async def check_key(self, signer: Signer, *, asked: bool = False) -> ApiKeyInfo:
        return await self._key_info(signer, CHECKS, asked=asked)

    async def ask_once(self, signer: Signer) -> ApiKeyInfo:
        """Ask about the signing key with one call, whatever comes of it."""
        return await self._key_info(signer, ONCE, asked=True)

    async def _key_info(self, signer: Signer, backoff: Backoff, *, asked: bool) -> ApiKeyInfo:
        def parse(body: bytes) -> ApiKeyInfo:
            return wire.api_key_info(body, api_key=signer.api_key, read_at=self._clock.now())

        info = await self._read(signer, KEY_CHECK, {}, parse, backoff=backoff, asked=asked)
        if info.account_uid:
            self._account_uids[signer.fingerprint] = info.account_uid
        return info

    async def domain_facts(self, signer: Signer) -> DomainFacts:
        """Compare the key's own account with the master that Kraken names.

        The own uid comes from the key check, once per key. A refusal other than of the key
        itself answers without facts.
        """
        try:
            family = await self._read(signer, SUBACCOUNTS, {}, wire.family)
            own = self._account_uids.get(signer.fingerprint) or (await self.check_key(signer)).account_uid
        except (AuthRejectedError, NonceStaleError, LockedOutError):
            raise
        except (RejectedError, UnreadableReplyError):
            return DomainFacts()
        return DomainFacts(
            is_master=own == family.master_uid if own else None,
            master_uid=family.master_uid,
            linked=family.linked,
        )

    async def balances(self, signer: Signer) -> tuple[Balance, ...]:
        return (await self.holdings(signer)).rows

    async def holdings(self, signer: Signer) -> Holdings:
        return await self._read(signer, ACCOUNTS, {}, wallets_wire.holdings)

    async def linked_holdings(self, signer: Signer) -> dict[str, Holdings]:
        """Read what a master's key is shown of its subaccounts' wallets, by uid."""
        return await self._read(signer, SUBACCOUNTS, {}, wallets_wire.linked_holdings)

    async def prices(self, assets: frozenset[Asset], against: frozenset[Asset]) -> tuple[MarketPrice, ...]:
        """Read index prices of the perpetual contracts by the public tickers."""
        every = assets | against

        def parse(reply: Reply) -> tuple[MarketPrice, ...]:
            body = checked_body(reply, Circumstances(TICKERS))
            with reading(TICKERS):
                return wallets_wire.index_prices(body, reply.received_at)

        found = await self._public(TICKERS, parse)
        return tuple(price for price in found if price.base in every and price.quote in every)

    async def fees(self, signer: Signer, pair: str) -> FeeFacts:
        """Refuse: the fee tables of Futures are deprecated and do not match what is charged (Kraken docs)."""
        del signer, pair
        raise InputError(
            "Fees are a matter of Spot keys",
            "Kraken's fee tables for Futures keys no longer match what it charges; a Spot key of the"
            " master tells the volume of both venues.",
            "Name a Spot key of the master.",
        )

    async def linked_subaccounts(self, signer: Signer) -> tuple[LinkedSubaccount, ...]:
        """Read the subaccounts that Kraken has linked to the key's master."""
        return await self._read(signer, SUBACCOUNTS, {}, wire.linked_subaccounts)

    async def trading_enabled(self, signer: Signer, uid: str) -> bool:
        """Ask whether a subaccount may trade (Kraken docs: trading-enabled)."""
        return await self._read(
            signer, _trading(uid, "to read whether it may trade"), {}, wire.trading_enabled
        )

    async def set_trading(self, signer: Signer, uid: str, *, enabled: bool) -> bool:
        """Allow or stop trading of a subaccount, sent once; returns what Kraken says is true now."""
        purpose = f"to {'enable' if enabled else 'disable'} trading"
        operation = _trading(uid, purpose, changes=True)
        params = {"tradingEnabled": "true" if enabled else "false"}
        return await self._dated(self._signed(signer, operation, params, wire.trading_enabled))

    async def assets(self) -> tuple[AssetInfo, ...]:
        return ()

    async def transfer(self, signer: Signer, order: TransferOrder) -> TransferReceipt:
        """Send the call that the order's ends ask for, once; only a withdrawal is given an id."""
        operation, params = _transfer_call(order)
        parse = wire.withdrawal_receipt if operation is WITHDRAWAL else wire.transfer_receipt
        return await self._dated(self._signed(signer, operation, params, parse))

    async def ledger_mark(self, signer: Signer) -> str:
        """Return the id of the newest log row, "0" for an empty log."""
        rows = await self._read(signer, ACCOUNT_LOG, _NEWEST, wire.log_rows)
        return str(max((row.id for row in rows), default=0))

    async def ledger_since(self, signer: Signer, mark: str) -> tuple[LedgerEntry, ...]:
        last = int(mark) if mark.isdecimal() else 0
        found: dict[int, wire.LogRow] = {}
        for _ in range(_MOST_PAGES):
            params = {"from": str(last + 1), "sort": "asc", "count": str(_LOG_PAGE)}
            rows = await self._read(signer, ACCOUNT_LOG, params, wire.log_rows)
            found.update({row.id: row for row in rows if row.id > last})
            newest = max(found, default=last)
            if len(rows) < _LOG_PAGE or newest == last:
                return tuple(wire.log_entry(found[entry_id]) for entry_id in sorted(found))
            last = newest
        raise UnavailableError(
            "The account log is too long to read",
            f"More than {_MOST_PAGES * _LOG_PAGE} rows came after the mark; the search is not complete.",
            "Look the rows up in Kraken's Futures log.",
            operation=ACCOUNT_LOG.name,
        )

    async def server_status(self) -> ServerStatus:
        """Read the clock off one market's status; Futures has no status of its own to report.

        An answer means “online”, which is all that can be told.
        """

        def parse(reply: Reply) -> ServerStatus:
            body = checked_body(reply, Circumstances(INSTRUMENT_STATUS))
            with reading(INSTRUMENT_STATUS):
                server_time = wire.server_time(body)
            halfway = reply.sent_at + (reply.received_at - reply.sent_at) / 2
            return ServerStatus("online", server_time, (server_time - halfway).total_seconds())

        return await self._public(INSTRUMENT_STATUS, parse)

    async def _public(self, operation: Operation, parse: Callable[[Reply], T]) -> T:
        async def attempt() -> T:
            try:
                reply = await self._transport.send("GET", self._base + _path(operation))
            except NoReplyError as error:
                raise no_answer(operation, "no whole answer came back") from error
            return parse(reply)

        return await self._dated(read_with_retry(attempt, sleep=self._sleep))

    async def _read(
        self,
        signer: Signer,
        operation: Operation,
        params: dict[str, str],
        parse: Callable[[bytes], T],
        *,
        backoff: Backoff = READS,
        asked: bool = False,
    ) -> T:
        return await self._dated(
            read_with_retry(
                lambda: self._signed(signer, operation, params, parse, asked=asked),
                backoff=backoff,
                sleep=self._sleep,
            )
        )

    async def _signed(
        self,
        signer: Signer,
        operation: Operation,
        params: dict[str, str],
        parse: Callable[[bytes], T],
        *,
        asked: bool = False,
    ) -> T:
        def sign(secret: bytes, nonce: int | None) -> SignedRequest:
            path = _path(operation)
            if nonce is None:
                return get_request(self._base, path, params, api_key=signer.api_key, secret=secret)
            build = put_request if operation.put else post_request
            return build(self._base, path, params, api_key=signer.api_key, secret=secret, nonce=nonce)

        def read(reply: Reply, circumstances: Circumstances) -> T:
            body = checked_body(reply, circumstances)
            with reading(operation):
                return parse(body)

        return await self._channel.call(
            signer, operation, sign=sign, read=read, with_nonce=operation.changes, asked=asked
        )

    async def _dated(self, work: Awaitable[T]) -> T:
        """Let failures after the API's announced end say so."""
        try:
            return await work
        except ExchangeError as error:
            told = after_sunset(error, self._clock.now())
            if told is error:
                raise
            raise told from error


def _transfer_call(order: TransferOrder) -> tuple[Operation, dict[str, str]]:
    unit, amount = unit_of(order.asset), plain_text(order.quantity)
    if order.kind is LegKind.WITHDRAWAL:
        return WITHDRAWAL, {"currency": unit, "amount": amount, "sourceWallet": order.source_wallet}
    wallets = {"fromAccount": order.source_wallet, "toAccount": order.destination_wallet}
    what = {**wallets, "unit": unit, "amount": amount}
    if order.kind is LegKind.FUTURES_WALLETS:
        return WALLETS_TRANSFER, what
    if order.kind is LegKind.FUTURES_ACCOUNTS:
        return SUBACCOUNT_TRANSFER, {"fromUser": order.source_id, "toUser": order.destination_id, **what}
    raise ValueError(f"Futures has no transfer of the kind {order.kind}")


def _trading(uid: str, purpose: str, *, changes: bool = False) -> Operation:
    name = f"subaccount/{quote(uid, safe='')}/trading-enabled"
    return Operation(
        name,
        purpose,
        Venue.FUTURES,
        _FULL,
        changes=changes,
        cost=2,
        pool=_FAST,
        moves_money=False,
        put=changes,
    )


def _path(operation: Operation) -> str:
    return _PATHS.get(operation, _DERIVATIVES + operation.name)
