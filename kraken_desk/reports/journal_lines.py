"""The journal as a file that proves itself: one line of JSON or CSV for each line of the journal.

A copy can be verified without the program's database: every line names its seal and the one before
it, and the last line tells how many there are. What of a line's form is not content (spaces,
quotes) is verified by writing it again.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from kraken_desk.domain.journal import HASH, LINE, PREVIOUS, ChainCheck, ChainReport, canonical
from kraken_desk.domain.uncollected import uncollected

Line = Mapping[str, str]

_FIRST = (LINE, "at", "journal_id", "state", "environment", "venue", "source_label", "destination_label")
_LAST = (PREVIOUS, HASH)
_HEAD = "head"
_NONE = "none"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
"""A cell that begins so would be taken for a formula by a spreadsheet, so it gets a quote before it."""


def jsonl(lines: Iterable[Line], head: str, count: int) -> Iterator[str]:
    """Write lines as JSON, one to a line, and the head as the last."""
    for line in lines:
        yield canonical(line) + "\n"
    yield canonical({_HEAD: head or _NONE, "lines": str(count)}) + "\n"


def csv_text(lines: Iterable[Line], head: str, count: int) -> str:
    """Write lines as CSV with a row of names above and the head below."""
    rows = list(lines)
    names = {name for row in rows for name in row}
    columns = _columns(names)
    end = {LINE: _HEAD, "journal_id": str(count), HASH: head or _NONE}
    return _csv(columns, [[_cell(row.get(name, "")) for name in columns] for row in (*rows, end)])


def verify_file(raw: bytes, head: str | None = None) -> ChainReport:
    """Verify an exported copy; `head` is the hash that was noted when it was made, if any."""
    form = raw.lstrip(b"\xef\xbb\xbf")[:1]
    with uncollected():
        return (_verify_jsonl if form == b"{" else _verify_csv)(raw, head)


def _verify_jsonl(raw: bytes, head: str | None) -> ChainReport:
    check = ChainCheck()
    texts = raw.split(b"\n")
    whole = texts.pop() == b""
    end: dict[str, str] | None = None
    for text in texts:
        if end is not None:
            check.find(0, "", "something stands behind the last line")
            break
        line = _parsed(text)
        if line is None:
            check.skip("is not readable as a line of the journal")
        elif _HEAD in line.content:
            end = line.content
        else:
            check.take(line.content, line.stored, line.stated, line.text)
    if not whole:
        check.find(0, "", "the file ends inside a line")
    return _ended(check, end.get("lines", "") if end else None, end.get(_HEAD, "") if end else None, head)


class _Parsed(NamedTuple):
    """A line of a copy: its content, its canonical text, its seal and the one it names before its own."""

    content: dict[str, str]
    text: str
    stored: str
    stated: str


def _parsed(raw: bytes) -> _Parsed | None:
    """Read a line of JSON in exactly the form in which it was written; None for anything else.

    Taking the seals out of the text must leave the canonical text of the content: so the form is
    verified without writing the line twice.
    """
    try:
        written = raw.decode("ascii")
        content = json.loads(written)
        if type(content) is not dict:
            return None
        stored, stated = content.pop(HASH, ""), content.pop(PREVIOUS, "")
        text = canonical(content)
    except (ValueError, RecursionError, TypeError):
        return None
    left = written
    for name, value in ((HASH, stored), (PREVIOUS, stated)):
        left = _without(left, name, value)
    return _Parsed(content, text, stored, stated) if left == text else None


def _without(text: str, name: str, value: str) -> str:
    """Take one entry out of a line's text; a text that holds it otherwise stays as it is."""
    entry = f'"{name}":"{value}"' if value else ""
    if not entry:
        return text
    short = text.replace(f"{entry},", "", 1)
    return short if short != text else text.replace(f",{entry}", "", 1)


def _verify_csv(raw: bytes, head: str | None) -> ChainReport:
    check = ChainCheck()
    text = raw.decode("utf-8", "surrogateescape")
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        check.find(0, "", f"the file is no table: {error}")
        return check.end()
    if not rows:
        check.find(0, "", "the file is empty")
        return check.end()
    columns, ends = rows[0], None
    names: set[str] = set()
    for row in rows[1:]:
        if len(row) != len(columns):
            check.skip("has another number of cells than the head of the table")
            continue
        line = {name: _text(cell) for name, cell in zip(columns, row, strict=True) if cell}
        names |= line.keys()
        if line.get(LINE) == _HEAD:
            ends = line
        else:
            _take(check, line)
    if tuple(columns) != _columns(names):
        check.find(0, "", "the names above the table are not those of the journal's columns")
    again = _csv(tuple(columns), rows[1:])
    if again != text:
        place = next((i for i, (a, b) in enumerate(zip(again, text, strict=False)) if a != b), len(again))
        check.find(text.count("\n", 0, place), "", "is not in the form in which it was written")
    return _ended(check, ends.get("journal_id") if ends else None, ends.get(HASH) if ends else None, head)


def _take(check: ChainCheck, line: dict[str, str]) -> None:
    content = dict(line)
    stored, stated = content.pop(HASH, ""), content.pop(PREVIOUS, "")
    check.take(content, stored, stated)


def _ended(check: ChainCheck, count: str | None, end: str | None, noted: str | None) -> ChainReport:
    """Compare the end with the last line of the file, and with what was noted elsewhere."""
    if count is None:
        check.find(0, "", "cut off at the end: the last line, which tells how many there are, is missing")
        return check.end(None, noted)
    lines = int(count) if count.isascii() and count.isdigit() else -1
    if noted is not None and noted != end:
        check.find(0, "", "the file does not end with the noted head")
    return check.end(lines, "" if end == _NONE else end)


def _columns(names: set[str]) -> tuple[str, ...]:
    """Return the columns in their order: what everybody looks for first, the seals last."""
    return (*_FIRST, *sorted(names - set(_FIRST) - set(_LAST)), *_LAST)


def _csv(columns: tuple[str, ...], rows: Iterable[list[str]]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _text(cell: str) -> str:
    return cell.removeprefix("'")
