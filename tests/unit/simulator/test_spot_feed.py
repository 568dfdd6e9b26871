"""Spot WebSocket v2: tokens, snapshots, updates, sequences, heartbeats and faults, without sockets."""

import json
from decimal import Decimal
from typing import Any

import pytest

from kraken_desk.simulator.credentials import SpotKey
from kraken_desk.simulator.feeds.outbox import Close
from kraken_desk.simulator.feeds.spot_feed import SpotFeed
from tests.unit.simulator.conftest import SmallExchange


class Listener:
    """A feed and what it sent."""

    def __init__(self, small: SmallExchange) -> None:
        self.small = small
        self.feed = SpotFeed(small.world)
        self.feed.open(0.0)
        self.hello = self.take()

    def take(self) -> list[Any]:
        return [
            frame if isinstance(frame, Close) else json.loads(frame, parse_float=Decimal)
            for frame in self.feed.outbox.take()
        ]

    def say(self, message: object, at: float = 0.0) -> list[Any]:
        self.feed.receive(message if isinstance(message, str) else json.dumps(message), at)
        return self.take()

    def token(self, key: SpotKey | None = None) -> str:
        answer = self.small.ask.spot(key or self.small.master_key, "GetWebSocketsToken")
        return str(answer["result"]["token"])

    def subscribe(self, token: str | None = None, **more: object) -> list[Any]:
        parameters = {"channel": "balances", "token": token or self.token(), **more}
        return self.say({"method": "subscribe", "params": parameters, "req_id": 42})


@pytest.fixture
def listener(small: SmallExchange) -> Listener:
    return Listener(small)


def pay(small: SmallExchange, amount: str = "100") -> str:
    """Move money from the master to the first subaccount and give the transfer's id."""
    order = {"asset": "ZUSD", "amount": amount, "from": small.master.iiban, "to": small.first.iiban}
    answer = small.ask.spot(small.master_key, "AccountTransfer", order)
    return str(answer["result"]["transfer_id"])


def test_a_connection_is_greeted_with_the_status(listener: Listener) -> None:
    """The status comes unasked, with a connection id that no double can hold."""
    [status] = listener.hello

    assert status["channel"] == "status"
    assert status["data"][0]["system"] == "online"
    assert status["data"][0]["connection_id"] > 2**53


def test_a_change_of_the_system_is_announced(listener: Listener) -> None:
    """The status comes again when the engine changes, on the same connection id."""
    listener.small.world.system.spot = "cancel_only"
    listener.feed.tick(0.2)
    listener.feed.tick(0.4)

    [status] = listener.take()

    assert status["data"][0]["system"] == "cancel_only"
    assert status["data"][0]["connection_id"] == listener.hello[0]["data"][0]["connection_id"]


def test_a_ping_is_answered(listener: Listener) -> None:
    """The application ping gets a pong with its request id and two times."""
    [pong] = listener.say({"method": "ping", "req_id": 101})

    assert pong == {
        "method": "pong",
        "req_id": 101,
        "time_in": "2026-09-21T14:13:20.000000Z",
        "time_out": "2026-09-21T14:13:20.000000Z",
    }


def test_a_subscription_begins_with_a_snapshot(listener: Listener) -> None:
    """After the acknowledgement comes every balance, by wallet, with sequence 1."""
    acknowledgement, snapshot = listener.subscribe()

    assert acknowledgement["success"] is True
    assert acknowledgement["req_id"] == 42
    assert acknowledgement["result"] == {"channel": "balances", "snapshot": True}
    assert snapshot == {
        "channel": "balances",
        "type": "snapshot",
        "sequence": 1,
        "data": [
            {
                "asset": "USD",
                "asset_class": "currency",
                "balance": 1000,
                "wallets": [{"type": "spot", "id": "main", "balance": 1000}],
            },
            {
                "asset": "BTC",
                "asset_class": "currency",
                "balance": Decimal("2.5"),
                "wallets": [
                    {"type": "spot", "id": "main", "balance": 2},
                    {"type": "earn", "id": "flex", "balance": Decimal("0.5")},
                ],
            },
        ],
    }


def test_the_snapshot_can_be_left_out(listener: Listener) -> None:
    """Without a snapshot the first update has sequence 1."""
    answers = listener.subscribe(snapshot=False)
    pay(listener.small)
    [update] = listener.take()

    assert len(answers) == 1
    assert update["sequence"] == 1


