"""What the timeline pane says about each date ahead, worked out without a widget."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from kraken_desk.domain.horizon import AHEAD, Milestone, MilestoneKind, Nearness
from kraken_desk.ui.formatting import count, moment
from kraken_desk.ui.theme import Tone
from kraken_desk.ui.widgets.grouped_table import Cell, Group, Row

TITLES: dict[Nearness, str] = {
    Nearness.PAST: "Overdue",
    Nearness.SOON: "Within 30 days",
    Nearness.AHEAD: "Within a year",
    Nearness.LATER: "Later",
}


def horizon_groups(
    stones: tuple[Milestone, ...], now: datetime, can: Callable[[Milestone], str] = lambda _stone: ""
) -> tuple[Group, ...]:
    """Return the dates by nearness, the nearest first; empty groups are left out.

    `can` says what the key of a date can do.
    """
    found = []
    for nearness, title in TITLES.items():
        rows = tuple(_row(stone, now, can(stone)) for stone in stones if stone.nearness(now) is nearness)
        if rows:
            found.append(Group(title, count(len(rows), "date"), rows))
    return tuple(found)


def tone_of(stone: Milestone, now: datetime) -> Tone:
    """Return how pressing a date is; what is only assumed or our own rule is never red."""
    nearness = stone.nearness(now)
    if stone.kind in (MilestoneKind.EXPIRY, MilestoneKind.SUNSET):
        return {Nearness.PAST: Tone.DANGER, Nearness.SOON: Tone.WARN}.get(nearness, Tone.INFO)
    return Tone.WARN if nearness in (Nearness.PAST, Nearness.SOON) else Tone.MUTED


def place_of(at: datetime, now: datetime) -> float:
    """Return where a date stands between now (0) and a year ahead (1), at the edge beyond both."""
    return min(1.0, max(0.0, (at - now) / AHEAD))


def month_starts(now: datetime) -> tuple[datetime, ...]:
    """Return the first days of the months of the coming year."""
    found: list[datetime] = []
    month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    while len(found) < 12:
        month = (month + timedelta(days=32)).replace(day=1)
        found.append(month)
    return tuple(found)


def _row(stone: Milestone, now: datetime, can: str) -> Row:
    what = f"{stone.kind.label} (assumed)" if stone.assumed else stone.kind.label
    why = f"{moment(stone.at)}. {stone.why}"
    cells = (
        Cell(f"{stone.at:%Y-%m-%d}", Tone.MUTED, moment(stone.at)),
        Cell(_when(stone, now), tone_of(stone, now), why),
        Cell(what, tone_of(stone, now), why, badge=True),
        Cell(stone.name, tip=f"{stone.name}\n{can}".strip()),
        Cell(stone.account, Tone.MUTED),
        Cell(tip=why),
    )
    return Row(f"{stone.kind}:{stone.subject}", cells, stone)


def _when(stone: Milestone, now: datetime) -> str:
    days = stone.days_left(now)
    if stone.at <= now:
        return f"{count(-days - 1, 'day')} ago" if days < -1 else "today"
    return "today" if days == 0 else f"in {count(days, 'day')}"
