"""Messages of Futures' balances feed, as documented."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kraken_desk.domain.money import Asset
from kraken_desk.exchange.feed_protocol import Alive, Challenge, Held, Place, Refused, Told
from kraken_desk.exchange.futures.feed import FuturesBalancesFeed
from kraken_desk.exchange.values import WireError

FEED = FuturesBalancesFeed("the-key")
SNAPSHOT = (
    '{"feed":"balances_snapshot","account":"4a012c31-df95-484a-9473-d51e4a0c4ae7",'
    '"holding":{"USD":5000.0,"XBT":0.1285407184},'
    '"futures":{"F-XBT:USD":{"name":"F-XBT:USD","pair":"XBT/USD","unit":"XBT","portfolio_value":0.0,'
    '"balance":0.5,"available":0.25,"pnl":0.0}},'
    '"flex_futures":{"currencies":{"USD":{"quantity":7.5,"value":7.5,"available":5.0,"haircut":0.0}},'
    '"balance_value":0.0,"isolated":{},"cross":{}},"timestamp":1640995200000,"seq":0}'
)


def test_it_asks_for_heartbeat_and_challenge() -> None:
    """Both requests go out at once, and the subscription after the challenge is signed."""
    assert [json.loads(text) for text in FEED.opening()] == [
        {"event": "subscribe", "feed": "heartbeat"},
        {"event": "challenge", "api_key": "the-key"},
    ]
    assert json.loads(FEED.answering("c", "s")[0]) == {
        "event": "subscribe",
        "feed": "balances",
        "api_key": "the-key",
        "original_challenge": "c",
        "signed_challenge": "s",
    }


def test_the_documented_snapshot_is_read() -> None:
    """Holding, margin and multi-collateral wallets become rows under their transfer names."""
    btc, usd = Asset("BTC"), Asset("USD")

    assert FEED.read(SNAPSHOT) == Told(
        {
            Place(usd, "cash"): Held(Decimal(5000), Decimal(5000)),
            Place(btc, "cash"): Held(Decimal("0.1285407184"), Decimal("0.1285407184")),
            Place(btc, "fi_xbtusd"): Held(Decimal("0.5"), Decimal("0.25")),
            Place(usd, "flex"): Held(Decimal("7.5"), Decimal(5)),
        },
        sequence=0,
        whole=True,
    )


@pytest.mark.parametrize(
    ("sections", "places"),
    [
        ('"holding":{"USD":1},"futures":{}', {"cash"}),
        ('"holding":{},"futures":{"F-XBT:USD":{"unit":"XBT","balance":1}}', {"fi_xbtusd"}),
        ('"flex_futures":{"currencies":{"EUR":{"quantity":1}}}', {"flex"}),
    ],
)
def test_absent_sections_of_a_delta_change_nothing(sections: str, places: set[str]) -> None:
    """Only the wallets that a delta names are in it."""
    heard = FEED.read(f'{{"feed":"balances","account":"a",{sections},"timestamp":1,"seq":83}}')

    assert isinstance(heard, Told)
    assert (heard.sequence, heard.whole) == (83, False)
    assert {place.wallet for place in heard.rows} == places


def test_a_challenge_that_is_a_call_is_not_signed() -> None:
    """Text with a path in it could be a transfer: its signature would be one of a call."""
    text = json.dumps(
        {
            "event": "challenge",
            "message": "fromAccount=a&amount=9&unit=usd1790000000000/api/v3/transfer/subaccount",
        }
    )

    with pytest.raises(WireError):
        FEED.read(text)


def test_a_challenge_is_recognised() -> None:
    """The challenge's text is what must be signed."""
    text = '{"event":"challenge","message":"226aee50-88fc-4618-a42a-34f7709570b2"}'

    assert FEED.read(text) == Challenge("226aee50-88fc-4618-a42a-34f7709570b2")


@pytest.mark.parametrize(
    "text",
    [
        '{"event":"info","version":1}',
        '{"event":"subscribed","feed":"balances"}',
        '{"feed":"heartbeat","time":1534262350627}',
    ],
)
def test_other_messages_are_signs_of_life(text: str) -> None:
    """Greetings, acknowledgements and heartbeats say that the connection lives."""
    assert FEED.read(text) == Alive()


@pytest.mark.parametrize(
    "text",
    [
        '{"event":"subscribed","feed":"heartbeat"}',
        '{"event":"alert","message":"Already subscribed to feed, re-requesting"}',
    ],
)
def test_a_repeated_subscription_is_answered_in_two_ways(text: str) -> None:
    """Either says that the connection lives, as the answer to our probe."""
    assert json.loads(FEED.probe()) == {"event": "subscribe", "feed": "heartbeat"}
    assert FEED.read(text) == Alive(answers=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"event":"error","message":"Invalid challenge"}', Refused("Invalid challenge", final=False)),
        ('{"event":"error","message":"Invalid API key"}', Refused("Invalid API key", final=True)),
        (
            '{"event":"error","message":"Insufficient privileges"}',
            Refused("Insufficient privileges", final=True),
        ),
        ('{"event":"subscribed_failed","feed":"balances"}', Refused("subscribed_failed", final=False)),
    ],
)
def test_refusals_are_sorted(text: str, expected: Refused) -> None:
    """A stale challenge is worth a new one; a key that may not listen is left alone."""
    assert FEED.read(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "{", "[1]", '{"feed":"balances","holding":{}}', '{"feed":"balances","seq":1,"holding":{"USD":"x"}}'],
)
def test_other_texts_cannot_be_read(text: str) -> None:
    """Broken frames and balances without number or figures are told as unreadable."""
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
                st.sampled_from(["feed", "event", "message", "seq", "holding", "futures", "flex_futures"]),
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


def test_regular_heartbeats_shorten_the_patience() -> None:
    """A feed that beats every second is missed after eight; one that beats rarely is given its time."""
    quick, slow = FuturesBalancesFeed("k"), FuturesBalancesFeed("k")

    for beat in range(5):
        quick.read(json.dumps({"feed": "heartbeat", "time": 1_534_262_350_000 + beat * 1_000}))
        slow.read(json.dumps({"feed": "heartbeat", "time": 1_534_262_350_000 + beat * 20_000}))

    assert FuturesBalancesFeed("k").silence_s == 30
    assert (quick.silence_s, slow.silence_s) == (8, 30)
