"""From sqlite3's errors to the store's own, at the edge; no sqlite3 exception leaves this package.

What SQLite blames on the file or the machine becomes a StoreError that says what to do. What it
blames on our statements is a mistake of this program and becomes a RuntimeError.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kraken_desk.domain.errors import (
    StoreBusyError,
    StoreCorruptError,
    StoreError,
    StoreTooNewError,
    StoreUnwritableError,
)

_PRIMARY = 0xFF
"""SQLite's extended codes keep the primary code in their lowest byte."""

_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_UNWRITABLE = {
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
}
_CORRUPT = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT}


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Raise the errors of SQLite and of the file system inside the block as ours."""
    try:
        yield
    except sqlite3.Error as error:
        raise _from_sqlite(error, path) from error
    except OSError as error:
        raise unwritable(path, error.strerror or str(error)) from error


def is_busy(error: sqlite3.Error) -> bool:
    return _code(error) in _BUSY


def _code(error: sqlite3.Error) -> int:
    code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return code & _PRIMARY


def _from_sqlite(error: sqlite3.Error, path: Path) -> StoreError | RuntimeError:
    code = _code(error)
    if code in _BUSY:
        return StoreBusyError(
            "The database is busy",
            f"Another process has kept {path} to itself for too long.",
            "Try again; if it stays, look for a hanging Kraken Desk and end it.",
        )
    if code in _UNWRITABLE:
        return unwritable(path, str(error))
    if code in _CORRUPT:
        return damaged(path, str(error))
    return RuntimeError(f"SQLite refused a statement of ours: {error}")


def unwritable(path: Path, reason: str) -> StoreUnwritableError:
    return StoreUnwritableError(
        "The database cannot be written",
        f"{path}: {reason}.",
        "Check the free space and the rights on the profile's directory, or choose another one with --home.",
    )


def damaged(path: Path, reason: str) -> StoreCorruptError:
    return StoreCorruptError(
        "The database is damaged",
        f"{path}: {reason}.",
        "Run kraken-desk doctor --repair, or restore a backup; the secrets in the keychain are not affected.",
    )


def too_new(path: Path, version: int, newest: int) -> StoreTooNewError:
    return StoreTooNewError(
        "A newer Kraken Desk wrote this database",
        f"{path} has version {version}; this program knows versions up to {newest}.",
        "Update Kraken Desk; nothing was changed.",
    )


def unreadable_row(what: str, reason: str) -> StoreCorruptError:
    return StoreCorruptError(
        "The database holds something unreadable",
        f"{what} could not be read: {reason}.",
        "Restore a backup; the secrets in the keychain are not affected.",
    )
