"""The difference of two ordered lists of row ids, as edits a model can announce one by one."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True, slots=True)
class RowEdit:
    """Remove `removed` rows at `at`, then put the new rows `start` to `stop` there."""

    at: int
    removed: int
    start: int
    stop: int


def row_edits(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[RowEdit]:
    """Return the edits that turn `old` into `new`, last first, so that earlier positions stay valid.

    Rows that only change their place are removed and inserted again.
    """
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return [
        RowEdit(i1, i2 - i1, j1, j2)
        for tag, i1, i2, j1, j2 in reversed(matcher.get_opcodes())
        if tag != "equal"
    ]
