"""How bad a state is, what is remarked on a key, and the ages that count; the judging stands in health.

Apart from the rules of the audit, so that a tree can be shown before anything is judged.
"""

from __future__ import annotations

from datetime import timedelta
from enum import IntEnum

from kraken_desk.domain.values import dataclass

EXPIRING = timedelta(days=7)
"""From when on an end is near."""

STALE = timedelta(days=2)
"""A check of this age says little."""

TOO_OLD = timedelta(days=30)
"""Facts of this age are no ground for a judgement any more."""


class Level(IntEnum):
    """How bad a state is, in the words of a finding's severity; the highest wins when rows roll up."""

    FINE = 0
    UNCHECKED = 1
    LOW = 2
    MEDIUM = 3
    HIGH = 4
    CRITICAL = 5

    @property
    def word(self) -> str:
        return ("fine", "unchecked", "low", "medium", "high", "critical")[self]


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to know about a key: what it is, what it means, the next step."""

    level: Level
    title: str
    detail: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class KeyHealth:
    """The remarks on a key, worst first; `judged` is False while nobody has looked yet."""

    level: Level
    remarks: tuple[Remark, ...] = ()
    settling: bool = False
    judged: bool = True


NOT_JUDGED = KeyHealth(Level.UNCHECKED, judged=False)


def worst(levels: list[Level]) -> Level:
    return max(levels, default=Level.FINE)
