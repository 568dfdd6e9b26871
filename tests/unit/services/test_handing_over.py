"""Keys that would fail at their process, or are in use by the desk, are not handed over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from kraken_desk.domain.errors import HandOverError
from kraken_desk.domain.reported import NOT_REPORTED
from kraken_desk.services.handing_over import refuse_the_desks_own, refuse_what_would_fail
from tests.helpers.builders import NOW, a_check, a_slot, spot_info

MS, NS = 1_795_176_000_000, 1_795_176_000_000_000_000


def refuse(client: str, **facts: Any) -> None:
    check = a_check(info=spot_info(**facts))
    refuse_what_would_fail(a_slot(process="bot", client=client), check, NOW + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("client", "nonce"),
    [("ccxt", MS), ("kraken-cli", MS), ("kraken-cli", NS), ("", NS), ("ccxt", NOT_REPORTED)],
)
def test_a_client_of_the_same_or_a_larger_scale_gets_the_key(client: str, nonce: object) -> None:
    """Also when nothing is known: no declared client, or no nonce reported."""
    refuse(client, nonce=nonce)


def test_a_key_used_at_a_larger_scale_is_refused_with_the_likely_user() -> None:
    """The refusal names the clients of the scale that was found, and the way out."""
    with pytest.raises(HandOverError) as caught:
        refuse("freqtrade", nonce=NS)

    assert caught.value.title == "The key is lost for this client"
    assert "19 digits (as kraken-cli do)" in caught.value.detail
    assert "--anyway" in caught.value.hint


def test_a_counter_ahead_is_refused_until_the_clock_is_there() -> None:
    """The refusal says when the key works again."""
    with pytest.raises(HandOverError) as caught:
        refuse("ccxt", nonce=MS + 7_200_000)

    assert "until 2026-11-20 14:00 UTC" in caught.value.detail


def test_an_expired_key_is_refused() -> None:
    """Kraken would call it an invalid key."""
    with pytest.raises(HandOverError):
        refuse("ccxt", nonce=MS, valid_until=NOW)


def test_an_unchecked_key_is_handed_over() -> None:
    """Nothing is known against it."""
    refuse_what_would_fail(a_slot(process="bot", client="ccxt"), None, NOW)


def test_the_desks_own_keys_stay_with_the_desk() -> None:
    """One key serves one process, and Kraken Desk is one."""
    refuse_the_desks_own(a_slot(process="bot"))
    with pytest.raises(HandOverError):
        refuse_the_desks_own(a_slot())
