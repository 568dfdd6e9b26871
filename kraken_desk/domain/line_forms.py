"""Canonical text for many lines: rows in which the same names are filled share one form.

A journal has few forms and many lines. What a form knows of its lines (the order of the names, what
stands between the values) is worked out once, so that a line costs little more than its joining.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import Any

Row = Sequence[Any]
"""Texts, "" or None where a value is empty; what else a database may hold is written as a text."""

quoted = json.encoder.encode_basestring_ascii
"""Write a text as a JSON string in ASCII."""

# every byte of UTF-8 that JSON in ASCII writes as it is, or by its number; and quotes are counted
_HARMLESS = bytes(byte for byte in range(0x20, 0x100) if byte not in b'"\\\x7f')
_BY_NUMBER = "kraken-desk-json"


def _by_number(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    return quoted(error.object[error.start : error.end])[1:-1], error.end


# so only what is no ASCII costs Python's time, a run of it at once
codecs.register_error(_BY_NUMBER, _by_number)


def in_ascii(text: str) -> str:
    """Write what is no ASCII in a text by its numbers, as JSON does."""
    return text if text.isascii() else text.encode("ascii", _BY_NUMBER).decode("ascii")


class LineForm:
    """How rows with the same names filled become canonical text."""

    def __init__(self, places: Sequence[tuple[str, int]]) -> None:
        """`places` are the filled names in their order, each with its place in a row."""
        self.names = tuple(name for name, _ in places)
        self._pick = _picker([place for _, place in places])
        # the text as a list: the values go to 1, 3, 5 and so on
        self._pieces = ["{"]
        for number, name in enumerate(self.names):
            self._pieces[-1] += f'{"," if number else ""}{quoted(name)}:"'
            self._pieces += ["", '"']
        self._pieces[-1] += "}"
        self._quotes = b'"' * "".join(self._pieces).count('"')

    def text(self, row: Row) -> str:
        """Return a row's canonical text, the same that `journal.canonical` makes of it."""
        values = self._pick(row)
        pieces = self._pieces
        pieces[1::2] = values
        try:
            text = "".join(pieces)
        except TypeError:  # only in a database that another program has changed
            return self._careful(map(str, values))
        if text.encode("utf-8", "surrogatepass").translate(None, _HARMLESS) != self._quotes:
            return self._careful(values)
        return in_ascii(text)

    def _careful(self, values: Iterable[str]) -> str:
        entries = zip(self.names, values, strict=True)
        return "{" + ",".join(f"{quoted(name)}:{quoted(value)}" for name, value in entries) + "}"


class LineForms:
    """The forms of rows with columns of these names; a column named "" is no part of the text."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = tuple(names)
        self._forms: dict[tuple[bool, ...], LineForm] = {}

    def of(self, row: Row) -> LineForm:
        """Return the form of a row, which may have fewer columns than there are names."""
        filled = tuple(map(bool, row))
        form = self._forms.get(filled)
        if form is None:
            columns = zip(self._names, filled, strict=False)
            places = [(name, place) for place, (name, has_value) in enumerate(columns) if has_value and name]
            form = self._forms[filled] = LineForm(sorted(places))
        return form

    def used(self) -> set[str]:
        """Return the names that were filled in any row so far."""
        return {name for form in self._forms.values() for name in form.names}


def _picker(places: list[int]) -> Callable[[Row], tuple[Any, ...]]:
    if len(places) > 1:
        return itemgetter(*places)
    return lambda row: tuple(row[place] for place in places)
