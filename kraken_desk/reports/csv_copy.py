"""The journal as a table in CSV: a row of names, a row for each line, and the head as the last row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from kraken_desk.domain.journal import HASH, LINE, PREVIOUS, ChainCheck, ChainReport
from kraken_desk.domain.line_forms import LineForms
from kraken_desk.reports.journal_end import HEAD, NONE, ended

_FIRST = (LINE, "at", "journal_id", "state", "environment", "venue", "source_label", "destination_label")
_LAST = (PREVIOUS, HASH)
_LINE_END = "\r\n"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
"""A cell that begins so would be taken for a formula by a spreadsheet, so it gets a quote before it."""


def csv_text(lines: Iterable[Mapping[str, str]], head: str, count: int) -> str:
    """Write lines as CSV with a row of names above and the head below."""
    rows = list(lines)
    names = {name for row in rows for name in row}
    columns = _columns(names)
    end = {LINE: HEAD, "journal_id": str(count), HASH: head or NONE}
    return _csv([columns, *([_cell(row.get(name, "")) for name in columns] for row in (*rows, end))])


def verify_csv(raw: bytes, head: str | None) -> ChainReport:
    """Verify a copy; what of a row's form is not content (quotes, line ends) is verified too."""
    check = ChainCheck()
    text = raw.decode("utf-8", "surrogateescape")
    rows = _rows(text)
    above = next(rows)
    if above.cells is None or not {*_FIRST[:4], *_LAST} <= set(above.cells):
        check.find(
            0, "", "the file is no table of the journal: it does not begin with the names of its columns"
        )
        return check.end()
    table = _Table(above.cells, check)
    odd = None if above.is_exact else 0
    number = 0
    for number, row in enumerate(rows, 1):
        table.take(row)
        if odd is None and not row.is_exact:
            odd = number
    if odd is None and not text.endswith(_LINE_END):
        odd = number
    if tuple(above.cells) != _columns(table.names()):
        check.find(0, "", "the names above the table are not those of the journal's columns")
    if odd is not None:
        check.find(odd, "", "is not in the form in which it was written")
    end = table.end
    return ended(check, end.get("journal_id", "") if end else None, end.get(HASH) if end else None, head)


class _Row(NamedTuple):
    """A row's cells, None where they cannot be told, and whether writing them again gives the same."""

    cells: list[str] | None
    is_exact: bool


class _Table:
    """Takes the rows below the names, one by one; `end` is what the last one tells."""

    def __init__(self, columns: list[str], check: ChainCheck) -> None:
        self._columns, self._check = columns, check
        self._forms = LineForms(["" if name in _LAST else name for name in columns])
        self._places = [columns.index(name) for name in (LINE, "journal_id", "state", HASH, PREVIOUS)]
        self.end: dict[str, str] | None = None

    def take(self, row: _Row) -> None:
        cells = row.cells
        if cells is None:
            self._check.skip("is not readable as a row of the table")
        elif len(cells) != len(self._columns):
            self._check.skip("has another number of cells than the head of the table")
        elif self.end is not None:
            self._check.find(0, "", "something stands behind the last line")
        else:
            text = self._forms.of(cells).text(cells)
            number, journal_id, state, stored, stated = [cells[place] for place in self._places]
            if not self._check.passes(number, journal_id, state, text, stored, stated):
                self._examine(cells)

    def names(self) -> set[str]:
        """Return the names of all columns with anything in them, but for the seals."""
        return self._forms.used()

    def _examine(self, cells: list[str]) -> None:
        line = {name: cell for name, cell in zip(self._columns, cells, strict=True) if cell}
        if line.get(LINE) == HEAD:
            self.end = line
        else:
            stored, stated = line.pop(HASH, ""), line.pop(PREVIOUS, "")
            self._check.take(line, stored, stated)


def _rows(text: str) -> Iterator[_Row]:
    """Take a table apart, row by row; of an empty one comes one empty row."""
    lines = text.removesuffix(_LINE_END).split(_LINE_END)
    place = 0
    while place < len(lines):
        line = lines[place]
        is_simple = '"' not in line and "\n" not in line and "\r" not in line
        cells = line.split(",") if is_simple else _quoted_cells(line)
        if cells is not None:
            place += 1
            yield _Row(cells, is_exact=True) if "'" not in line else _undefused(cells, is_exact=True)
            continue
        rows, taken = _careful_rows(lines, place)
        yield from rows
        place += taken


def _quoted_cells(line: str) -> list[str] | None:
    """Split a row with cells in quotes; None where that takes more care, or the quotes are needless."""
    if '""' in line or "\n" in line or "\r" in line:
        return None
    pieces = line.split('"')
    last = len(pieces) - 1
    cells: list[str] = []
    for number, piece in enumerate(pieces):
        behind, before = number > 0, number < last
        if number % 2:
            if "," not in piece or not before:
                return None
            cells.append(piece)
        elif piece or (behind and before):
            if (behind and piece[:1] != ",") or (before and piece[-1:] != ","):
                return None
            if piece != "," or not (behind and before):  # one comma alone parts two cells in quotes
                cells += piece[behind : len(piece) - before].split(",")
    return cells


def _careful_rows(lines: list[str], place: int) -> tuple[list[_Row], int]:
    """Read the row that begins with this line; return also how many lines it takes."""
    end, quotes = place, 0
    while end < len(lines) and (end == place or quotes % 2):
        quotes += lines[end].count('"')
        end += 1
    text = _LINE_END.join(lines[place:end])
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        return [_Row(None, is_exact=False)], 1
    is_exact = _csv(rows) == text + _LINE_END
    return [_undefused(row, is_exact) for row in rows], end - place


def _undefused(cells: list[str], is_exact: bool) -> _Row:
    """Take off the quotes that defuse formulas, and notice those that need not be there."""
    texts = [cell.removeprefix("'") for cell in cells]
    needless = any(cell != text and cell != _cell(text) for cell, text in zip(cells, texts, strict=True))
    return _Row(texts, is_exact and not needless)


def _columns(names: set[str]) -> tuple[str, ...]:
    """Return the columns in their order: what everybody looks for first, the seals last."""
    return (*_FIRST, *sorted(names - set(_FIRST) - set(_LAST)), *_LAST)


def _csv(rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue()


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
