"""Points in time as the panes write them: short for today, dated otherwise, exact in the tooltip."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo


def short_time(at: datetime, now: datetime, zone: tzinfo | None = None) -> str:
    """Write a time of today as 14:02:11, of another day with its date; `zone` None is the system's."""
    here, today = at.astimezone(zone), now.astimezone(zone)
    if here.date() == today.date():
        return f"{here:%H:%M:%S}"
    if here.year == today.year:
        return f"{here.day} {here:%b %H:%M}"
    return f"{here:%Y-%m-%d}"


def exact_time(at: datetime) -> str:
    """Write a time unmistakably, as tooltips and copies need it.

    Without a format: Python imports a module for each one, and PySide looks into every import.
    """
    return at.astimezone(UTC).isoformat(" ", "seconds").removesuffix("+00:00") + " UTC"


def age_text(at: datetime, now: datetime) -> str:
    """Write how long ago something was, in the largest whole unit: 12 s, 3 min, 6 h, 41 d."""
    seconds = max(0, int((now - at).total_seconds()))
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
