"""Verifying every line of a long journal in little time.

The lines of a page are written as SQLite and a few joins make them, and verified together; where one
does not fit, the page's lines are taken one by one in the way of `chain`, which can tell what is
wrong. Transfers are read along with their lines, once for their terms and for what they show.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from kraken_desk.domain.journal import LINE, ChainCheck, ChainReport, canonical
from kraken_desk.domain.line_forms import in_ascii, quoted
from kraken_desk.domain.uncollected import uncollected
from kraken_desk.store.chain import DERIVED, MOVE, TERMS, Row, Rows, end, line_of, lines

_PAGE = 500
"""How many rows are read at once: little memory, and little to take one by one for one damaged line."""

_MOVES = (
    f"SELECT position, {', '.join(MOVE)}, hash"  # noqa: S608  # our own names
    " FROM transfer_moves WHERE position > ? ORDER BY position LIMIT ?"
)


def _object(after: str, before: str, *without: str) -> str:
    """Write as SQL what makes the entries of a planning line between two names, as a JSON object."""
    values = {name: name for name in (*TERMS, "journal_id")} | {"at": "planned_at", "state": "'planned'"}
    names = [name for name in sorted(values) if after < name < before and name not in without]
    pairs = (f"'{name}', {values[name]}" for name in names)
    return f"json_object({', '.join(pairs)})"


# what stands between the labels, which may hold more than ASCII, and the line's number
_TRANSFERS = (
    "SELECT position, journal_id, "  # noqa: S608  # our own names
    + ", ".join(f"coalesce({name}, '')" for name in DERIVED)
    + f", {_object('', 'destination_label')}, destination_label"
    + f", {_object('destination_label', 'key_name')}, key_name"
    + ", CASE WHEN leg IS NULL THEN '' ELSE json_object('leg', CAST(leg AS TEXT)) END"
    + f", CASE WHEN plan_id IS NULL THEN {_object(LINE, 'source_label', 'plan_id')}"
    + f" ELSE {_object(LINE, 'source_label')} END, source_label"
    + f", {_object('source_label', '~')}"
    + " FROM transfers WHERE position > ? ORDER BY position LIMIT ?"
)
_EMPTY = re.compile(r',"[a-z_]+":(?:""|null)(?=[,}])')


def verify(rows: Rows) -> ChainReport:
    """Verify every line, what is derived from them, and the end."""
    check, folded, transfers = ChainCheck(), _Folded(), _Transfers(rows)
    with uncollected():
        for page in _pages(rows, _MOVES):
            if not _passes(rows, page, transfers, check):
                for line in lines(rows, int(page[0][0]) - 1, len(page)):
                    check.take(*line_of(line))
            folded.add(page)
        _compare(transfers, folded, check)
    return end(rows, check)


def _pages(rows: Rows, statement: str) -> Iterator[Sequence[Row]]:
    """Read page by page what a statement gives in the order of its first column, a number."""
    last = 0
    while page := list(rows(statement, (last, _PAGE))):
        yield page
        last = int(page[-1][0])


class _Transfers:
    """The transfers in the order of their planning, read only as far as lines ask for them."""

    def __init__(self, rows: Rows) -> None:
        self._pages = _pages(rows, _TRANSFERS)
        self._terms: dict[str, Row] = {}
        self._shown: list[Row] = []

    def terms(self, journal_id: str) -> Row | None:
        """Return the parts of a transfer's first line, once; None when there is no such transfer."""
        while journal_id not in self._terms and self._read():
            pass
        return self._terms.pop(journal_id, None)

    def shown(self) -> list[Row]:
        """Return of all transfers the journal_id and the columns of DERIVED."""
        while self._read():
            pass
        return self._shown

    def _read(self) -> bool:
        page = next(self._pages, ())
        behind = 2 + len(DERIVED)
        self._shown += [row[1:behind] for row in page]
        self._terms.update((row[1], row[behind:]) for row in page)
        return bool(page)


