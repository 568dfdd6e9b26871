"""Desk keys: which key Kraken Desk may use itself, and why it has none."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kraken_desk.domain.desk_keys import feed_key, ledger_key, monitor_key, treasury_key, why_no_key
from kraken_desk.domain.fleet import KeyNode
from kraken_desk.domain.keys import Venue
from tests.helpers.builders import (
    NOW,
    TREASURY,
    a_key,
    a_refused_key,
    an_unchecked_key,
    futures_info,
    spot_info,
)

BOT = "grid bot"
NOBODY = ""


def names(*keys: KeyNode | None) -> list[str | None]:
    return [key.slot.name if key else None for key in keys]


def test_the_desks_own_key_with_the_fewest_rights_reads() -> None:
    """A treasury key is spared while a reading one is there."""
    keys = (a_key(1, *TREASURY), a_key(2), a_key(3, process=NOBODY))

    assert names(monitor_key(keys, Venue.SPOT, NOW)) == ["key 2"]
    assert names(ledger_key(keys, Venue.SPOT, NOW)) == ["key 2"]
    assert names(treasury_key(keys, Venue.SPOT, NOW)) == ["key 1"]


def test_an_unowned_key_serves_on_request_only() -> None:
    """A timer never uses a key that may belong to somebody."""
    keys = (a_key(1, process=NOBODY),)

    assert names(monitor_key(keys, Venue.SPOT, NOW)) == ["key 1"]
    assert monitor_key(keys, Venue.SPOT, NOW, automatic=True) is None


def test_another_processs_key_is_never_used() -> None:
    """Each call would spend one of that process's nonces."""
    keys = (a_key(1, *TREASURY, process=BOT),)

    assert names(monitor_key(keys, Venue.SPOT, NOW), treasury_key(keys, Venue.SPOT, NOW)) == [None, None]


@pytest.mark.parametrize(
    "key",
    [
        an_unchecked_key(),
        a_refused_key(),
        a_key(1, info=spot_info(valid_until=NOW)),
        a_key(1, "modify-trades"),
        a_key(1, venue=Venue.FUTURES, info=futures_info("NO_ACCESS")),
        a_key(1, info=spot_info("brew-coffee")),
    ],
)
def test_keys_that_cannot_read_are_not_chosen(key: KeyNode) -> None:
    """Unchecked, refused, expired, without the right, without access, or with rights nobody knows."""
    assert monitor_key((key,), key.slot.venue, NOW) is None


@pytest.mark.parametrize(
    ("key", "follows"),
    [
        (a_key(1, "query-funds", "create-ws-token"), True),
        (a_key(1, "create-ws-token"), False),
        (a_key(1, "query-funds"), False),
        (a_key(1, "query-funds", "create-ws-token", process=NOBODY), False),
        (a_key(1, "query-funds", "create-ws-token", process=BOT), False),
        (a_refused_key(1), False),
        (a_key(1, venue=Venue.FUTURES, info=futures_info("READ_ONLY")), True),
        (a_key(1, venue=Venue.FUTURES, info=futures_info("NO_ACCESS")), False),
    ],
)
def test_only_a_key_of_the_desks_own_follows_live(key: KeyNode, follows: bool) -> None:
    """A feed is opened without anybody asking, so nobody else's key may serve; both rights are needed."""
    assert feed_key((key,), key.slot.venue, NOW) == (key if follows else None)


def test_a_key_expires_at_its_second() -> None:
    """Until then it serves."""
    key = a_key(1, info=spot_info(valid_until=NOW + timedelta(seconds=1)))

    assert monitor_key((key,), Venue.SPOT, NOW) == key
    assert monitor_key((key,), Venue.SPOT, NOW + timedelta(seconds=1)) is None


def test_venues_do_not_stand_in_for_each_other() -> None:
    """A Futures key reads no Spot balance."""
    key = a_key(1, venue=Venue.FUTURES, info=futures_info("FULL_ACCESS"))

    assert treasury_key((key,), Venue.FUTURES, NOW) == key
    assert treasury_key((key,), Venue.SPOT, NOW) is None


def test_the_choice_does_not_depend_on_the_order() -> None:
    """Of equals the first by name is taken, whatever the store's order."""
    keys = (a_key(2), a_key(1))

    assert names(monitor_key(keys, Venue.SPOT, NOW)) == ["key 1"]
    assert monitor_key(keys, Venue.SPOT, NOW) == monitor_key(keys[::-1], Venue.SPOT, NOW)


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ((), "No Spot key is stored for this account; add a key of the desk's own that can read balances."),
        (
            (a_key(1, venue=Venue.FUTURES, info=futures_info()),),
            "No Spot key is stored for this account; add a key of the desk's own that can read balances.",
        ),
        (
            (a_key(1, process=BOT),),
            "The Spot keys here belong to other processes; add a desk key that can read balances.",
        ),
        ((a_key(1, "modify-trades"),), "No Spot key of the desk here is valid and can read balances."),
    ],
)
def test_a_missing_key_is_explained(keys: tuple[KeyNode, ...], reason: str) -> None:
    """The sentence says what to add."""
    assert why_no_key(keys, Venue.SPOT, "read balances") == reason
