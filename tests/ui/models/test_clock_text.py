"""Points in time as the panes write them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from kraken_desk.ui.models.clock_text import age_text, exact_time, short_time

NOW = datetime(2026, 11, 20, 23, 30, 5, tzinfo=UTC)
EAST = timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (NOW - timedelta(minutes=4), "23:26:05"),
        (NOW - timedelta(days=1), "19 Nov 23:30"),
        (datetime(2025, 12, 31, 23, 59, tzinfo=UTC), "2025-12-31"),
    ],
)
def test_a_time_is_as_short_as_its_day_allows(at: datetime, text: str) -> None:
    """Today needs no date, this year no year."""
    assert short_time(at, NOW, UTC) == text


def test_the_day_is_that_of_the_zone() -> None:
    """What is yesterday in UTC may be today where the operator is."""
    late = NOW + timedelta(hours=1)

    assert short_time(NOW, late, EAST) == "01:30:05"


def test_an_exact_time_is_utc_and_says_so() -> None:
    """Tooltips and copies carry a time that cannot be misread."""
    assert exact_time(NOW.astimezone(EAST)) == "2026-11-20 23:30:05 UTC"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-3, "0 s"), (0, "0 s"), (59, "59 s"), (60, "1 min"), (7_199, "1 h"), (86_400 * 41, "41 d")],
)
def test_an_age_is_written_in_its_largest_unit(seconds: int, text: str) -> None:
    """An age never runs backwards, also when clocks disagree."""
    assert age_text(NOW - timedelta(seconds=seconds), NOW) == text
