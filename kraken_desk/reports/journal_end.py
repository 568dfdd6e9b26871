"""How an exported journal ends: what its last line tells is compared with what was read."""

from __future__ import annotations

from kraken_desk.domain.journal import ChainCheck, ChainReport

HEAD = "head"
"""The name, and in a table the number, of the last line."""

NONE = "none"
"""The head of a journal without lines."""


def ended(check: ChainCheck, count: str | None, end: str | None, noted: str | None) -> ChainReport:
    """Compare the end with the last line of the file, and with what was noted elsewhere."""
    if count is None:
        check.find(0, "", "cut off at the end: the last line, which tells how many there are, is missing")
        return check.end(None, noted)
    lines = int(count) if count.isascii() and count.isdigit() else -1
    if noted is not None and noted != end:
        check.find(0, "", "the file does not end with the noted head")
    return check.end(lines, "" if end == NONE else end)
