"""Finding one thing among commands, accounts, keys, processes, hosts and findings by a few letters.

A match is better the nearer it is to what a person would type: the beginning of the title, then of one of
its words, then anything that holds the letters in their order. What is used often and lately comes first
among equals, and alone decides while nothing is typed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from kraken_desk.domain.values import dataclass

HALVES_AFTER = timedelta(days=14)
"""A use counts half as much after this time."""

MOST = 60
_COUNTED = 64
_BEGINNING, _WORD, _INSIDE, _SCATTERED = 100.0, 80.0, 55.0, 30.0
_BESIDE_TITLE = 0.6
"""What a match in the details is worth beside one in the title."""

_USE_STEP = 6.0


class EntryKind(StrEnum):
    """What an entry is, in the order in which equals are listed."""

    COMMAND = "Command"
    ACCOUNT = "Account"
    KEY = "Key"
    PROCESS = "Process"
    HOST = "Host"
    FINDING = "Finding"


_ORDER = {kind: number for number, kind in enumerate(EntryKind)}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to find. `ref` tells it from all others; `words` are searched but not shown.

    `note` stands at the end of the line, as a shortcut does; what is not `possible` now is shown, not done.
    """

    ref: str
    kind: EntryKind
    title: str
    detail: str = ""
    words: str = ""
    note: str = ""
    possible: bool = True


@dataclass(frozen=True, slots=True)
class Use:
    """How often something was chosen, and when last."""

    count: int
    last: datetime

    def weight(self, now: datetime) -> float:
        """Return the number of uses, each halved every `HALVES_AFTER`; a clock set back counts as now."""
        age = max(0.0, (now - self.last) / HALVES_AFTER)
        return float(min(self.count, _COUNTED) * 0.5**age)


class Index:
    """Entries made ready for many searches."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._rows = [
            (entry, entry.title.casefold(), f"{entry.detail} {entry.words}".casefold()) for entry in entries
        ]

    def find(self, query: str, uses: Mapping[str, Use], now: datetime, most: int = MOST) -> tuple[Entry, ...]:
        """Return the best entries for what was typed, all words of which must match; best first."""
        words = query.casefold().split()
        found: list[tuple[float, int, str, Entry]] = []
        for entry, title, rest in self._rows:
            match = _match(words, title, rest)
            if match is not None:
                use = uses.get(entry.ref)
                score = match + (_USE_STEP * math.log2(1 + use.weight(now)) if use else 0.0)
                found.append((-score, _ORDER[entry.kind], title, entry))
        found.sort(key=lambda each: each[:3])
        return tuple(each[3] for each in found[:most])


def _match(words: list[str], title: str, rest: str) -> float | None:
    """Return how well all words match on the average; None when one does not."""
    if not words:
        return 0.0
    total = 0.0
    for word in words:
        score = max(closeness(word, title), _BESIDE_TITLE * closeness(word, rest))
        if not score:
            return None
        total += score
    return total / len(words) - min(len(title), 80) / 40


def closeness(word: str, text: str) -> float:
    """Return how well one word matches a text, both in lower case; 0 when it does not."""
    place = text.find(word)
    if place == 0:
        return _BEGINNING
    while place > 0:
        if not text[place - 1].isalnum():
            return _WORD
        later = text.find(word, place + 1)
        if later < 0:
            return _INSIDE
        place = later
    return _scattered(word, text)


def _scattered(word: str, text: str) -> float:
    """Return the worth of letters found in their order: more where they begin words, less over a gap."""
    if len(word) < 2:
        return 0.0
    place, starts, gaps = -1, 0, 0
    for letter in word:
        found = text.find(letter, place + 1)
        if found < 0:
            return 0.0
        starts += found == 0 or not text[found - 1].isalnum()
        gaps += found != place + 1
        place = found
    if gaps > starts:
        return 0.0  # letters strewn over a sentence are no match
    return _SCATTERED * (starts + 1) / (gaps + 1)
