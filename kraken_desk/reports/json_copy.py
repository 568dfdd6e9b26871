"""The journal as lines of JSON: each line is its canonical text with the two seals among the names."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from kraken_desk.domain.journal import HASH, LINE, PREVIOUS, ChainCheck, ChainReport, canonical
from kraken_desk.domain.line_forms import quoted
from kraken_desk.reports.journal_end import HEAD, NONE, ended

_PRINTABLE = bytes(range(0x20, 0x7F))


def jsonl(lines: Iterable[Mapping[str, str]], head: str, count: int) -> Iterator[str]:
    """Write lines as JSON, one to a line, and the head as the last."""
    for line in lines:
        yield canonical(line) + "\n"
    yield canonical({HEAD: head or NONE, "lines": str(count)}) + "\n"


def verify_jsonl(raw: bytes, head: str | None) -> ChainReport:
    """Verify a copy; whatever is not exactly in the form in which it was written is a finding."""
    check, quick = ChainCheck(), _QuickLines(raw)
    texts = raw.decode("ascii", "surrogateescape").split("\n")
    whole = texts.pop() == ""
    end: dict[str, str] | None = None
    for text in texts:
        if end is not None:
            check.find(0, "", "something stands behind the last line")
            break
        if quick.passes(text, check):
            continue
        line = _parsed(text)
        if line is None:
            check.skip("is not readable as a line of the journal")
        elif HEAD in line.content:
            end = line.content
        else:
            check.take(line.content, line.stored, line.stated, line.text)
    if not whole:
        check.find(0, "", "the file ends inside a line")
    return ended(check, end.get("lines", "") if end else None, end.get(HEAD, "") if end else None, head)


class _Shape(NamedTuple):
    """Of lines with the same names: all that stands between values, and which values matter here."""

    between: list[str]
    line: int
    journal_id: int
    state: int
    hash: int
    previous: int | None


class _QuickLines:
    """Recognises lines in the written form without parsing them: as nearly all are."""

    def __init__(self, raw: bytes) -> None:
        self._is_printable = not raw.translate(None, _PRINTABLE + b"\n")
        self._shapes: dict[tuple[str, ...], _Shape | None] = {}

    def passes(self, written: str, check: ChainCheck) -> bool:
        """Take a line if it has the written form and nothing is wrong with it; else it has to be parsed."""
        if '\\"' in written or not (self._is_printable or (written.isascii() and written.isprintable())):
            return False
        # without escaped quotes, names and values stand between every second and third quote
        pieces = written.split('"')
        names, values = tuple(pieces[1::4]), pieces[3::4]
        if names not in self._shapes:
            self._shapes[names] = _shape(names)
        shape = self._shapes[names]
        if shape is None or pieces[::2] != shape.between or "" in values:
            return False
        number, journal_id = values[shape.line], values[shape.journal_id]
        state, stored = values[shape.state], values[shape.hash]
        if "\\" in written and not ("\\" not in journal_id and all(map(_is_canonical, values))):
            return False
        text = _without(written, HASH, stored)
        stated = ""
        if shape.previous is not None:
            stated = values[shape.previous]
            text = _without(text, PREVIOUS, stated)
        return check.passes(number, journal_id, state, text, stored, stated)


def _shape(names: tuple[str, ...]) -> _Shape | None:
    """Return the shape of lines with these names, if they are a line's, plain and in their order."""
    places = {name: place for place, name in enumerate(names)}
    plain = all(quoted(name) == f'"{name}"' for name in names)
    if not plain or list(names) != sorted(places) or not {LINE, "journal_id", "state", HASH} <= places.keys():
        return None
    return _Shape(
        between=["{", *(":", ",") * (len(names) - 1), ":", "}"],
        line=places[LINE],
        journal_id=places["journal_id"],
        state=places["state"],
        hash=places[HASH],
        previous=places.get(PREVIOUS),
    )


def _is_canonical(value: str) -> bool:
    """Say whether a value, as it stands between its quotes, has exactly the escapes that we write."""
    if "\\" not in value:
        return True
    try:
        text = json.loads(f'"{value}"')
    except ValueError:
        return False
    return isinstance(text, str) and quoted(text) == f'"{value}"'


class _Parsed(NamedTuple):
    """A line of a copy: its content, its canonical text, its seal and the one it names before its own."""

    content: dict[str, str]
    text: str
    stored: str
    stated: str


def _parsed(written: str) -> _Parsed | None:
    """Read a line of JSON in exactly the form in which it was written; None for anything else.

    Taking the seals out of the text must leave the canonical text of the content: so the form is
    verified without writing the line twice.
    """
    if not written.isascii():
        return None
    try:
        content = json.loads(written)
        if type(content) is not dict:
            return None
        stored, stated = content.pop(HASH, ""), content.pop(PREVIOUS, "")
        text = canonical(content)
        left = _without(_without(written, HASH, quoted(stored)[1:-1]), PREVIOUS, quoted(stated)[1:-1])
    except (ValueError, RecursionError, TypeError):
        return None
    return _Parsed(content, text, stored, stated) if left == text else None


def _without(text: str, name: str, value: str) -> str:
    """Take one entry, its value as it is written, out of a line's text, or leave that as it is."""
    entry = f'"{name}":"{value}"' if value else ""
    if not entry:
        return text
    short = text.replace(f"{entry},", "", 1)
    return short if short != text else text.replace(f",{entry}", "", 1)
