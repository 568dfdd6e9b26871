"""Times in words, as tree, details and status bar write them; pure functions of two instants."""

from __future__ import annotations

from datetime import datetime, timedelta

from kraken_desk.ui.models.clock_text import age_text, exact_time

_NOW = timedelta(seconds=1)


def ago(now: datetime, then: datetime) -> str:
    """Write how long ago something was: `just now`, `12 s ago`, `211 d ago`."""
    return "just now" if now - then < _NOW else f"{age_text(then, now)} ago"


def until(now: datetime, then: datetime) -> str:
    """Write how far away an end is: `in 84 d`, or `2 d ago` when it has passed."""
    if then <= now:
        return f"{age_text(then, now)} ago"
    return f"in {age_text(now, then)}"


def moment(then: datetime) -> str:
    """Write an instant exactly, in UTC."""
    return exact_time(then)


def day(then: datetime) -> str:
    """Write the date of an instant, in UTC."""
    return exact_time(then)[:10]


def countdown(now: datetime, end: datetime) -> str:
    """Write the time left as minutes and seconds: `14:05`."""
    left = max(0, round((end - now).total_seconds()))
    return f"{left // 60}:{left % 60:02d}"


def count(number: int, one: str, many: str = "") -> str:
    """Write a number with its noun: `1 key`, `3 keys`."""
    return f"{number} {one if number == 1 else many or one + 's'}"
