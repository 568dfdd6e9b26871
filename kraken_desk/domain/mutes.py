"""Muted findings: which rule about what is left out of the count, why, and until when."""

from __future__ import annotations

from datetime import datetime, timedelta

from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.plain_names import LONGEST_REMARK, plain_line
from kraken_desk.domain.values import dataclass

LONGEST_MUTE = timedelta(days=366)
"""Nothing is muted for ever: what was acceptable last year is looked at again."""


@dataclass(frozen=True, slots=True)
class Mute:
    """One muted finding; `subject` is the id of its key, account or process."""

    environment: EnvironmentName
    rule: str
    subject: str
    reason: str
    muted_at: datetime
    until: datetime

    def holds(self, now: datetime) -> bool:
        return now < self.until


def checked_mute(mute: Mute) -> Mute:
    """Return the mute with a clean reason; raises InputError for none, or for a bad end."""
    reason = plain_line(mute.reason, what="A reason", longest=LONGEST_REMARK)
    if not reason:
        raise InputError("No reason", "A finding is muted for a reason, or not at all.", "Give one.")
    if not mute.muted_at < mute.until <= mute.muted_at + LONGEST_MUTE:
        raise InputError("Not a usable end", "A mute ends after now and within a year.", "Give another date.")
    return Mute(mute.environment, mute.rule, mute.subject, reason, mute.muted_at, mute.until)
