"""The journal's lines in the database: how a row becomes a line, and how lines are sealed and verified.

A line is a row of `transfer_moves`; the one that plans a transfer holds the transfer's terms as
well. What the columns of `transfers` say beyond the terms is derived from the lines, and verified
against them.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from kraken_desk.domain.journal import LINE, ChainCheck, ChainReport, seal
from kraken_desk.domain.line_forms import in_ascii
from kraken_desk.domain.uncollected import uncollected

MOVE = ("journal_id", "state", "at", "transfer_id", "problem", "note", "evidence", "settled_by")
"""The columns of a move that are sealed, beside its number."""

TERMS = (
    "environment",
    "venue",
    "source",
    "destination",
    "source_wallet",
    "destination_wallet",
    "asset",
    "quantity",
    "source_label",
    "destination_label",
    "key_id",
    "key_name",
    "endpoint",
    "planned_at",
    "source_mark",
    "destination_mark",
    "plan_id",
    "leg",
    "source_before",
    "destination_before",
)
"""The columns of a transfer that are sealed with its first line. A new column of terms belongs here
and into the trigger that fixes them; where it is empty, the seals of older lines stay as they are."""

DERIVED = ("state", "changed_at", "sent_at", "transfer_id", "problem", "note", "evidence", "settled_by")
"""The columns of a transfer that follow from its lines."""

_NO_LATE = ("",) * len(DERIVED[3:])

_PAGE = 5_000
"""How many rows are read at once: a long journal need not be in memory as a whole."""

_LINES = (
    f"SELECT m.position AS line, {', '.join(f'm.{name}' for name in MOVE)}, m.hash,"  # noqa: S608  # our own names
    f" {', '.join(f't.{name}' for name in TERMS)}"
    " FROM transfer_moves m LEFT JOIN transfers t ON t.journal_id = m.journal_id AND m.state = 'planned'"
    " WHERE m.position > ? ORDER BY m.position LIMIT ?"
)
_NAMES = (LINE, *MOVE, "hash", *TERMS)
_SHORT = _NAMES[: len(MOVE) + 2]
_STATE = _NAMES.index("state")


def _object(*names: str) -> str:
    """Write as SQL what makes the canonical text of these columns, as far as all are filled and ASCII."""
    numbers = {LINE: "CAST(m.position AS TEXT)", "leg": "CAST(t.leg AS TEXT)"}
    columns = (numbers.get(name) or f"{'m' if name in MOVE else 't'}.{name}" for name in sorted(names))
    pairs = (f"'{name}', {column}" for name, column in zip(sorted(names), columns, strict=True))
    return f"json_object({', '.join(pairs)})"


# For verifying all, SQLite writes each line's text: quicker than to read the columns one by one. The
# first three cases are those of most lines; in others the empty values are taken out of the text.
_BARE = (LINE, "journal_id", "state", "at")
_UNPLANNED = tuple(name for name in TERMS if name not in ("plan_id", "leg"))
_TEXTS = (
    f"SELECT m.position, {', '.join(f'm.{name}' for name in MOVE)}, m.hash,"  # noqa: S608  # our own names
    " CASE WHEN coalesce(m.problem, m.evidence, m.settled_by, nullif(m.note, '')) IS NOT NULL"
    f" THEN {_object(LINE, *MOVE, *TERMS)}"
    f" WHEN m.transfer_id IS NULL AND t.journal_id IS NULL THEN {_object(*_BARE)}"
    f" WHEN t.journal_id IS NULL THEN {_object(*_BARE, 'transfer_id')}"
    f" WHEN coalesce(m.transfer_id, t.plan_id, t.leg) IS NULL THEN {_object(*_BARE, *_UNPLANNED)}"
    f" ELSE {_object(LINE, *MOVE, *TERMS)} END"
    " FROM transfer_moves m LEFT JOIN transfers t ON m.state = 'planned' AND t.journal_id = m.journal_id"
    " WHERE m.position > ? ORDER BY m.position LIMIT ?"
)
_RECORDS = (
    "SELECT position, journal_id, "  # noqa: S608  # our own names
    + ", ".join(f"coalesce({name}, '')" for name in DERIVED)
    + " FROM transfers WHERE position > ? ORDER BY position LIMIT ?"
)
_EMPTY = re.compile(r',"[a-z_]+":(?:""|null)(?=[,}])')

Row = Sequence[Any]
"""A row of one of the statements here."""


class Rows(Protocol):
    """What a transaction offers to read with: rows of a statement."""

    def __call__(self, statement: str, parameters: tuple[int, ...] = ()) -> Iterable[Row]: ...


def line_of(row: Sequence[str | int | None]) -> tuple[dict[str, str], str]:
    """Return a row of `lines` as a line's texts, and its seal."""
    names = _NAMES if row[_STATE] == "planned" else _SHORT  # the terms are empty in all other lines
    content = {
        name: str(value) for name, value in zip(names, row, strict=False) if value is not None and value != ""
    }
    return content, content.pop("hash", "")


