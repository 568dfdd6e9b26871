"""Keeps damaged files before anything is done to them, and makes sure that nobody else has them open.

Blocking; no connection of this process may be open on the file: closing any would give its locks away.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from kraken_desk.domain.errors import StoreBusyError
from kraken_desk.store import files

LOG_ENDINGS = ("-wal", "-shm")
_SHARED_FIRST, _SHARED_SIZE = 0x40000002, 510
"""The bytes that every open connection to a database with a write-ahead log keeps locked (SQLite: os.h)."""

UNFINISHED = ".repair-"
_CHUNK = 1 << 20


@contextmanager
def held_alone(path: Path) -> Iterator[int]:
    """Hold a database file alone among all processes; yields a descriptor to read it by.

    Raises StoreBusyError while another process has it open, OSError when it cannot be opened.
    """
    descriptor = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        if not _lock(descriptor):
            raise StoreBusyError(
                "The profile is in use",
                f"Another Kraken Desk has {path} open, so nothing was touched.",
                "Close its window and end its commands, then repeat.",
            )
        yield descriptor
    finally:
        os.close(descriptor)


def put_aside(path: Path, descriptor: int, at: datetime) -> Path:
    """Copy a held database with its log into a new folder beside it, and return the folder.

    The shared-memory index is left out: SQLite makes it anew. An incomplete copy is removed again; one that
    is cut off by a kill is not called a copy, since the folder gets its name last. Where a repair was cut off
    after it had taken the log away, the copy that it had made is returned: that one still has the log.
    """
    made = _cut_off(path, descriptor)
    if made is not None:
        return made
    folder = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=path.parent))
    try:
        _copy_from(descriptor, folder / path.name)
        log = path.with_name(f"{path.name}-wal")
        if log.exists():
            source = os.open(log, os.O_RDONLY | getattr(os, "O_BINARY", 0))
            try:
                _copy_from(source, folder / log.name)
            finally:
                os.close(source)
    except BaseException:
        for copy in folder.iterdir():
            copy.unlink()
        folder.rmdir()
        raise
    return _named(folder, at)


def _cut_off(path: Path, descriptor: int) -> Path | None:
    """Return the copy, with its log, of exactly this database; None where the log is still here."""
    log = f"{path.name}-wal"
    if path.with_name(log).exists():
        return None
    for folder in sorted(path.parent.glob("damaged-*"), reverse=True):
        copy = folder / path.name
        if (folder / log).exists() and copy.exists() and _same(copy, descriptor):
            return folder
    return None


def _same(copy: Path, descriptor: int) -> bool:
    os.lseek(descriptor, 0, os.SEEK_SET)
    with copy.open("rb") as file:
        while part := file.read(_CHUNK):
            if os.read(descriptor, len(part)) != part:
                return False
    return not os.read(descriptor, 1)


def remove_logs(path: Path) -> None:
    """Remove the log of a database that is being replaced; it would be played into the new one."""
    for ending in LOG_ENDINGS:
        path.with_name(f"{path.name}{ending}").unlink(missing_ok=True)


def _named(folder: Path, at: datetime) -> Path:
    """Give a finished copy its name; another one of the same second keeps its own."""
    number = 0
    while True:
        mark = f"{at:%Y%m%dT%H%M%SZ}" + (f"-{number}" if number else "")
        named = folder.with_name(f"damaged-{mark}")
        if not named.exists():
            return folder.rename(named)
        number += 1


def _copy_from(source: int, target: Path) -> None:
    with os.fdopen(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, files.PRIVATE_FILE), "wb") as copy:
        os.lseek(source, 0, os.SEEK_SET)
        while part := os.read(source, _CHUNK):
            copy.write(part)
        copy.flush()
        os.fsync(copy.fileno())


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> bool:
        os.lseek(descriptor, _SHARED_FIRST, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, _SHARED_SIZE)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _lock(descriptor: int) -> bool:
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, _SHARED_SIZE, _SHARED_FIRST)
        except OSError:
            return False
        return True
