"""A refusal of a new or edited key is not called broken before Kraken had its time."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from kraken_desk.domain.health import Level, assess, next_change
from kraken_desk.domain.keys import CheckOutcome, KeyCheck, Problem
from kraken_desk.domain.settling import is_settling, next_look, settles_until
from tests.helpers.builders import NOW, a_check, spot_info

INVALID_KEY = Problem("AuthRejectedError", "Kraken refused the key", kraken=("EAPI:Invalid key",))
MINUTE = timedelta(minutes=1)


def a_refusal(minutes: float, problem: Problem = INVALID_KEY, edited: datetime | None = None) -> KeyCheck:
    """Return a refusal `minutes` after noon of a key that was made a year before, or edited since."""
    long_ago = NOW - timedelta(days=365)
    info = spot_info(created_time=long_ago, modified_time=edited or long_ago)
    refused = CheckOutcome.REJECTED
    return a_check("key-1", info, checked_at=NOW + minutes * MINUTE, outcome=refused, problem=problem)


def test_a_key_refused_minutes_after_it_was_added_settles() -> None:
    """Half an hour from its adding it is not called refused."""
    check = a_refusal(3)

    assert settles_until(check, NOW) == NOW + 30 * MINUTE
    assert is_settling(check, NOW, NOW + 29 * MINUTE)
    assert not is_settling(check, NOW, NOW + 30 * MINUTE)


def test_a_key_refused_minutes_after_an_edit_settles() -> None:
    """Kraken's own time of the last edit counts, however old the key is."""
    check = a_refusal(5, edited=NOW)

    assert settles_until(check, NOW - timedelta(days=9)) == NOW + 30 * MINUTE


def test_an_old_key_that_is_refused_is_refused() -> None:
    """Nothing was added or edited lately, so there is nothing to wait for."""
    assert settles_until(a_refusal(0), NOW - timedelta(hours=1)) is None


@pytest.mark.parametrize(
    "problem",
    [
        Problem("AuthRejectedError", "x", kraken=("EAPI:Invalid signature",)),
        Problem("NonceStaleError", "x", kraken=("EAPI:Invalid nonce",)),
        Problem("UnreachableError", "x"),
    ],
)
def test_other_failures_do_not_settle(problem: Problem) -> None:
    """A wrong secret or a nonce does not mend itself."""
    assert settles_until(a_refusal(1, problem), NOW) is None


def test_a_settling_key_is_asked_four_times_at_most_and_ever_slower() -> None:
    """Refused each time, it is asked after 2, 7, 17 and 27 minutes, and then no more."""
    times, check = [], a_refusal(0)

    while (due := next_look(check, NOW)) is not None:
        times.append((due - NOW) / MINUTE)
        check = a_refusal((due - NOW) / MINUTE)

    assert times == [2, 7, 17, 27]


def test_settling_is_a_notice_and_becomes_a_refusal() -> None:
    """The tree does not alarm before half an hour, and does then."""
    check = a_refusal(3)

    settling = assess(check, NOW + 3 * MINUTE, added_at=NOW)
    given_up = assess(check, NOW + 31 * MINUTE, added_at=NOW)

    assert (settling.level, settling.remarks[0].title) == (Level.LOW, "Settling at Kraken")
    assert (given_up.level, given_up.remarks[0].title) == (Level.HIGH, "Kraken refused the key")
    assert next_change(check, NOW, NOW + 3 * MINUTE) == NOW + 30 * MINUTE
