"""Futures WebSocket v1: challenge, balances, account log, keep-alive and faults, without sockets."""

import base64
import hashlib
import hmac
import json
from decimal import Decimal
from typing import Any

import pytest

from kraken_desk.simulator.credentials import Access, FuturesKey
from kraken_desk.simulator.feeds.futures_feed import FuturesFeed
from kraken_desk.simulator.feeds.outbox import Close
from tests.unit.simulator.conftest import SmallExchange


class Listener:
    """A feed and what it sent."""

    def __init__(self, small: SmallExchange) -> None:
        self.small = small
        self.feed = FuturesFeed(small.world)
        self.feed.open(0.0)
        self.hello = self.take()

    def take(self) -> list[Any]:
        return [
            frame if isinstance(frame, Close) else json.loads(frame, parse_float=Decimal)
            for frame in self.feed.outbox.take()
        ]

    def say(self, message: object) -> list[Any]:
        self.feed.receive(message if isinstance(message, str) else json.dumps(message), 0.0)
        return self.take()

    def login(self, key: FuturesKey, secret: bytes | None = None) -> dict[str, str]:
        """Ask for the challenge and sign it."""
        [challenge] = self.say({"event": "challenge", "api_key": key.api_key})
        text = challenge["message"]
        digest = hashlib.sha256(text.encode()).digest()
        signed = hmac.new(secret or key.secret, digest, hashlib.sha512).digest()
        return {
            "api_key": key.api_key,
            "original_challenge": text,
            "signed_challenge": base64.b64encode(signed).decode(),
        }

    def subscribe(self, feed: str, key: FuturesKey | None = None, event: str = "subscribe") -> list[Any]:
        fields = self.login(key or self.small.futures_first)
        return self.say({"event": event, "feed": feed, **fields})


@pytest.fixture
def listener(small: SmallExchange) -> Listener:
    return Listener(small)


def move(small: SmallExchange, source: str, target: str, unit: str, amount: str) -> None:
    order = {"fromAccount": source, "toAccount": target, "unit": unit, "amount": amount}
    answer = small.ask.futures(small.futures_first, "/derivatives/api/v3/transfer", order, method="POST")
    assert answer["result"] == "success"


def test_a_connection_is_greeted(listener: Listener) -> None:
    """The version comes unasked."""
    assert listener.hello == [{"event": "info", "version": 1}]


def test_one_challenge_serves_a_connection(listener: Listener) -> None:
    """Asking again gives the same challenge; another connection has another."""
    first = listener.login(listener.small.futures_first)["original_challenge"]
    again = listener.login(listener.small.futures_first)["original_challenge"]
    other = Listener(listener.small).login(listener.small.futures_first)["original_challenge"]

    assert first == again
    assert first != other


def test_balances_begin_with_a_snapshot(listener: Listener) -> None:
    """Holding, single-collateral and flex wallets come in the feed's spelling, with seq 0."""
    acknowledgement, snapshot = listener.subscribe("balances")

    assert acknowledgement == {"event": "subscribed", "feed": "balances"}
    assert snapshot["feed"] == "balances_snapshot"
    assert snapshot["account"] == listener.small.first.futures_uid
    assert snapshot["holding"] == {"USD": 50, "XBT": Decimal("3.46e-9")}
    assert snapshot["futures"]["F-XBT:USD"]["balance"] == Decimal("0.25")
    assert snapshot["futures"]["F-XBT:USD"]["pair"] == "XBT/USD"
    assert snapshot["flex_futures"]["currencies"]["XBT"]["quantity"] == Decimal("1.5")
    assert snapshot["flex_futures"]["cross"]["balance_value"] == 147250
    assert (snapshot["timestamp"], snapshot["seq"]) == (1_790_000_000_000, 0)


def test_each_wallet_has_its_own_delta(listener: Listener) -> None:
    """A move from flex to cash gives a flex delta and a holding delta, in order, with rising seq."""
    listener.subscribe("balances")

    move(listener.small, "flex", "cash", "usd", "12.5")
    flex, holding = listener.take()

    assert (flex["feed"], flex["seq"], "holding" in flex) == ("balances", 1, False)
    assert flex["flex_futures"]["currencies"]["USD"]["quantity"] == Decimal("987.5")
    assert (holding["seq"], holding["holding"], holding["futures"]) == (2, {"USD": Decimal("62.5")}, {})


def test_a_margin_wallet_has_its_delta(listener: Listener) -> None:
    """A move out of `fi_xbtusd` shows the full row of that wallet."""
    listener.subscribe("balances")

    move(listener.small, "fi_xbtusd", "cash", "xbt", "0.05")
    margin, _ = listener.take()

    assert margin["holding"] == {}
    assert margin["futures"]["F-XBT:USD"]["balance"] == Decimal("0.2")


def test_the_log_comes_as_snapshot_and_entries(listener: Listener) -> None:
    """Newest first, then single entries; absent numbers are zero and absent texts empty."""
    acknowledgement, snapshot = listener.subscribe("account_log")
    move(listener.small, "cash", "flex", "usd", "1")
    debit, credit = listener.take()

    assert acknowledgement == {"event": "subscribed", "feed": "account_log"}
    assert [row["id"] for row in snapshot["logs"]] == [5, 4, 3, 2, 1]
    assert snapshot["logs"][0]["execution"] == ""
    assert snapshot["logs"][0]["realized_pnl"] == 0
    assert (debit["feed"], debit["new_entry"]["id"], credit["new_entry"]["id"]) == ("account_log", 6, 7)
    assert debit["new_entry"]["info"] == "transfer"