def test_an_update_shows_the_movement_and_the_new_balance(listener: Listener) -> None:
    """A transfer is an update with its ledger id, reference, signed amount and resulting balance."""
    listener.subscribe()
    transfer_id = pay(listener.small, "100.5")

    [update] = listener.take()
    [row] = update["data"]

    assert (update["type"], update["sequence"]) == ("update", 2)
    assert row["ledger_id"] == listener.small.master.spot.entries[-1].ledger_id
    assert row["ref_id"] == transfer_id
    assert (row["asset"], row["type"], row["wallet_type"], row["wallet_id"]) == (
        "USD",
        "transfer",
        "spot",
        "main",
    )
    assert (row["amount"], row["balance"]) == (Decimal("-100.5"), Decimal("899.5"))
    assert "user" not in row


def test_a_master_may_follow_everybody(listener: Listener) -> None:
    """With users all, subaccounts' updates come too, with the account's id without spaces."""
    listener.subscribe(users="all")
    pay(listener.small)

    updates = [update["data"][0] for update in listener.take()]

    assert [row["user"] for row in updates] == [
        "AA88N84GWOAKNMOI",
        listener.small.first.iiban.replace(" ", ""),
    ]


def test_a_subaccount_may_not_follow_everybody(listener: Listener) -> None:
    """Users all is for masters."""
    [refusal] = listener.subscribe(listener.token(listener.small.first_key), users="all")

    assert refusal["error"] == "EGeneral:Permission denied"


def test_other_accounts_events_stay_private(listener: Listener) -> None:
    """A subscription without users all sees its own account only."""
    listener.subscribe(listener.token(listener.small.first_key))
    pay(listener.small)

    [update] = listener.take()

    assert update["data"][0]["amount"] == 100


def test_an_unknown_token_is_an_invalid_session(listener: Listener) -> None:
    """The error frame names method and request and says no success."""
    [refusal] = listener.subscribe("no such token")

    assert refusal == {
        "error": "ESession:Invalid session",
        "method": "subscribe",
        "req_id": 42,
        "status": "error",
        "success": False,
        "time_in": "2026-09-21T14:13:20.000000Z",
        "time_out": "2026-09-21T14:13:20.000000Z",
    }


def test_a_token_ages_unless_a_subscription_keeps_it(listener: Listener) -> None:
    """After 15 minutes an unused token is invalid; one in use stays good."""
    unused, used = listener.token(), listener.token()
    listener.subscribe(used)
    listener.small.world.clock.advance(900)

    second = Listener(listener.small)
    with_unused = second.subscribe(unused)[0]
    with_used = second.subscribe(used)[0]

    assert with_unused["error"] == "ESession:Invalid session"
    assert with_used["success"] is True


def test_a_token_may_always_age_under_a_switch(listener: Listener) -> None:
    """The older guides say 15 minutes in any case."""
    token = listener.token()
    listener.subscribe(token)
    listener.small.world.switches.ws_token_life = "fixed"
    listener.small.world.clock.advance(900)

    [refusal] = listener.subscribe(token)

    assert refusal["error"] == "ESession:Invalid session"


def test_a_right_taken_away_ends_the_tokens_use(listener: Listener) -> None:
    """Edits of the key count at the next subscription."""
    token = listener.token()
    listener.small.master_key.permissions = ["create-ws-token"]

    [refusal] = listener.subscribe(token)

    assert refusal["error"] == "EGeneral:Permission denied"


def test_unsubscribing_ends_updates(listener: Listener) -> None:
    """After the acknowledgement nothing more arrives."""
    token = listener.token()
    listener.subscribe(token)

    [acknowledgement] = listener.say(
        {"method": "unsubscribe", "params": {"channel": "balances", "token": token}, "req_id": 2}
    )
    pay(listener.small)

    assert acknowledgement["result"] == {"channel": "balances"}
    assert listener.take() == []


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ("{not json", "EGeneral:Invalid arguments:Malformed request"),
        ([1], "EGeneral:Invalid arguments:Malformed request"),
        ({"method": "subscribe"}, "EGeneral:Invalid arguments:params"),
        ({"method": "subscribe", "params": {"channel": "gossip"}}, "Subscription name invalid"),
        ({"method": "subscribe", "params": {"channel": "heartbeat"}}, "Subscription name invalid"),
        ({"method": "dance", "params": {"channel": "balances"}}, "EGeneral:Invalid arguments:method"),
    ],
)
def test_nonsense_is_answered_with_an_error(listener: Listener, message: object, error: str) -> None:
    """Every bad frame gets an error frame and the connection stays open."""
    [refusal] = listener.say(message)

    assert (refusal["error"], refusal["success"]) == (error, False)


