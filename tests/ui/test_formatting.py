"""Times in words."""

from datetime import timedelta

import pytest

from kraken_desk.ui.formatting import ago, count, countdown, day, moment, until
from tests.helpers.builders import NOW


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(0), "just now"),
        (timedelta(milliseconds=900), "just now"),
        (timedelta(seconds=12), "12 s ago"),
        (timedelta(minutes=3, seconds=50), "3 min ago"),
        (timedelta(hours=6), "6 h ago"),
        (timedelta(days=211, hours=23), "211 d ago"),
    ],
)
def test_the_past_is_told_in_its_largest_unit(span: timedelta, words: str) -> None:
    """An age is cut to whole units, never rounded up."""
    assert ago(NOW, NOW - span) == words


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(days=84, hours=5), "in 84 d"),
        (timedelta(hours=5), "in 5 h"),
        (timedelta(seconds=0), "0 s ago"),
        (timedelta(days=-2), "2 d ago"),
    ],
)
def test_an_end_lies_ahead_or_behind(span: timedelta, words: str) -> None:
    """An end that has passed is told as past."""
    assert until(NOW, NOW + span) == words


def test_a_countdown_never_goes_below_zero() -> None:
    """Minutes and seconds are left until the end, then none."""
    assert countdown(NOW, NOW + timedelta(minutes=14, seconds=5)) == "14:05"
    assert countdown(NOW, NOW - timedelta(seconds=1)) == "0:00"


def test_exact_times_name_their_zone() -> None:
    """A moment is given in UTC to the second, a day as its date."""
    assert moment(NOW) == "2026-11-20 12:00:00 UTC"
    assert day(NOW) == "2026-11-20"


def test_numbers_agree_with_their_noun() -> None:
    """One key, several keys, no keys; irregular plurals are given."""
    assert [count(n, "key") for n in (0, 1, 3)] == ["0 keys", "1 key", "3 keys"]
    assert count(2, "entry", "entries") == "2 entries"
