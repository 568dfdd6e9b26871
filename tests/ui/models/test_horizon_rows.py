"""The timeline's words: groups by nearness, how far away, and where on the line."""

from datetime import UTC, datetime, timedelta

import pytest

from kraken_desk.domain.horizon import Milestone, MilestoneKind
from kraken_desk.ui.models.horizon_rows import horizon_groups, month_starts, place_of, tone_of
from kraken_desk.ui.theme import Tone
from tests.helpers.builders import LAB, NOW

DAY = timedelta(days=1)


def a_stone(days: float, kind: MilestoneKind = MilestoneKind.EXPIRY, *, assumed: bool = False) -> Milestone:
    name = f"key {days}"
    return Milestone(kind, NOW + days * DAY, LAB.name, name, name, "Why.", account="Main", assumed=assumed)


def test_dates_are_grouped_by_nearness() -> None:
    """Groups without a date are left out."""
    stones = (a_stone(-3), a_stone(5), a_stone(400))

    found = horizon_groups(stones, NOW)

    assert [(group.title, group.note) for group in found] == [
        ("Overdue", "1 date"),
        ("Within 30 days", "1 date"),
        ("Later", "1 date"),
    ]


@pytest.mark.parametrize(
    ("days", "words"),
    [(-2.5, "2 days ago"), (-0.5, "today"), (0.5, "today"), (1, "in 1 day"), (12.9, "in 12 days")],
)
def test_how_far_away_is_said_in_days(days: float, words: str) -> None:
    """Whole days, and today for what is less."""
    [group] = horizon_groups((a_stone(days),), NOW)

    assert group.rows[0].cells[1].text == words


def test_the_tip_of_a_key_says_what_it_can_do() -> None:
    """Below the name; a date of no key has the name alone."""
    [group] = horizon_groups(
        (a_stone(5), a_stone(6)), NOW, lambda s: "Can trade." if s.name == "key 5" else ""
    )

    assert [row.cells[3].tip for row in group.rows] == ["key 5\nCan trade.", "key 6"]


def test_what_is_assumed_says_so() -> None:
    """A prediction never reads like a fact."""
    [group] = horizon_groups((a_stone(9, MilestoneKind.DORMANCY, assumed=True),), NOW)

    assert group.rows[0].cells[2].text == "May be disabled (assumed)"


def test_only_what_kraken_ends_is_red() -> None:
    """An overdue rotation is our own rule and no danger by itself."""
    assert tone_of(a_stone(-1), NOW) is Tone.DANGER
    assert tone_of(a_stone(5), NOW) is Tone.WARN
    assert tone_of(a_stone(90), NOW) is Tone.INFO
    assert tone_of(a_stone(-1, MilestoneKind.ROTATION), NOW) is Tone.WARN


def test_places_stay_on_the_line() -> None:
    """Now is the left end, a year ahead the right; nothing stands outside."""
    places = [place_of(NOW + days * DAY, NOW) for days in (-10, 0, 73, 365, 900)]

    assert places == [0.0, 0.0, 0.2, 1.0, 1.0]


def test_the_months_begin_on_their_first() -> None:
    """Twelve of them, across the end of the year."""
    months = month_starts(NOW)

    assert (len(months), months[0], months[-1]) == (
        12,
        datetime(2026, 12, 1, tzinfo=UTC),
        datetime(2027, 11, 1, tzinfo=UTC),
    )
