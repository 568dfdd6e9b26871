"""The journal as a table in CSV: a row of names, a row for each line, and the head as the last row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from kraken_desk.domain.journal import HASH, LINE, PREVIOUS, ChainCheck, ChainReport
from kraken_desk.reports.journal_end import HEAD, NONE, ended
from kraken_desk.reports.likely_forms import LikelyForms
from kraken_desk.reports.row_forms import FORMULA, RowForm, row_pattern, text_of

_FIRST = (LINE, "at", "journal_id", "state", "environment", "venue", "source_label", "destination_label")
_LAST = (PREVIOUS, HASH)
_LINE_END = "\r\n"
_BATCH = 500
"""How many rows are verified together, and one by one if one of them is damaged."""


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
    read = raw.decode("latin-1")  # a character for each byte: only what needs more care becomes text
    lines = read.removesuffix(_LINE_END).split(_LINE_END)
    [above, *more], taken = _rows_at(lines, 0)
    if above.cells is None or not {*_FIRST[:4], *_LAST} <= set(above.cells):
        check.find(
            0, "", "the file is no table of the journal: it does not begin with the names of its columns"
        )
        return check.end()
    table = _Table(above.cells, check)
    odd = None if above.is_exact else 0
    for row in more:
        table.take(row)
    table.read(lines, taken)
    if odd is None:
        odd = table.odd if table.odd or read.endswith(_LINE_END) else table.count
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
    """Takes the rows below the names: recognised by their form, as nearly all are, or else taken apart.

    `count` is how many they are, `odd` the first that is not as it was written, and `end` what the
    last one tells.
    """

    def __init__(self, columns: list[str], check: ChainCheck) -> None:
        self._columns, self._check = columns, check
        self._forms: LikelyForms[RowForm] = LikelyForms()
        self._known: set[str] = set()
        self._used: set[str] = set()
        self.count = 0
        self.odd: int | None = None
        self.end: dict[str, str] | None = None

    def read(self, lines: list[str], place: int) -> None:
        """Take all rows from a place on; where a batch does not fit, one after the other tells which."""
        while place < len(lines):
            rows = self._recognised(lines, place) if self.end is None else []
            behind = place + max(1, len(rows))
            if rows and self._passes(rows):
                self.count += len(rows)
                place = behind
            while place < behind:
                found, taken = _rows_at(lines, place)
                for row in found:
                    self.take(row)
                if taken == 1 and found[-1].is_exact and found[-1].cells:
                    self._learn(found[-1].cells)
                place += taken

    def take(self, row: _Row) -> None:
        """Take a row that was taken apart."""
        self.count += 1
        if self.odd is None and not row.is_exact:
            self.odd = self.count
        cells = row.cells
        if cells is None:
            self._check.skip("is not readable as a row of the table")
        elif len(cells) != len(self._columns):
            self._check.skip("has another number of cells than the head of the table")
        elif self.end is not None:
            self._check.find(0, "", "something stands behind the last line")
        else:
            line = {name: cell for name, cell in zip(self._columns, cells, strict=True) if cell}
            self._used |= line.keys()
            if line.get(LINE) == HEAD:
                self.end = line
            else:
                stored, stated = line.pop(HASH, ""), line.pop(PREVIOUS, "")
                self._check.take(line, stored, stated)

    def names(self) -> set[str]:
        """Return the names of all columns with anything in them."""
        return self._used

    def _recognised(self, lines: list[str], place: int) -> list[tuple[str, ...]]:
        """Return the sealed parts of the next rows, up to the first one of no known form."""
        match = self._forms.match
        rows: list[tuple[str, ...]] = []
        for line in lines[place : place + _BATCH]:
            found = match(line)
            if found is None:
                break
            rows.append(found[1].parts(found[0].groups()))
        return rows

    def _passes(self, rows: list[tuple[str, ...]]) -> bool:
        numbers, journal_ids, states, seals, stated, texts = zip(*rows, strict=True)
        return self._check.passes_all(numbers, journal_ids, states, texts, seals, stated)

    def _learn(self, cells: list[str]) -> None:
        pattern = row_pattern(self._columns, cells)
        if pattern is not None and pattern not in self._known:
            self._known.add(pattern)
            self._forms.learn(pattern, RowForm(self._columns, cells))


def _rows_at(lines: list[str], place: int) -> tuple[list[_Row], int]:
    """Read the row that begins with a line, or what it falls into; return also how many lines it takes."""
    line = lines[place]
    is_simple = '"' not in line and "\n" not in line and "\r" not in line
    cells = text_of(line).split(",") if is_simple else _quoted_cells(text_of(line))
    if cells is None:
        return _careful_rows(lines, place)
    return [_undefused(cells, is_exact=True)], 1


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
    text = text_of(_LINE_END.join(lines[place:end]))
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        return [_Row(None, is_exact=False)], 1
    is_exact = _csv(rows) == text + _LINE_END
    return [_undefused(row, is_exact) for row in rows], end - place


def _undefused(cells: list[str], is_exact: bool) -> _Row:
    """Take off the quotes that defuse formulas; exact is only who has them where they are due."""
    texts = [cell.removeprefix("'") for cell in cells]
    return _Row(texts, is_exact and list(map(_cell, texts)) == cells)


def _columns(names: set[str]) -> tuple[str, ...]:
    """Return the columns in their order: what everybody looks for first, the seals last."""
    return (*_FIRST, *sorted(names - set(_FIRST) - set(_LAST)), *_LAST)


def _csv(rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue()


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text
