"""New and edited keys may need minutes at Kraken: a refusal in that time is a state of its own.

Good keys were seen refused for about a quarter of an hour (reported of live keys, not documented), so
a key that was added or edited shortly before is not called broken yet. It is asked again slowly and
a few times; each refusal counts for the lockout guard as any other.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from kraken_desk.domain.keys import CheckOutcome, KeyCheck

SETTLES_WITHIN = timedelta(minutes=30)
"""Twice the quarter of an hour that was reported."""

_MAY_SETTLE = ("AuthRejectedError", "ForbiddenError")
_CLOCKS_DIFFER = timedelta(minutes=1)

_PAUSES = (
    (timedelta(minutes=2), timedelta(minutes=2)),
    (timedelta(minutes=6), timedelta(minutes=5)),
    (SETTLES_WITHIN, timedelta(minutes=10)),
)
"""Up to which age of the key a refusal is followed by which pause: four looks in all at most."""


def settles_until(check: KeyCheck | None, added_at: datetime) -> datetime | None:
    """Return until when a refusal may be Kraken's delay; None when it is not that kind of refusal."""
    touched = _touched(check, added_at)
    return None if touched is None else touched + SETTLES_WITHIN


def is_settling(check: KeyCheck | None, added_at: datetime, now: datetime) -> bool:
    until = settles_until(check, added_at)
    return until is not None and now < until


def next_look(check: KeyCheck, added_at: datetime) -> datetime | None:
    """Return when a settling key may be asked again, or None when it has been given its time."""
    touched = _touched(check, added_at)
    if touched is None:
        return None
    age = check.checked_at - touched
    pause = next(pause for up_to, pause in _PAUSES if age < up_to)
    due = check.checked_at + pause
    return due if due < touched + SETTLES_WITHIN else None


def _touched(check: KeyCheck | None, added_at: datetime) -> datetime | None:
    """Return when a key refused shortly after had last been added or edited, as far as is known."""
    if check is None or check.outcome is not CheckOutcome.REJECTED or check.problem is None:
        return None
    said = " ".join(check.problem.kraken).casefold()
    if check.problem.category not in _MAY_SETTLE or "signature" in said:
        return None
    told = (check.info.created_time, check.info.modified_time) if check.info is not None else ()
    times = [added_at, *(time for time in told if isinstance(time, datetime))]
    touched = max((time for time in times if time <= check.checked_at + _CLOCKS_DIFFER), default=None)
    if touched is None or check.checked_at - touched >= SETTLES_WITHIN:
        return None
    return touched
