"""Which milestones are worth a reminder now: at each of their lead times once, without a burst.

Whoever was away gets the nearest lead of each milestone only; the ones missed before it count as given.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from kraken_desk.domain.horizon import Milestone, MilestoneKind
from kraken_desk.domain.values import dataclass

LEADS: dict[MilestoneKind, tuple[int, ...]] = {
    MilestoneKind.EXPIRY: (30, 14, 7, 1, 0),
    MilestoneKind.SUNSET: (90, 30, 14, 7, 1, 0),
    MilestoneKind.ROTATION: (14, 0),
    MilestoneKind.DORMANCY: (30, 7),
}
"""Days before the date at which the operator is reminded; 0 is the date itself."""


@dataclass(frozen=True, slots=True)
class Due:
    """A milestone to tell of; `ids` are the lead times that have passed, the nearest last."""

    milestone: Milestone
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reminder:
    """One telling of everything that has become due: the whole of it is one notice."""

    at: datetime
    milestones: tuple[Milestone, ...]

    def title(self) -> str:
        if len(self.milestones) > 1:
            return f"{len(self.milestones)} dates are near"
        return line(self.milestones[0], self.at)

    def lines(self) -> tuple[str, ...]:
        """Return one sentence for each milestone, by date."""
        return tuple(line(stone, self.at) for stone in self.milestones)


def due(stones: Iterable[Milestone], now: datetime) -> tuple[Due, ...]:
    """Return the milestones of which a lead time has passed, with the ids of those lead times."""
    found = []
    for stone in stones:
        passed = [days for days in LEADS[stone.kind] if stone.at - timedelta(days=days) <= now]
        if passed:
            found.append(Due(stone, tuple(reminder_id(stone, days) for days in passed)))
    return tuple(found)


def reminder_id(stone: Milestone, days: int) -> str:
    """Name one lead of one date of one key: a later date is another milestone."""
    return f"{stone.environment}:{stone.kind}:{stone.subject}:{stone.at:%Y-%m-%d}:{days}"


def line(stone: Milestone, now: datetime) -> str:
    """Say in one sentence what happens when."""
    days = stone.days_left(now)
    when = "today" if days == 0 else f"in {days} day{'' if days == 1 else 's'}"
    if stone.at <= now:
        past = {
            MilestoneKind.EXPIRY: "has expired",
            MilestoneKind.SUNSET: "has ended",
            MilestoneKind.ROTATION: "is overdue for rotation",
            MilestoneKind.DORMANCY: "may have been disabled for lack of use",
        }
        return f"{stone.name} {past[stone.kind]} ({stone.at:%Y-%m-%d})"
    ahead = {
        MilestoneKind.EXPIRY: f"expires {when}",
        MilestoneKind.SUNSET: f"ends {when}",
        MilestoneKind.ROTATION: f"is due for rotation {when}",
        MilestoneKind.DORMANCY: f"may be disabled for lack of use {when}",
    }
    return f"{stone.name} {ahead[stone.kind]} ({stone.at:%Y-%m-%d})"
