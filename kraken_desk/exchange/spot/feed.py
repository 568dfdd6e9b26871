"""Spot WebSocket v2, private host: the balances channel (Kraken docs: Spot WebSocket v2 balances).

Amounts come as JSON numbers, assets under their display names. A balance in an update replaces
the old one.
"""

from __future__ import annotations

import json
from decimal import Decimal

import msgspec

from kraken_desk.domain.balances import SPOT_WALLET
from kraken_desk.domain.money import Asset
from kraken_desk.domain.secrets import ApiSecret
from kraken_desk.exchange.feed_protocol import Alive, Heard, Held, Place, Refused, Told
from kraken_desk.exchange.values import WireError, quantity

PATH = "/v2"
_DEAD_TOKENS = ("esession", "eapi:invalid token", "token is expired", "eservice", "egeneral:internal")


class _Wallet(msgspec.Struct):
    type: str
    id: str
    balance: Decimal


class _Row(msgspec.Struct):
    asset: str
    balance: Decimal
    wallets: list[_Wallet] | None = None
    wallet_type: str = "spot"
    wallet_id: str = "main"
    user: str | None = None


class _Message(msgspec.Struct):
    channel: str | None = None
    method: str | None = None
    type: str | None = None
    success: bool | None = None
    error: str | None = None
    sequence: int | None = None
    data: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


_message = msgspec.json.Decoder(_Message)
_rows = msgspec.json.Decoder(list[_Row])


class SpotBalancesFeed:
    """One connection's messages; the token is used once, in the subscription."""

    silence_s = 8.0  # heartbeats come once a second when nothing else does

    def __init__(self, token: ApiSecret) -> None:
        self._token = token

    def opening(self) -> tuple[str, ...]:
        params = {"channel": "balances", "token": self._token.reveal(), "snapshot": True}
        return (json.dumps({"method": "subscribe", "params": params, "req_id": 1}),)

    def answering(self, challenge: str, signed: str) -> tuple[str, ...]:
        """Return nothing: this dialect has no challenge."""
        del challenge, signed
        return ()

    def probe(self) -> str:
        """Return nothing: the heartbeat comes every second."""
        return ""

    def read(self, text: str) -> Heard:
        try:
            message = _message.decode(text)
            if message.channel == "balances" and message.type in ("snapshot", "update"):
                return _told(message)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            raise WireError(type(error).__name__) from error
        if message.success is False:
            reason = " ".join((message.error or "no reason given").split())[:200]
            return Refused(reason, final=not reason.lower().startswith(_DEAD_TOKENS))
        return Alive()


def _told(message: _Message) -> Heard:
    if message.sequence is None or isinstance(message.data, msgspec.UnsetType):
        raise WireError("balances without sequence or data")
    rows: dict[Place, Held] = {}
    for row in _rows.decode(message.data):
        if row.user is not None:  # another account's event; only this account's balances are kept
            continue
        if row.wallets is None:
            wallets = [_Wallet(row.wallet_type, row.wallet_id, row.balance)]
        else:
            wallets = row.wallets
        for wallet in wallets:
            place = Place(Asset(row.asset), SPOT_WALLET, _part(wallet))
            rows[place] = Held(quantity(wallet.balance))
    return Told(rows, message.sequence, whole=message.type == "snapshot")


def _part(wallet: _Wallet) -> str:
    """Name a wallet other than the plain one by Kraken's own words; the plain one has no part."""
    return "" if (wallet.type, wallet.id) == ("spot", "main") else f"{wallet.type} {wallet.id}"