def lines(rows: Rows, after: int = 0, limit: int = -1) -> Iterable[Row]:
    """Read the lines behind number `after`, at most `limit`; -1 means all."""
    return rows(_LINES, (after, limit))


def texts(values: Mapping[str, str | int | None]) -> dict[str, str]:
    return {name: str(value) for name, value in values.items() if value is not None and value != ""}


def next_place(rows: Rows) -> tuple[int, str]:
    """Return the number of the next line and the seal it follows.

    Both are taken from the noted head, so that a line written behind a cut does not hide it.
    """
    [head] = list(rows("SELECT lines, hash FROM journal_head"))
    [last] = list(rows("SELECT coalesce(max(position), 0) FROM transfer_moves"))
    return max(int(head[0]), int(last[0])) + 1, str(head[1])


def verify(rows: Rows) -> ChainReport:
    """Verify every line, what is derived from them, and the end."""
    check, folded = ChainCheck(), _Folded()
    with uncollected():
        for row in _all(rows, _TEXTS):
            position, journal_id, state, at = row[:4]
            text = row[-1]
            if ':""' in text or ":null" in text:
                text = _EMPTY.sub("", text)
            if not check.passes(str(position), journal_id, state, in_ascii(text), row[-2]):
                for line in lines(rows, position - 1, 1):
                    check.take(*line_of(line))
            folded.add(journal_id, state, at, row[4:-2])
        _compare(rows, folded, check)
    return _end(rows, check)


def _all(rows: Rows, statement: str) -> Iterator[Row]:
    """Read page by page what a statement gives in the order of its first column, a number."""
    last = 0
    while page := list(rows(statement, (last, _PAGE))):
        yield from page
        last = int(page[-1][0])


def verify_tail(rows: Rows, length: int) -> ChainReport:
    """Verify the last `length` lines and the end."""
    [last] = list(rows("SELECT coalesce(max(position), 0) FROM transfer_moves"))
    after = max(0, int(last[0]) - length)
    before = list(rows("SELECT hash FROM transfer_moves WHERE position = ?", (after,)))
    check = ChainCheck(after, str(before[0][0]) if before else "")
    for row in lines(rows, after):
        check.take(*line_of(row))
    return _end(rows, check)


def seal_all(connection: sqlite3.Connection) -> None:
    """Seal the lines of a database from before the chain; the caller holds the transaction."""
    previous, count = "", 0
    for row in connection.execute(_LINES, (0, -1)).fetchall():
        content, _ = line_of(tuple(row))
        previous, count = seal(content, previous), int(content[LINE])
        connection.execute("UPDATE transfer_moves SET hash = ? WHERE position = ?", (previous, count))
    connection.execute("UPDATE journal_head SET lines = ?, hash = ?", (count, previous))


def _end(rows: Rows, check: ChainCheck) -> ChainReport:
    head = next(iter(rows("SELECT lines, hash FROM journal_head")), None)
    if head is None:
        check.find(0, "", "the noted head is gone")
        return check.end()
    return check.end(int(head[0]), str(head[1]))


class _Folded:
    """Follows what the program derives from the lines: the last value wins, an empty one never."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[str, str]] = {}
        self._sent: dict[str, str] = {}
        self._late: dict[str, tuple[str, ...]] = {}

    def add(self, journal_id: str, state: str, at: str, late: Row) -> None:
        self._last[journal_id] = (state, at)
        if state == "sent":
            self._sent[journal_id] = at
        if any(late):
            before = self._late.get(journal_id, _NO_LATE)
            self._late[journal_id] = tuple([new or old for new, old in zip(late, before, strict=True)])

    def pop(self, journal_id: str) -> tuple[str, ...] | None:
        """Return what the columns of DERIVED must say of a transfer, once; None without a line of it."""
        last = self._last.pop(journal_id, None)
        if last is None:
            return None
        return (*last, self._sent.get(journal_id, ""), *self._late.get(journal_id, _NO_LATE))

    def left(self) -> tuple[str, ...]:
        """Return the transfers that nobody asked for."""
        return tuple(self._last)


def _compare(rows: Rows, folded: _Folded, check: ChainCheck) -> None:
    """Report records that say something else than their lines."""
    for _, journal_id, *found in _all(rows, _RECORDS):
        expected = folded.pop(journal_id)
        if expected is None:
            check.find(0, journal_id, f"transfer {journal_id} has no line in the journal")
        elif tuple(found) != expected:
            pairs = zip(DERIVED, found, expected, strict=True)
            named = ", ".join(name for name, value, text in pairs if value != text)
            check.find(0, journal_id, f"transfer {journal_id} shows another {named} than its lines")
    for journal_id in folded.left():
        check.find(0, journal_id, f"transfer {journal_id} is gone, but its lines are there")
