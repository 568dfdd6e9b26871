"""Messages of Spot's balances channel, as documented."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kraken_desk.domain.money import Asset
from kraken_desk.domain.secrets import ApiSecret
from kraken_desk.exchange.feed_protocol import Alive, Challenge, Held, Place, Refused, Told
from kraken_desk.exchange.spot.feed import SpotBalancesFeed
from kraken_desk.exchange.values import WireError

FEED = SpotBalancesFeed(ApiSecret("the-token"))
SNAPSHOT = (
    '{"channel":"balances","type":"snapshot","data":['
    '{"asset":"BTC","asset_class":"currency","balance":1.2,"wallets":[{"type":"spot","id":"main","balance":1.2}]},'
    '{"asset":"MATIC","asset_class":"currency","balance":500,"wallets":[{"type":"spot","id":"main","balance":300},'
    '{"type":"earn","id":"flex","balance":200}]}],"sequence":1}'
)
UPDATE: dict[str, Any] = {
    "channel": "balances",
    "type": "update",
    "data": [
        {
            "ledger_id": "ADKKFF-WEA5A-CNUBHG",
            "ref_id": "AGBWUJRU-LAREZ-W3UFAN",
            "timestamp": "2023-09-22T10:23:42.925034Z",
            "type": "deposit",
            "subtype": "",
            "asset": "BTC",
            "wallet_type": "spot",
            "wallet_id": "main",
            "amount": 0.01,
            "fee": 0.0,
            "balance": 0.02,
        }
    ],
    "sequence": 2,
}


def place(asset: str, part: str = "") -> Place:
    return Place(Asset(asset), "spot", part)


def test_the_subscription_carries_the_token() -> None:
    """One request subscribes to balances with a snapshot."""
    [request] = FEED.opening()

    assert json.loads(request) == {
        "method": "subscribe",
        "params": {"channel": "balances", "token": "the-token", "snapshot": True},
        "req_id": 1,
    }
    assert FEED.answering("a", "b") == ()


def test_the_documented_snapshot_is_read() -> None:
    """Wallets of one asset are rows of their own; the plain one has no part."""
    assert FEED.read(SNAPSHOT) == Told(
        {
            place("BTC"): Held(Decimal("1.2")),
            place("MATIC"): Held(Decimal(300)),
            place("MATIC", "earn flex"): Held(Decimal(200)),
        },
        sequence=1,
        whole=True,
    )


def test_the_documented_update_is_read() -> None:
    """An update names the new balance of its wallet."""
    assert FEED.read(json.dumps(UPDATE)) == Told({place("BTC"): Held(Decimal("0.02"))}, 2, whole=False)


def test_numbers_keep_every_digit() -> None:
    """A bare number with twenty digits is not rounded."""
    heard = FEED.read(json.dumps(UPDATE).replace("0.02", "12345678901.0123456789"))

    assert isinstance(heard, Told)
    assert str(heard.rows[place("BTC")].total) == "12345678901.0123456789"


def test_another_accounts_event_is_numbered_but_not_kept() -> None:
    """A row with a user belongs to a subaccount; its message still counts in the sequence."""
    other = {**UPDATE, "data": [{**UPDATE["data"][0], "user": "AA96N74GCGEFN8KI"}]}

    assert FEED.read(json.dumps(other)) == Told({}, 2, whole=False)


@pytest.mark.parametrize(
    "text",
    [
        '{"channel":"heartbeat"}',
        (
            '{"channel":"status","data":[{"api_version":"v2","connection_id":13834774380200032777,'
            '"system":"online","version":"2.0.0"}],"type":"update"}'
        ),
        '{"method":"subscribe","req_id":1,"result":{"channel":"balances","snapshot":true},"success":true}',
        '{"method":"pong","req_id":101}',
        '{"channel":"news","type":"update","data":{"any":1}}',
    ],
)
def test_other_messages_are_signs_of_life(text: str) -> None:
    """Heartbeats, status, acknowledgements and unknown channels say that the connection lives."""
    assert FEED.read(text) == Alive()


@pytest.mark.parametrize(
    ("error", "final"),
    [
        ("ESession:Invalid session", False),
        ("EAPI:Invalid token", False),
        ("Token is expired", False),
        ("EService:Unavailable", False),
        ("EGeneral:Permission denied", True),
        ("EGeneral:Invalid arguments", True),
        ("Subscription name invalid", True),
    ],
)
def test_refusals_are_sorted(error: str, final: bool) -> None:
    """A dead token is worth a new one; a missing permission is not."""
    text = json.dumps({"error": error, "method": "subscribe", "req_id": 1, "success": False})

    assert FEED.read(text) == Refused(error, final)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{not json",
        "[]",
        '{"channel":"balances","type":"update","data":[]}',
        '{"channel":"balances","type":"update","sequence":2}',
        '{"channel":"balances","type":"update","sequence":2,"data":[{"asset":"BTC","balance":"NaN"}]}',
        "[" * 100_000,
    ],
)
def test_other_texts_cannot_be_read(text: str) -> None:
    """Broken frames and balances without figures or number are told as unreadable."""
    with pytest.raises(WireError):
        FEED.read(text)


@settings(max_examples=150, deadline=None)
@given(
    text=st.text(max_size=40)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["channel", "type", "data", "sequence", "success", "error", "asset", "x"]),
                inner,
            )
        ),
        max_leaves=8,
    ).map(json.dumps)
)
def test_any_text_is_understood_or_refused(text: str) -> None:
    """Whatever comes is one of the known things or unreadable, never another exception."""
    try:
        heard = FEED.read(text)
    except WireError:
        return
    assert isinstance(heard, Alive | Challenge | Told | Refused)