def test_heartbeats_can_be_subscribed_under_a_switch(listener: Listener) -> None:
    """One guide subscribes to heartbeats; by default that is an error."""
    listener.small.world.switches.ws_heartbeat_subscribable = True

    [acknowledgement] = listener.say({"method": "subscribe", "params": {"channel": "heartbeat"}})

    assert acknowledgement["success"] is True


def test_heartbeats_fill_the_silence_of_a_subscription(listener: Listener) -> None:
    """One a second while nothing else is sent, none before a subscription."""
    listener.feed.tick(5.0)
    before = listener.take()
    listener.subscribe()
    listener.feed.tick(5.2)
    listener.feed.tick(6.1)
    listener.feed.tick(6.3)
    quiet = listener.take()
    listener.feed.tick(7.4)
    after = listener.take()

    assert before == []
    assert quiet == [{"channel": "heartbeat"}]
    assert after == [{"channel": "heartbeat"}]


def test_a_connection_without_subscription_is_closed_after_a_minute(listener: Listener) -> None:
    """The private host wants a private subscription; a ping buys another minute."""
    listener.say({"method": "ping"}, at=30.0)
    listener.feed.tick(89.0)
    early = listener.take()
    listener.feed.tick(90.0)

    assert early == []
    assert listener.take() == [Close(1000)]


def test_a_deleted_key_ends_its_feed(listener: Listener) -> None:
    """When the key goes, the connection goes."""
    listener.subscribe()
    listener.small.world.keys.delete(listener.small.master_key.api_key)

    listener.feed.tick(0.5)

    assert listener.take() == [Close(1000)]


def test_a_sequence_gap_can_be_made(listener: Listener) -> None:
    """The struck update is lost and its number with it."""
    listener.subscribe()
    listener.small.world.faults.add("ws_sequence_gap")
    pay(listener.small)
    pay(listener.small)

    [update] = listener.take()

    assert update["sequence"] == 3


@pytest.mark.parametrize(("name", "code"), [("ws_close_1008", 1008), ("ws_close_1012", 1012)])
def test_connections_can_be_closed(listener: Listener, name: str, code: int) -> None:
    """A policy close and a restart close, on demand."""
    listener.subscribe()
    listener.small.world.faults.add(name, path="/v2")

    listener.feed.tick(0.2)

    assert listener.take() == [Close(code)]


def test_a_feed_can_fall_silent(listener: Listener) -> None:
    """Under silence neither heartbeats nor updates are sent, and the connection stays open."""
    listener.subscribe()
    listener.small.world.faults.add("ws_silence")

    listener.feed.tick(0.2)
    pay(listener.small)
    listener.feed.tick(9.0)

    assert listener.take() == []


def test_garbage_can_be_sent(listener: Listener) -> None:
    """A frame that is not JSON arrives once."""
    listener.subscribe()
    listener.small.world.faults.add("ws_garbage")

    listener.feed.tick(0.2)

    assert listener.feed.outbox.take() == ["{not json"]


def test_a_token_can_be_declared_expired(listener: Listener) -> None:
    """The fault makes one subscription fail; a new token works."""
    listener.small.world.faults.add("ws_token_expired")

    [refusal] = listener.subscribe()
    accepted = listener.subscribe()[0]

    assert refusal["error"] == "ESession:Invalid session"
    assert accepted["success"] is True


def test_a_closed_feed_leaves_nothing_behind(listener: Listener) -> None:
    """After the end nobody follows the ledger, and the token ages again."""
    token = listener.token()
    listener.subscribe(token)

    listener.feed.closed()
    pay(listener.small)

    assert listener.take() == []
    assert listener.small.world.spot_observers == []
    assert listener.small.world.tokens[token].in_use == 0


def test_a_peer_that_does_not_read_is_cut_off(listener: Listener) -> None:
    """Frames do not pile up without end."""
    for number in range(10_001):
        listener.feed.receive(json.dumps({"method": "ping", "req_id": number}), 0.0)

    frames = listener.feed.outbox.take()

    assert frames == [Close(1009)]
