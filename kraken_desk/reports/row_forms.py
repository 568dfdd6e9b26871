"""Rows of the journal's table by their form: which cells are filled, and which of them are in quotes.

A form tells a row's cells and its canonical text in one step. It never takes a row that is not exactly
as it was written; a row that it does not take may still be one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from operator import itemgetter

from kraken_desk.domain.journal import HASH, LINE, PREVIOUS
from kraken_desk.domain.line_forms import quoted

FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
"""A cell that begins so would be taken for a formula by a spreadsheet, so it gets a quote before it."""

_KEYS = (LINE, "journal_id", "state", HASH, PREVIOUS)

# the bytes of a text as characters, so that a row of any text takes one byte for each
_PLAIN = r"([ !#-&(-*.-<>?A-\[\]-~][ !#-+\--\[\]-~]*+)"
_ODD = r"((?![=+\-@\t'])[^,\"\r\n]++)"
_DEFUSED = r"'([=+\-@\t'][^,\"\r\n]*+)"
_QUOTED = r'"((?![=+\-@\t\'])(?=[^,"]*+(?:,|""))(?:[^"\r\n]++|"")*+)"'
_WRITTEN = {kind: re.compile(kind) for kind in (_PLAIN, _ODD, _DEFUSED, _QUOTED)}


def text_of(read: str) -> str:
    """Return the text of bytes that were read as characters; a damaged one may be no UTF-8."""
    return read.encode("latin-1").decode("utf-8", "surrogateescape")


class RowForm:
    """What to do with the cells that a row's pattern finds."""

    def __init__(self, columns: Sequence[str], cells: Sequence[str]) -> None:
        """`cells` are those of any row of this form."""
        filled = [(name, cell) for name, cell in zip(columns, cells, strict=True) if cell or name == PREVIOUS]
        places = {name: place for place, (name, _) in enumerate(filled)}
        names = sorted(places.keys() - {HASH, PREVIOUS})
        self._keys = itemgetter(*(places[name] for name in _KEYS))
        self._values = itemgetter(*(places[name] for name in names))
        self._text = "{" + ",".join(quoted(name).replace("%", "%%") + ':"%s"' for name in names) + "}"
        self._odd = [places[name] for name, cell in filled if cell and _kind(cell) is not _PLAIN]

    def parts(self, found: Sequence[str]) -> tuple[str, ...]:
        """Return number, journal_id, state and both seals, and the canonical text."""
        if self._odd:
            found = list(found)
            for place in self._odd:
                found[place] = _as_in_json(found[place])
        return (*self._keys(found), self._text % self._values(found))


@lru_cache(maxsize=4096)  # labels come again and again
def _as_in_json(cell: str) -> str:
    return quoted(text_of(cell).replace('""', '"'))[1:-1]


def row_pattern(columns: Sequence[str], cells: Sequence[str]) -> str | None:
    """Return the pattern of rows like this one, in which a group finds each filled cell.

    None for a row that its form could not take, or that is none of the journal's.
    """
    if len(cells) != len(set(columns)):
        return None
    parts = []
    for name, cell in zip(columns, cells, strict=True):
        kind = _kind(cell) if cell else ""
        if kind is None or (name in _KEYS and name != PREVIOUS and kind != _PLAIN):
            return None
        parts.append(kind or ("()" if name == PREVIOUS else ""))
    return ",".join(parts)


def _kind(cell: str) -> str | None:
    """Return the pattern of cells like this one as the table holds them; None where there is none."""
    cell = cell.encode("utf-8", "surrogateescape").decode("latin-1")
    written = f"'{cell}" if cell.startswith(FORMULA) else cell
    if '"' in cell or "," in cell:
        written = '"' + written.replace('"', '""') + '"'
    return next((kind for kind, pattern in _WRITTEN.items() if pattern.fullmatch(written)), None)
