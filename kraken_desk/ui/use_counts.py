"""How often and when what was chosen in the palette; kept with the window's looks, by hash only.

The file of the window's looks holds no names: what an entry is called is not in it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from PySide6.QtCore import QSettings

from kraken_desk.domain.quick_find import Use

SETTING = "palette/uses"
MOST_KEPT = 300


class UseCounts:
    """Without settings nothing is remembered."""

    def __init__(self, settings: QSettings | None) -> None:
        self._settings = settings
        self._uses = _read(settings.value(SETTING) if settings is not None else None)

    def of(self, refs: Iterable[str]) -> dict[str, Use]:
        """Return the uses of those that were ever chosen."""
        if not self._uses:
            return {}
        return {ref: use for ref in refs if (use := self._uses.get(_mark(ref))) is not None}

    def note(self, ref: str, now: datetime) -> None:
        """Count one use, and forget the oldest when there are many."""
        before = self._uses.get(_mark(ref))
        self._uses[_mark(ref)] = Use(before.count + 1 if before else 1, now)
        kept = sorted(self._uses.items(), key=lambda item: item[1].last)[-MOST_KEPT:]
        self._uses = dict(kept)
        if self._settings is not None:
            lines = {mark: [use.count, use.last.isoformat(timespec="seconds")] for mark, use in kept}
            self._settings.setValue(SETTING, json.dumps(lines))


def _mark(ref: str) -> str:
    return hashlib.sha256(ref.encode()).hexdigest()[:16]


def _read(text: object) -> dict[str, Use]:
    """Read what was kept; anything unreadable is forgotten, for it is only an order of lines."""
    uses: dict[str, Use] = {}
    try:
        lines: Any = json.loads(str(text)) if text else {}
        for mark, (count, last) in lines.items():
            at = datetime.fromisoformat(last)
            if at.tzinfo is not None:
                uses[str(mark)] = Use(int(count), at)
    except (AttributeError, TypeError, ValueError):
        return {}
    return uses
