"""The nonce card: what the last nonce says, in words and in time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from kraken_desk.ui.theme.tokens import Tone
from kraken_desk.ui.views.nonce_card import nonce_card
from kraken_desk.ui.widgets.facts import Fact
from tests.helpers.builders import NOW, a_key, an_unchecked_key, futures_info, spot_info

LATER = NOW + timedelta(minutes=3)


def card(client: str, **reported: Any) -> dict[str, Fact]:
    node = a_key(1, process="bot", client=client, info=spot_info(**reported))
    return {fact.label: fact for fact in nonce_card(node, LATER)}


def test_scale_time_and_window_are_told() -> None:
    """The last nonce by its scale, the time it means, and the window as the client feels it."""
    shown = card("kraken.net", nonce=1_795_175_999_000, nonce_window=5000)

    assert shown["Its scale"].text == "milliseconds"
    assert "ccxt" in shown["Its scale"].note
    assert shown["It means"].text == "2026-11-20 11:59:59 UTC"
    assert shown["Nonce window"].note == "0.5 ms for kraken.net"
    assert shown["Next nonce"].note == "it would raise the key's scale for good"
    assert shown["Signs with"].text == "kraken.net"


def test_the_headroom_is_told() -> None:
    """How far the client's next nonce lies above what Kraken accepts."""
    shown = card("ccxt", nonce=1_795_176_000_000)

    assert (shown["Next nonce"].text, shown["Next nonce"].note) == (
        "would pass",
        "180,000 ticks above Kraken's limit",
    )


def test_a_lost_scale_and_a_lead_are_warned_of() -> None:
    """A larger scale is for ever; a counter ahead of the clock is for a while."""
    lost = card("ccxt", nonce=1_795_176_000_000_000_000)
    ahead = card("ccxt", nonce=1_795_176_000_000 + 7_200_000)

    assert (lost["Next nonce"].text, lost["Next nonce"].tone) == ("would be refused for ever", Tone.DANGER)
    assert ahead["It means"].note == "2 h ahead of the clock"
    assert ahead["Next nonce"].note == "until 2026-11-20 14:00:00 UTC"


def test_what_is_not_known_is_said() -> None:
    """A number of no known clock, a Futures key, a key never checked."""
    counter = card("ccxt", nonce=4711)
    futures = {f.label: f for f in nonce_card(a_key(1, info=futures_info()), NOW)}
    unchecked = {f.label: f for f in nonce_card(an_unchecked_key(1), NOW)}

    assert counter["Its scale"].text == "no clock that we know"
    assert futures["Last nonce"].text == "not reported by Kraken"
    assert futures["Nonce window"].text == "not reported by Kraken"
    assert "Its scale" not in unchecked
