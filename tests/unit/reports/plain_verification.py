"""Verification of exported journals the plain way: parse everything, then take line after line.

The program's own way passes most lines without parsing them; this one shows that it finds the same.
"""

from __future__ import annotations

import csv
import io
import json

from kraken_desk.domain.journal import ChainCheck, ChainReport, canonical

_FIRST = ("line", "at", "journal_id", "state", "environment", "venue", "source_label", "destination_label")
_LAST = ("previous", "hash")


def plainly_verified(raw: bytes, form: str) -> ChainReport | None:
    """Return what there is to find in a copy; None where a table cannot be parsed as a whole."""
    return _json(raw) if form == "jsonl" else _csv(raw)


def _json(raw: bytes) -> ChainReport:
    check, end = ChainCheck(), None
    texts = raw.split(b"\n")
    last = texts.pop()
    for text in texts:
        if end is not None:
            check.find(0, "", "something stands behind the last line")
            break
        content = _content(text)
        if content is None:
            check.skip("is not readable as a line of the journal")
        elif "head" in content:
            end = content
        else:
            stored, stated = content.pop("hash", ""), content.pop("previous", "")
            check.take(content, stored, stated)
    if last != b"":
        check.find(0, "", "the file ends inside a line")
    return _ended(check, end, "lines", "head")


def _content(text: bytes) -> dict[str, str] | None:
    try:
        content = json.loads(text.decode("ascii"))
        if isinstance(content, dict) and canonical(content).encode() == text:
            return content
    except (ValueError, TypeError, RecursionError):
        pass
    return None


def _csv(raw: bytes) -> ChainReport | None:
    text = raw.decode("utf-8", "surrogateescape")
    try:
        above, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    except (csv.Error, ValueError):
        return None
    check, end = ChainCheck(), None
    for row in rows:
        if len(row) != len(above):
            check.skip("has another number of cells than the head of the table")
        elif end is not None:
            check.find(0, "", "something stands behind the last line")
        else:
            line = {name: cell.removeprefix("'") for name, cell in zip(above, row, strict=True)}
            if line.get("line") == "head":
                end = line
            else:
                stored, stated = line.pop("hash", ""), line.pop("previous", "")
                check.take(line, stored, stated)
    used = {name for row in rows for name, cell in zip(above, row, strict=False) if cell}
    if above != [*_FIRST, *sorted(used - {*_FIRST, *_LAST}), *_LAST]:
        check.find(0, "", "the names above the table are not those of the journal's columns")
    cells = [cell for row in (above, *rows) for cell in row]
    needless = [cell for cell in cells if cell[:1] == "'" and cell[1:2] not in tuple("=+-@\t\r'")]
    missing = [cell for cell in cells if cell[:1] in tuple("=+-@\t\r")]
    again = io.StringIO(newline="")
    csv.writer(again).writerows([above, *rows])
    if again.getvalue() != text or needless or missing:
        check.find(0, "", "is not in the form in which it was written")
    return _ended(check, end, "journal_id", "hash")


def _ended(check: ChainCheck, end: dict[str, str] | None, count: str, head: str) -> ChainReport:
    if end is None:
        check.find(0, "", "cut off at the end: the last line, which tells how many there are, is missing")
        return check.end()
    number = end.get(count, "")
    lines = int(number) if number.isascii() and number.isdigit() else -1
    return check.end(lines, "" if end.get(head) == "none" else end.get(head))
