"""Reads out of a damaged database whatever SQLite still can, row by row, around the pages that it cannot.

Works on a copy, which it may mend: a header that was hit gets the values that this program's files
always have. Blocking.
"""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MAGIC = b"SQLite format 3\0"
USUAL_PAGE = 4096
_FURTHEST = 1 << 40
"""No table comes near; behind it nobody looks for rows any more."""

Row = tuple[Any, ...]


class Undecodable:
    """Stands in a row for text that is no UTF-8."""


def open_copy(path: Path) -> sqlite3.Connection:
    """Open a damaged copy for reading; what of the schema can be read counts."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.text_factory = _text
    for pragma in ("writable_schema = ON", "cell_size_check = ON", "trusted_schema = OFF", "mmap_size = 0"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _text(raw: bytes) -> object:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return Undecodable()


def mend_header(path: Path, *, application: int, version: int) -> bool:
    """Give a copy the header that our files have where its own cannot be one; True when that was needed.

    `version` is the newest shape of the database: a file without a readable one is taken for that.
    """
    with path.open("r+b") as file:
        head = bytearray(file.read(100))
        if len(head) < 100 or _is_header(head, application, version):
            return False
        size = path.stat().st_size
        page = _page_size(head)
        counter = bytes(head[24:28])
        head[0:24] = MAGIC + struct.pack(">HBBBBBB", page % 65536, 2, 2, 0, 64, 32, 32)
        head[28:40] = struct.pack(">III", size // page, 0, 0)  # pages; no free ones are believed in
        head[44:48] = struct.pack(">I", 4)
        head[52:56], head[64:68] = bytes(4), bytes(4)
        head[56:60] = struct.pack(">I", 1)
        if not 1 <= struct.unpack(">I", head[60:64])[0] <= version:
            head[60:64] = struct.pack(">I", version)
        head[68:72] = struct.pack(">I", application)
        head[92:96] = counter
        file.seek(0)
        file.write(head)
    return True


def _is_header(head: bytearray, application: int, version: int) -> bool:
    return (
        head.startswith(MAGIC)
        and head[16:18] == struct.pack(">H", USUAL_PAGE)
        and head[18:24] == bytes((2, 2, 0, 64, 32, 32))
        and head[56:60] == struct.pack(">I", 1)
        and 1 <= struct.unpack(">I", head[60:64])[0] <= version
        and head[68:72] == struct.pack(">I", application)
    )


def _page_size(head: bytearray) -> int:
    """Return what the header says where it can be a page's size, else what our files have."""
    said = struct.unpack(">H", head[16:18])[0]
    possible = head.startswith(MAGIC) and said >= 512 and said & (said - 1) == 0
    return int(said) if possible else USUAL_PAGE


def tables(connection: sqlite3.Connection) -> frozenset[str]:
    """Return the names of the tables that the file still knows."""
    found: set[str] = set()
    try:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'"):
            if isinstance(name, str):
                found.add(name)
    except sqlite3.DatabaseError:
        pass  # what came before the damage counts
    return frozenset(found)


@dataclass
class Salvaged:
    """What came out of one table; `lost` rows are supposed from gaps in the numbers, None if unknown."""

    rows: list[Row] = field(default_factory=list)
    lost: int | None = 0

    def take(self, row: Row) -> None:
        if any(isinstance(value, Undecodable) for value in row):
            self.lose(1)
        else:
            self.rows.append(row)

    def lose(self, number: int | None) -> None:
        self.lost = None if number is None or self.lost is None else self.lost + number


def read_table(connection: sqlite3.Connection, table: str, columns: tuple[str, ...]) -> Salvaged:
    """Read all rows of a table that can be read; the columns are those to read, in that order."""
    names = ", ".join(f'"{name}"' for name in columns)
    try:
        connection.execute(f'SELECT rowid FROM "{table}" LIMIT 0')  # noqa: S608  # names of our own schema
    except sqlite3.DatabaseError:
        return _by_key(connection, table, names)
    return _by_number(connection, table, names)


def _by_number(connection: sqlite3.Connection, table: str, names: str) -> Salvaged:
    """Go up by row number; behind a page that cannot be read, look for the next row that can."""
    found, last = Salvaged(), 0
    statement = f'SELECT rowid, {names} FROM "{table}" NOT INDEXED WHERE rowid > ? ORDER BY rowid'  # noqa: S608  # our own names
    while True:
        try:
            for number, *row in connection.execute(statement, (last,)):
                if number <= last:
                    raise sqlite3.DatabaseError("rows out of order")  # noqa: TRY301  # a page that was hit
                found.take(tuple(row))
                last = int(number)
        except sqlite3.DatabaseError:
            begin = _next_readable(connection, statement, last)
            if begin is None or begin <= last:
                found.lose(None)
                return found
            found.lose(begin - last - 1)
            last = begin - 1
        else:
            return found


def _next_readable(connection: sqlite3.Connection, statement: str, last: int) -> int | None:
    """Return the number of the first row behind the damage; None when nothing is readable behind it."""
    step = 1
    while (number := _first_behind(connection, statement, last + step)) is None:
        if step > _FURTHEST:
            return None
        step *= 2
    low, high = last + step // 2, last + step
    while high - low > 1:
        middle = (low + high) // 2
        nearer = _first_behind(connection, statement, middle)
        if nearer is None:
            low = middle
        else:
            high, number = middle, nearer
    return number if number >= 0 else None


_NOTHING = -1


def _first_behind(connection: sqlite3.Connection, statement: str, number: int) -> int | None:
    """Return the first row's number behind `number`, _NOTHING at the end, None where reading fails."""
    try:
        row = connection.execute(f"{statement} LIMIT 1", (number,)).fetchone()
    except sqlite3.DatabaseError:
        return None
    return _NOTHING if row is None else int(row[0])


def _by_key(connection: sqlite3.Connection, table: str, names: str) -> Salvaged:
    """Read a table without row numbers from both ends; what lies between two damages is lost."""
    found, seen = Salvaged(), set[Row]()
    for order in ("ASC", "DESC"):
        whole = True
        for row in _until_damage(connection, f'SELECT {names} FROM "{table}" ORDER BY 1 {order}'):  # noqa: S608  # as above
            if row is None:
                whole = False
            elif row not in seen:
                seen.add(row)
                found.take(row)
        if whole:
            return found
    found.lose(None)
    return found


def _until_damage(connection: sqlite3.Connection, statement: str) -> Iterator[Row | None]:
    """Yield rows, and None at last if reading ended in damage."""
    try:
        yield from connection.execute(statement)
    except sqlite3.DatabaseError:
        yield None
