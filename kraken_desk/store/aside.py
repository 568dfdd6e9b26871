"""Keeps damaged files before anything is done to them, and makes sure that nobody else has them open.

Blocking; no connection of this process may be open on the file: closing any would give its locks away.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from kraken_desk.domain.errors import StoreBusyError
from kraken_desk.store import files

LOG_ENDINGS = ("-wal", "-shm")
_SHARED_FIRST, _SHARED_SIZE = 0x40000002, 510
"""The bytes that every open connection to a database with a write-ahead log keeps locked (SQLite: os.h)."""

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

    The shared-memory index is left out: SQLite makes it anew. An incomplete copy is removed again.
    """
    folder = _new_folder(path.parent, at)
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
    return folder


def remove_logs(path: Path) -> None:
    """Remove the log of a database that is being replaced; it would be played into the new one."""
    for ending in LOG_ENDINGS:
        path.with_name(f"{path.name}{ending}").unlink(missing_ok=True)


def _new_folder(home: Path, at: datetime) -> Path:
    number = 0
    while True:
        mark = f"{at:%Y%m%dT%H%M%SZ}" + (f"-{number}" if number else "")
        folder = home / f"damaged-{mark}"
        try:
            folder.mkdir(mode=files.PRIVATE_DIRECTORY)
        except FileExistsError:
            number += 1
        else:
            return folder


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
