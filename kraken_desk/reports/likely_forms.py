"""Recognising lines by their form: a copy has few forms, and they follow each other in few orders."""

from __future__ import annotations

import re
from typing import Generic, TypeVar

T = TypeVar("T")

_MOST = 64
"""How many forms are kept; a file of which every line is of another form is no journal's copy."""


class LikelyForms(Generic[T]):
    """Forms of lines as patterns for a whole line, each with what its owner wants to know of it."""

    def __init__(self) -> None:
        self._forms: list[tuple[re.Pattern[str], T]] = []
        self._after: dict[int, int] = {}
        self._last = -1

    def learn(self, pattern: str, what: T) -> None:
        """Add a form, as long as there is room for it."""
        if len(self._forms) < _MOST:
            self._forms.append((re.compile(pattern), what))

    def match(self, line: str) -> tuple[re.Match[str], T] | None:
        """Return how a line matches a form; the one that came after the last line's form is tried first."""
        likely = self._after.get(self._last, -1)
        if likely >= 0:
            pattern, what = self._forms[likely]
            found = pattern.fullmatch(line)
            if found is not None:
                self._last = likely
                return found, what
        for number, (pattern, what) in enumerate(self._forms):
            found = pattern.fullmatch(line)
            if found is not None:
                self._after[self._last] = self._last = number
                return found, what
        return None
