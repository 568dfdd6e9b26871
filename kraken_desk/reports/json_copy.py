"""The journal as lines of JSON: each line is its canonical text with the two seals among the names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from kraken_desk.domain.journal import HASH, LINE, PREVIOUS, ChainCheck, ChainReport, canonical
from kraken_desk.domain.line_forms import quoted
from kraken_desk.reports.journal_end import HEAD, NONE, ended
from kraken_desk.reports.likely_forms import LikelyForms

_BATCH = 500
"""How many lines are verified together, and one by one if one of them is damaged."""

_PLAIN = r"[ !#-\[\]-~]"
_ESCAPE = (
    r'\\(?:["\\bfnrt]|u(?:00(?:0[0-7bef]|1[0-9a-f]|7f|[89a-f][0-9a-f])'
    r"|0[1-9a-f][0-9a-f]{2}|[1-9a-f][0-9a-f]{3}))"
)
_VALUE = rf'(?!"){_PLAIN}*+(?:{_ESCAPE}{_PLAIN}*+)*+'
"""What stands between a value's quotes: with exactly the escapes that we write, and never nothing."""

_LOOKED_AT = frozenset({LINE, "journal_id", "state"})


def jsonl(lines: Iterable[Mapping[str, str]], head: str, count: int) -> Iterator[str]:
    """Write lines as JSON, one to a line, and the head as the last."""
    for line in lines:
        yield canonical(line) + "\n"
    yield canonical({HEAD: head or NONE, "lines": str(count)}) + "\n"


def verify_jsonl(raw: bytes, head: str | None) -> ChainReport:
    """Verify a copy; whatever is not exactly in the form in which it was written is a finding."""
    texts = raw.decode("latin-1").split("\n")  # any byte is a letter there, and none of ours but in ASCII
    whole = texts.pop() == ""
    lines = _Lines(texts)
    check = lines.verified()
    if not whole:
        check.find(0, "", "the file ends inside a line")
    end = lines.end
    return ended(check, end.get("lines", "") if end else None, end.get(HEAD, "") if end else None, head)


class _Lines:
    """The lines of a copy: recognised by their form, as nearly all are, or else parsed.

    `end` is what the last line tells.
    """

    def __init__(self, texts: list[str]) -> None:
        self._texts = texts
        self._forms: LikelyForms[None] = LikelyForms()
        self._known: set[tuple[str, ...]] = set()
        self._check = ChainCheck()
        self.end: dict[str, str] | None = None

    def verified(self) -> ChainCheck:
        """Verify all lines; where those of a batch do not fit, one after the other tells which."""
        place, count = 0, len(self._texts)
        while place < count and self.end is None:
            rows = self._recognised(place)
            behind = place + max(1, len(rows))
            if not (rows and self._passes(rows)):
                for text in self._texts[place:behind]:
                    self._take(text)
            place = behind
        if place < count:
            self._check.find(0, "", "something stands behind the last line")
        return self._check

    def _recognised(self, place: int) -> list[tuple[str, ...]]:
        """Return the parts of the next lines, up to the first one of no known form."""
        match = self._forms.match
        rows: list[tuple[str, ...]] = []
        for text in self._texts[place : place + _BATCH]:
            found = match(text)
            if found is None:
                break
            rows.append(found[0].groups())
        return rows

    def _passes(self, rows: list[tuple[str, ...]]) -> bool:
        before, seals, between, journal_ids, numbers, stated, behind, states = zip(*rows, strict=True)
        texts = [f"{{{a}{b}{c}}}" for a, b, c in zip(before, between, behind, strict=True)]
        return self._check.passes_all(numbers, journal_ids, states, texts, seals, stated)

    def _take(self, text: str) -> None:
        line = _parsed(text)
        if line is None:
            self._check.skip("is not readable as a line of the journal")
        elif HEAD in line.content:
            self.end = line.content
        else:
            self._learn(line)
            self._check.take(line.content, line.stored, line.stated, line.text)

    def _learn(self, line: _Parsed) -> None:
        names = (*sorted(line.content), *([PREVIOUS] if line.stated else []))
        if line.stored and line.content.keys() >= _LOOKED_AT and names not in self._known:
            self._known.add(names)
            self._forms.learn(_pattern(list(line.content), has_previous=bool(line.stated)), None)


def _pattern(names: list[str], *, has_previous: bool) -> str:
    """Return the pattern of lines with these names of content and both seals.

    Its groups are what stands before the seal, the seal, what stands between it and the one that the
    line names before its own, in this its journal_id and number, that one, what stands behind, and
    in this the state.
    """
    entries = {name: rf'{re.escape(quoted(name))}:"{_value(name)}"' for name in sorted(names)}
    before = "".join(f"{entry}," for name, entry in entries.items() if name < HASH)
    between = "".join(f"{entry}," for name, entry in entries.items() if HASH < name < PREVIOUS)
    behind = ",".join(entry for name, entry in entries.items() if name > PREVIOUS)
    previous = rf'"{PREVIOUS}":"({_PLAIN}++)",' if has_previous else "()"
    return rf'\{{({before})"{HASH}":"({_PLAIN}++)",({between}){previous}({behind})\}}'


def _value(name: str) -> str:
    return f"({_PLAIN}++)" if name in _LOOKED_AT else _VALUE


class _Parsed(NamedTuple):
    """A line of a copy: its content, its canonical text, its seal and the one it names before its own."""

    content: dict[str, str]
    text: str
    stored: str
    stated: str


def _parsed(written: str) -> _Parsed | None:
    """Read a line of JSON in exactly the form in which it was written; None for anything else."""
    try:
        content = json.loads(written)
        if type(content) is not dict or canonical(content) != written:
            return None
        stored, stated = content.pop(HASH, ""), content.pop(PREVIOUS, "")
        return _Parsed(content, canonical(content), stored, stated)
    except (ValueError, RecursionError, TypeError):
        return None
