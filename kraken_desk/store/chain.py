"""The journal's lines in the database: how a row becomes a line, and how lines are sealed and verified.

A line is a row of `transfer_moves`; the one that plans a transfer holds the transfer's terms as
well. What the columns of `transfers` say beyond the terms is derived from the lines, and verified
against them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from kraken_desk.domain.journal import LINE, ChainCheck, ChainReport, seal

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

_LINES = (
    f"SELECT m.position AS line, {', '.join(f'm.{name}' for name in MOVE)}, m.hash,"  # noqa: S608  # our own names
    f" {', '.join(f't.{name}' for name in TERMS)}"
    " FROM transfer_moves m LEFT JOIN transfers t ON t.journal_id = m.journal_id AND m.state = 'planned'"
    " WHERE m.position > ? ORDER BY m.position LIMIT ?"
)
_NAMES = (LINE, *MOVE, "hash", *TERMS)
_SHORT = _NAMES[: len(MOVE) + 2]
_STATE = _NAMES.index("state")

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


def verify_tail(rows: Rows, length: int) -> ChainReport:
    """Verify the last `length` lines and the end."""
    [last] = list(rows("SELECT coalesce(max(position), 0) FROM transfer_moves"))
    after = max(0, int(last[0]) - length)
    before = list(rows("SELECT hash FROM transfer_moves WHERE position = ?", (after,)))
    check = ChainCheck(after, str(before[0][0]) if before else "")
    for row in lines(rows, after):
        check.take(*line_of(row))
    return end(rows, check)


def seal_all(connection: sqlite3.Connection) -> None:
    """Seal the lines of a database from before the chain; the caller holds the transaction."""
    previous, count = "", 0
    for row in connection.execute(_LINES, (0, -1)).fetchall():
        content, _ = line_of(tuple(row))
        previous, count = seal(content, previous), int(content[LINE])
        connection.execute("UPDATE transfer_moves SET hash = ? WHERE position = ?", (previous, count))
    connection.execute("UPDATE journal_head SET lines = ?, hash = ?", (count, previous))


def end(rows: Rows, check: ChainCheck) -> ChainReport:
    head = next(iter(rows("SELECT lines, hash FROM journal_head")), None)
    if head is None:
        check.find(0, "", "the noted head is gone")
        return check.end()
    return check.end(int(head[0]), str(head[1]))
