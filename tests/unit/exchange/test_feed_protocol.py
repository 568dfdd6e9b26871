"""Decisions on a feed: when it counts, when it is stale, when and how it is mended."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kraken_desk.domain.live import FeedState
from kraken_desk.domain.money import Asset
from kraken_desk.exchange.feed_protocol import (
    Alive,
    Challenge,
    FeedProtocol,
    Heard,
    Held,
    Place,
    Reconnect,
    Refused,
    Send,
    Sign,
    Stop,
    Told,
)
from kraken_desk.exchange.values import WireError

BTC = Place(Asset("BTC"), "spot")
USD = Place(Asset("USD"), "spot")


class StubDialect:
    """Understands the messages that a test puts in."""

    silence_s = 8.0

    def __init__(self, probe: str = "") -> None:
        self._probe = probe
        self.messages: dict[str, Heard] = {
            "alive": Alive(),
            "here": Alive(answers=True),
            "challenge": Challenge("c"),
            "snapshot": Told({BTC: Held(Decimal(1)), USD: Held(Decimal(5))}, 1, whole=True),
            "change 2": Told({BTC: Held(Decimal(2))}, 2, whole=False),
            "change 3": Told({BTC: Held(Decimal(3))}, 3, whole=False),
            "token": Refused("EAPI:Invalid token", final=False),
            "denied": Refused("EGeneral:Permission denied", final=True),
        }

    def opening(self) -> tuple[str, ...]:
        return ("hello",)

    def answering(self, challenge: str, signed: str) -> tuple[str, ...]:
        return (f"{challenge}={signed}",)

    def probe(self) -> str:
        return self._probe

    def read(self, text: str) -> Heard:
        if text not in self.messages:
            raise WireError("nonsense")
        return self.messages[text]


def opened(now: float = 100.0) -> FeedProtocol:
    protocol = FeedProtocol()
    protocol.opened(StubDialect(), now)
    return protocol


def live(now: float = 100.0) -> FeedProtocol:
    protocol = opened(now)
    protocol.received("snapshot", now)
    return protocol


def totals(protocol: FeedProtocol) -> dict[str, Decimal]:
    return {row.asset: row.total for row in protocol.balances()}


def test_a_new_connection_subscribes() -> None:
    """What the dialect opens with is sent; the feed is not live yet."""
    protocol = FeedProtocol()

    assert protocol.opened(StubDialect(), 100.0) == [Send("hello")]
    assert protocol.state is FeedState.CONNECTING


def test_a_challenge_is_signed_and_answered() -> None:
    """The challenge goes out for signing and its answer to the exchange."""
    protocol = opened()

    assert protocol.received("challenge", 100.0) == [Sign("c")]
    assert protocol.signed("c", "s") == [Send("c=s")]


def test_a_snapshot_makes_the_feed_live() -> None:
    """With the snapshot the figures count."""
    protocol = live()

    assert protocol.state is FeedState.LIVE
    assert totals(protocol) == {"BTC": Decimal(1), "USD": Decimal(5)}
    assert protocol.changes == 0


def test_changes_replace_single_figures() -> None:
    """A change sets what it names, leaves the rest, and is counted."""
    protocol = live()

    assert protocol.received("change 2", 101.0) == []

    assert totals(protocol) == {"BTC": Decimal(2), "USD": Decimal(5)}
    assert (protocol.state, protocol.changes) == (FeedState.LIVE, 1)


def test_a_gap_makes_the_feed_stale_and_connects_anew() -> None:
    """A missing number means figures that may be wrong: they stay, marked stale."""
    protocol = live()

    [action] = protocol.received("change 3", 101.0)

    assert isinstance(action, Reconnect)
    assert action.reason == "messages 2 to 2 are missing"
    assert protocol.state is FeedState.STALE
    assert totals(protocol)["BTC"] == Decimal(1)


def test_a_repeated_message_is_a_gap_too() -> None:
    """Numbers that do not rise by one are never trusted."""
    protocol = live()
    protocol.received("change 2", 101.0)

    [action] = protocol.received("change 2", 102.0)

    assert isinstance(action, Reconnect)


def test_a_new_snapshot_mends_the_feed() -> None:
    """After reconnecting the feed is stale until the new snapshot, which replaces everything."""
    protocol = live()
    protocol.received("change 3", 101.0)

    protocol.opened(StubDialect(), 103.0)
    before = protocol.state
    protocol.received("snapshot", 103.5)

    assert (before, protocol.state) == (FeedState.STALE, FeedState.LIVE)
    assert protocol.reason == ""


def test_a_change_before_the_snapshot_is_left_out() -> None:
    """It is contained in the snapshot to come."""
    protocol = opened()

    assert protocol.received("change 2", 100.1) == []
    assert protocol.balances() == ()


def test_silence_makes_the_feed_stale() -> None:
    """Eight seconds without a word end the connection; one word starts them anew."""
    protocol = live(100.0)
    protocol.received("alive", 105.0)

    assert protocol.tick(112.9) == []
    [action] = protocol.tick(113.0)

    assert isinstance(action, Reconnect)
    assert protocol.reason == "the feed fell silent"
    assert protocol.state is FeedState.STALE


def patient() -> FeedProtocol:
    """Return a live feed whose dialect waits for half a minute, and may ask meanwhile."""
    protocol, dialect = FeedProtocol(), StubDialect("are you there")
    dialect.silence_s = 30.0
    protocol.opened(dialect, 100.0)
    protocol.received("here", 100.1)  # answers the subscription, not the probe
    assert protocol.received("snapshot", 100.2) == [Send("are you there")]
    return protocol


def test_a_quiet_feed_is_asked_whether_it_is_there() -> None:
    """Where the first probe was answered, four quiet seconds bring the next; an answer is a sign of life."""
    protocol = patient()
    protocol.received("here", 100.3)

    due = protocol.deadline()
    asked = protocol.tick(104.5)
    again = protocol.tick(104.6)
    protocol.received("here", 105.0)

    assert (due, asked, again) == (104.3, [Send("are you there")], [])
    assert (protocol.state, protocol.deadline()) == (FeedState.LIVE, 109.0)


def test_an_unanswered_probe_makes_the_feed_stale_within_ten_seconds() -> None:
    """Whatever patience the venue's heartbeat would ask for."""
    protocol = patient()
    protocol.received("here", 100.3)
    protocol.tick(104.3)

    assert protocol.tick(108.2) == []
    [action] = protocol.tick(108.3)

    assert isinstance(action, Reconnect)
    assert (protocol.state, protocol.reason) == (FeedState.STALE, "the feed fell silent")


