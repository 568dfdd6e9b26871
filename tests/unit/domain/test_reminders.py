"""Reminders: at each lead time once, one for whoever was away, in plain sentences."""

from datetime import timedelta

from kraken_desk.domain.horizon import Milestone, MilestoneKind
from kraken_desk.domain.reminders import Reminder, due, line
from tests.helpers.builders import LAB, NOW

DAY = timedelta(days=1)


def a_stone(days: float, kind: MilestoneKind = MilestoneKind.EXPIRY, name: str = "mm-bot") -> Milestone:
    return Milestone(kind, NOW + days * DAY, LAB.name, "key-1", name, "")


def leads(days: float, kind: MilestoneKind = MilestoneKind.EXPIRY) -> list[str]:
    """Return the lead times that have passed of a date so many days ahead."""
    return [each.rsplit(":", 1)[1] for found in due([a_stone(days, kind)], NOW) for each in found.ids]


def test_each_lead_time_is_named_when_it_has_passed() -> None:
    """Thirty days ahead of an expiry the first, on its day all."""
    assert leads(30.5) == []
    assert leads(30) == ["30"]
    assert leads(6.9) == ["30", "14", "7"]
    assert leads(-3) == ["30", "14", "7", "1", "0"]


def test_kinds_have_lead_times_of_their_own() -> None:
    """A rotation is not urgent a month ahead; the end of an API is told three months ahead."""
    assert leads(20, MilestoneKind.ROTATION) == []
    assert leads(80, MilestoneKind.SUNSET) == ["90"]


def test_another_date_is_another_reminder() -> None:
    """A key extended at Kraken is reminded of again."""
    [before], [after] = due([a_stone(5)], NOW), due([a_stone(6)], NOW)

    assert set(before.ids).isdisjoint(after.ids)


def test_sentences_say_what_happens_when() -> None:
    """Name, what, how soon, and the date."""
    assert line(a_stone(7.2), NOW) == "mm-bot expires in 7 days (2026-11-27)"
    assert line(a_stone(1), NOW) == "mm-bot expires in 1 day (2026-11-21)"
    assert line(a_stone(0.3), NOW) == "mm-bot expires today (2026-11-20)"
    assert line(a_stone(-2), NOW) == "mm-bot has expired (2026-11-18)"
    assert (
        line(a_stone(3, MilestoneKind.ROTATION), NOW) == "mm-bot is due for rotation in 3 days (2026-11-23)"
    )


def test_several_dates_are_one_notice() -> None:
    """One date is the title itself; several are counted and listed."""
    alone, both = Reminder(NOW, (a_stone(7),)), Reminder(NOW, (a_stone(7), a_stone(9, name="b")))

    assert alone.title() == "mm-bot expires in 7 days (2026-11-27)"
    assert both.title() == "2 dates are near"
    assert both.lines() == ("mm-bot expires in 7 days (2026-11-27)", "b expires in 9 days (2026-11-29)")