@pytest.mark.parametrize(
    ("feed", "content"),
    [
        ("fills", {"fills": []}),
        ("open_orders", {"orders": []}),
        ("open_positions", {"positions": []}),
        ("notifications_auth", {"notifications": []}),
    ],
)
def test_other_private_feeds_are_empty(listener: Listener, feed: str, content: dict[str, object]) -> None:
    """Feeds that this exchange has nothing for can be subscribed and stay empty."""
    acknowledgement, snapshot = listener.subscribe(feed)

    assert acknowledgement == {"event": "subscribed", "feed": feed}
    assert snapshot == {
        "feed": f"{feed}_snapshot",
        "account": listener.small.first.futures_uid,
        **content,
    }


def test_a_wrong_signature_is_refused(listener: Listener) -> None:
    """A challenge signed by another secret, or another challenge, does not subscribe."""
    wrong_secret = listener.login(listener.small.futures_first, secret=b"wrong")
    other_text = {**listener.login(listener.small.futures_first), "original_challenge": "x"}

    for fields in (wrong_secret, other_text):
        answers = listener.say({"event": "subscribe", "feed": "balances", **fields})
        assert answers == [{"event": "error", "message": "Invalid challenge"}]


def test_a_key_without_rights_is_refused(listener: Listener) -> None:
    """Private feeds need the right to read."""
    listener.small.futures_first.general = Access.NONE

    answers = listener.subscribe("balances")

    assert answers == [{"event": "error", "message": "Insufficient privileges"}]


@pytest.mark.parametrize(
    ("message", "answer"),
    [
        ("{not json", {"event": "error", "message": "Json Error"}),
        ({"event": "ping"}, {"event": "alert", "message": "Bad websocket message"}),
        ([], {"event": "alert", "message": "Bad websocket message"}),
        ({"event": "subscribe", "feed": "gossip"}, {"event": "error", "message": "Invalid feed"}),
        ({"event": "challenge", "api_key": "unknown"}, {"event": "error", "message": "Invalid API key"}),
    ],
)
def test_nonsense_is_answered(listener: Listener, message: object, answer: object) -> None:
    """Bad frames, a JSON ping among them, get an error or an alert."""
    assert listener.say(message) == [answer]


def test_subscribing_twice_alerts_and_starts_anew(listener: Listener) -> None:
    """A second subscription is a benign alert and a fresh snapshot with seq 0."""
    listener.subscribe("balances")
    move(listener.small, "cash", "flex", "usd", "1")
    listener.take()

    alert, _, snapshot = listener.subscribe("balances")

    assert alert == {"event": "alert", "message": "Already subscribed to feed, re-requesting"}
    assert (snapshot["feed"], snapshot["seq"]) == ("balances_snapshot", 0)


def test_unsubscribing_ends_deltas(listener: Listener) -> None:
    """After the acknowledgement nothing comes; a second time there is nothing to end."""
    listener.subscribe("balances")

    ended = listener.subscribe("balances", event="unsubscribe")
    again = listener.subscribe("balances", event="unsubscribe")
    move(listener.small, "cash", "flex", "usd", "1")

    assert ended == [{"event": "unsubscribed", "feed": "balances"}]
    assert again == [{"event": "alert", "message": "Not subscribed to feed"}]
    assert listener.take() == []


def test_heartbeats_beat_on_request(listener: Listener) -> None:
    """The public heartbeat feed needs no key and carries the exchange's time."""
    [acknowledgement] = listener.say({"event": "subscribe", "feed": "heartbeat"})
    listener.feed.tick(1.0)

    assert acknowledgement == {"event": "subscribed", "feed": "heartbeat"}
    assert listener.take() == [{"feed": "heartbeat", "time": 1_790_000_000_000}]


def test_a_connection_without_pings_is_closed_after_a_minute(listener: Listener) -> None:
    """Messages do not keep a connection open, protocol pings do."""
    listener.feed.pinged(30.0)
    listener.feed.tick(89.0)
    early = listener.take()
    listener.feed.tick(90.0)

    assert early == []
    assert listener.take() == [Close(1000)]


def test_a_sequence_gap_can_be_made(listener: Listener) -> None:
    """The struck delta is lost and its number with it."""
    listener.subscribe("balances")
    listener.small.world.faults.add("ws_sequence_gap", path="/ws/v1")
    move(listener.small, "cash", "flex", "usd", "1")

    [delta] = listener.take()

    assert delta["seq"] == 2


def test_connections_can_be_closed_and_silenced(listener: Listener) -> None:
    """Faults of the connection strike at the next tick."""
    listener.subscribe("balances")
    listener.small.world.faults.add("ws_close_1008")
    listener.feed.tick(0.2)
    closed = listener.take()
    listener.small.world.faults.add("ws_silence")
    listener.feed.tick(0.4)
    move(listener.small, "cash", "flex", "usd", "1")

    assert closed == [Close(1008)]
    assert listener.take() == []


def test_a_closed_feed_leaves_nothing_behind(listener: Listener) -> None:
    """After the end nobody follows the log."""
    listener.subscribe("balances")

    listener.feed.closed()
    move(listener.small, "cash", "flex", "usd", "1")

    assert listener.take() == []
    assert listener.small.world.futures_observers == []