def _passes(rows: Rows, page: Sequence[Row], transfers: _Transfers, check: ChainCheck) -> bool:
    """Take a page of `_MOVES` if nothing is wrong with any line of it."""
    positions, journal_ids, states, times, ids, *_, seals = zip(*page, strict=True)
    try:
        if not _is_plain("".join([*journal_ids, *times, *filter(None, ids), *set(states)])):
            return False
        texts = [_text(row, transfers) or _any_text(rows, row) for row in page]
    except TypeError:  # only in a database that another program has changed
        return False
    return check.passes_all([*map(str, positions)], journal_ids, states, texts, seals)


def _is_plain(text: str) -> bool:
    """Say whether JSON writes a text as it is."""
    return text.isascii() and text.isprintable() and '"' not in text and "\\" not in text


def _text(row: Row, transfers: _Transfers) -> str | None:
    """Return a line's canonical text as most lines have it; None for one that holds more."""
    number, journal_id, state, at, transfer_id, problem, note, evidence, settled_by, _ = row
    if problem or note or evidence or settled_by:
        return None
    if state == "planned":
        terms = None if transfer_id else transfers.terms(journal_id)
        return None if terms is None else _planned(number, at, terms)
    late = f',"transfer_id":"{transfer_id}"' if transfer_id else ""
    return f'{{"at":"{at}","journal_id":"{journal_id}","line":"{number}","state":"{state}"{late}}}'


def _planned(number: int, at: str, terms: Row) -> str | None:
    first, destination, second, key_name, leg, third, source, fourth = terms
    if not third.startswith(f'{{"planned_at":"{at}"'):
        return None
    leg = leg and f"{leg[1:-1]},"
    text = (
        f'{first[:-1]},"destination_label":{_label(destination)},'
        f'{second[1:-1]},"key_name":{_label(key_name)},{leg}"line":"{number}",'
        f'{third[1:-1]},"source_label":{_label(source)},{fourth[1:]}'
    )
    if ':""' in text or ":null" in text:
        text = _EMPTY.sub("", text)
    return in_ascii(text)


@lru_cache(maxsize=1024)  # the same labels come again and again
def _label(text: str) -> str:
    return quoted(text)


def _any_text(rows: Rows, row: Row) -> str:
    """Return the canonical text of any line."""
    if row[2] == "planned":
        [row] = lines(rows, row[0] - 1, 1)
        return canonical(line_of(row)[0])
    names = (LINE, *MOVE)
    return canonical({name: str(value) for name, value in zip(names, row, strict=False) if value is not None})


class _Folded:
    """Follows what the program derives from the lines: the last value wins, an empty one never."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[str, str]] = {}
        self._sent: dict[str, str] = {}
        self._late: tuple[dict[str, str], ...] = tuple({} for _ in DERIVED[3:])

    def add(self, page: Sequence[Row]) -> None:
        """Take a page of `_MOVES`."""
        _, journal_ids, states, times, *late, _ = zip(*page, strict=True)
        self._last.update(zip(journal_ids, zip(states, times, strict=True), strict=True))
        self._sent.update([(row[1], row[3]) for row in page if row[2] == "sent"])
        for values, found in zip(late, self._late, strict=True):
            if any(values):
                found.update([pair for pair in zip(journal_ids, values, strict=True) if pair[1]])

    def pop(self, journal_id: str) -> tuple[str, ...] | None:
        """Return what the columns of DERIVED must say of a transfer, once; None without a line of it."""
        last = self._last.pop(journal_id, None)
        if last is None:
            return None
        return (*last, self._sent.get(journal_id, ""), *[late.get(journal_id, "") for late in self._late])

    def left(self) -> tuple[str, ...]:
        """Return the transfers that nobody asked for."""
        return tuple(self._last)


def _compare(transfers: _Transfers, folded: _Folded, check: ChainCheck) -> None:
    """Report records that say something else than their lines."""
    for journal_id, *found in transfers.shown():
        expected = folded.pop(journal_id)
        if expected is None:
            check.find(0, journal_id, f"transfer {journal_id} has no line in the journal")
        elif tuple(found) != expected:
            pairs = zip(DERIVED, found, expected, strict=True)
            named = ", ".join(name for name, value, text in pairs if value != text)
            check.find(0, journal_id, f"transfer {journal_id} shows another {named} than its lines")
    for journal_id in folded.left():
        check.find(0, journal_id, f"transfer {journal_id} is gone, but its lines are there")