def test_a_connection_that_answers_no_probe_is_given_its_time() -> None:
    """Nothing is concluded from a probe that may not be understood; the next connection is asked anew."""
    protocol = patient()

    assert protocol.deadline() == 130.2
    assert protocol.tick(110.0) == []


def test_a_snapshot_that_never_comes_is_not_waited_for() -> None:
    """Words without a snapshot are not enough: ten seconds after opening the connection is made anew."""
    protocol = opened(100.0)
    protocol.received("alive", 109.0)

    assert protocol.deadline() == 110.0
    [action] = protocol.tick(110.0)

    assert isinstance(action, Reconnect)
    assert protocol.reason == "no snapshot came"


def test_nonsense_makes_the_feed_stale() -> None:
    """A message that cannot be read may have been a change."""
    protocol = live()

    [action] = protocol.received("{not json", 101.0)

    assert isinstance(action, Reconnect)
    assert protocol.state is FeedState.STALE


def test_waits_grow_to_a_minute() -> None:
    """Failure after failure the wait doubles, with a tenth of spread, and stops at a minute."""
    protocol = FeedProtocol()

    waits = [protocol.failed("no network", 0.0)[0] for _ in range(9)]

    for wait, expected in zip(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60], strict=True):
        assert isinstance(wait, Reconnect)
        assert expected * 0.89 <= wait.after_s <= expected * 1.11


def test_a_stable_connection_forgives_the_failures_before() -> None:
    """After half a minute of life the next wait is the first again."""
    protocol = FeedProtocol()
    for _ in range(6):
        protocol.failed("no network", 0.0)
    protocol.opened(StubDialect(), 100.0)
    protocol.received("snapshot", 100.0)

    [wait] = protocol.closed(1006, 131.0)

    assert isinstance(wait, Reconnect)
    assert wait.after_s <= 1.1


def test_an_expired_token_is_renewed_at_once_and_once() -> None:
    """The first refusal of a token reconnects immediately, the second waits."""
    protocol = opened()

    [first] = protocol.received("token", 100.1)
    protocol.opened(StubDialect(), 100.2)
    [second] = protocol.received("token", 100.3)

    assert first == Reconnect(0.0, "Kraken answered “EAPI:Invalid token”")
    assert isinstance(second, Reconnect)
    assert second.after_s > 0.5


@pytest.mark.parametrize("how", ["denied", "1008", "given up"])
def test_hopeless_feeds_end(how: str) -> None:
    """A missing permission, a policy close or a refused key end the feed; nothing is tried again."""
    protocol = live()

    if how == "denied":
        actions = protocol.received("denied", 101.0)
    elif how == "1008":
        actions = protocol.closed(1008, 101.0)
    else:
        actions = protocol.given_up("The key was refused")

    assert isinstance(actions[0], Stop)
    assert protocol.state is FeedState.ENDED


def test_after_a_restart_at_least_five_seconds_pass() -> None:
    """Kraken asks not to come back faster than that after maintenance."""
    protocol = live()

    [wait] = protocol.closed(1012, 101.0)

    assert isinstance(wait, Reconnect)
    assert wait.after_s >= 5.0
