"""Futures WebSocket v1: the balances feed behind its signed challenge (Kraken docs: Futures WebSocket).

There are no request ids, and absent sections of a delta mean “no change”. Margin figures move with
prices, so deltas come without any transfer too.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from itertools import pairwise

import msgspec

from kraken_desk.domain.balances import CASH_WALLET
from kraken_desk.exchange.feed_protocol import Alive, Challenge, Heard, Held, Place, Refused, Told
from kraken_desk.exchange.futures.names import FLEX_WALLET, asset_of, is_credit, wallet_of
from kraken_desk.exchange.values import WireError, quantity

PATH = "/ws/v1"
LONGEST_SILENCE_S, SHORTEST_SILENCE_S = 30.0, 8.0
"""Seconds without a message after which a feed is not trusted; fewer once heartbeats come often. Where
probes are answered, an unanswered one tells much earlier."""

BEATS = 4
"""Intervals to have seen before the heartbeat's pace is believed."""

_BALANCES = ("balances_snapshot", "balances")
_PASSING = ("already subscribed", "not subscribed", "bad websocket message")
_CHALLENGE = re.compile(r"[0-9A-Za-z-]{1,64}")
"""A challenge is a UUID. Calls are signed the same way over text that always holds a “/”, so whoever
chose the challenge freely could have a transfer signed by it."""

_FINAL = ("insufficient privileges", "invalid api key", "invalid feed")


class _Margin(msgspec.Struct):
    unit: str
    balance: Decimal
    available: Decimal | None = None


class _Currency(msgspec.Struct):
    quantity: Decimal
    available: Decimal | None = None


class _Flex(msgspec.Struct):
    currencies: dict[str, _Currency] = {}


class _Message(msgspec.Struct):
    event: str | None = None
    feed: str | None = None
    message: str | None = None
    seq: int | None = None
    time: int | None = None
    holding: dict[str, Decimal] | None = None
    futures: dict[str, _Margin] | None = None
    flex_futures: _Flex | None = None


_decoder = msgspec.json.Decoder(_Message)


class FuturesBalancesFeed:
    """One connection's messages. Besides balances it asks for the heartbeat, to notice silence."""

    def __init__(self, api_key: str) -> None:
        self._api_key = api_key
        self.silence_s = LONGEST_SILENCE_S
        self._beats: list[int] = []

    def opening(self) -> tuple[str, ...]:
        return (
            self.probe(),
            json.dumps({"event": "challenge", "api_key": self._api_key}),
        )

    def answering(self, challenge: str, signed: str) -> tuple[str, ...]:
        subscription = {
            "event": "subscribe",
            "feed": "balances",
            "api_key": self._api_key,
            "original_challenge": challenge,
            "signed_challenge": signed,
        }
        return (json.dumps(subscription),)

    def probe(self) -> str:
        """Subscribe to the heartbeat again.

        The first time `subscribed` answers (Kraken docs: Futures WebSocket), later that, or an alert that
        it is subscribed to already (observed).
        """
        return json.dumps({"event": "subscribe", "feed": "heartbeat"})

    def read(self, text: str) -> Heard:
        try:
            message = _decoder.decode(text)
            if message.feed in _BALANCES and message.event is None:
                return _told(message)
            if message.feed == "heartbeat" and message.time is not None:
                self._beat(message.time)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            raise WireError(type(error).__name__) from error
        if message.event == "challenge" and message.message:
            if not _CHALLENGE.fullmatch(message.message):
                raise WireError("a challenge of another form")
            return Challenge(message.message)
        if message.event in ("error", "alert", "subscribed_failed"):
            reason = " ".join((message.message or message.event).split())[:200]
            if message.event == "alert" and reason.lower().startswith(_PASSING):
                return Alive(answers=True)
            return Refused(reason, final=reason.lower().startswith(_FINAL))
        return Alive(answers=message.event == "subscribed" and message.feed == "heartbeat")

    def _beat(self, at_ms: int) -> None:
        """Learn the heartbeat's interval, which Kraken does not publish, from its own times."""
        self._beats = [*self._beats[-BEATS:], at_ms]
        if len(self._beats) > BEATS:
            longest = max(later - earlier for earlier, later in pairwise(self._beats)) / 1000
            self.silence_s = min(max(SHORTEST_SILENCE_S, 3 * longest), LONGEST_SILENCE_S)


def _told(message: _Message) -> Heard:
    if message.seq is None:
        raise WireError("balances without sequence")
    rows: dict[Place, Held] = {}
    for code, amount in (message.holding or {}).items():
        asset = asset_of(code)
        total = quantity(amount)
        rows[Place(asset, CASH_WALLET)] = Held(total, None if is_credit(asset) else total)
    for name, margin in (message.futures or {}).items():
        asset = asset_of(margin.unit)
        rows[Place(asset, wallet_of(name, asset, asset))] = _held(margin.balance, margin.available)
    for code, currency in (message.flex_futures.currencies if message.flex_futures else {}).items():
        rows[Place(asset_of(code), FLEX_WALLET)] = _held(currency.quantity, currency.available)
    return Told(rows, message.seq, whole=message.feed == "balances_snapshot")


def _held(total: Decimal, available: Decimal | None) -> Held:
    return Held(quantity(total), quantity(available) if available is not None else None)
