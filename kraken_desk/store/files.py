"""The database file and its directory: created for the operator's eyes only.

Blocking; runs on the store's thread.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

PRIVATE_DIRECTORY = 0o700
PRIVATE_FILE = 0o600


def create(path: Path) -> None:
    """Make sure that `path` is a file, new ones readable by their owner only, in such a directory.

    An existing directory with other things in it is left as the operator made it, but one that another
    user could put a database into raises PermissionError: the journal would be theirs to write.
    """
    folder = path.parent
    folder.mkdir(mode=PRIVATE_DIRECTORY, parents=True, exist_ok=True)
    if next(folder.iterdir(), None) is None:
        folder.chmod(PRIVATE_DIRECTORY)
    if os.name == "posix":
        found = folder.stat()
        if why := distrust(found.st_uid, found.st_mode, os.geteuid()):
            raise PermissionError(errno.EPERM, why)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, PRIVATE_FILE))


def distrust(owner: int, mode: int, user: int) -> str:
    """Say why a directory is no place for a profile of `user`, or nothing; root may use any directory."""
    if mode & 0o002:
        return "everybody may write into its directory"
    if owner not in {user, 0} and user != 0:
        return "its directory belongs to another user"
    return ""


def was_emptied(path: Path) -> bool:
    """Say whether a used database has lost its content: a new journal would block no route any more.

    Keys are locked by files beside it from their first call on; a new profile has none.
    """
    locks = path.parent / "locks"
    return path.is_file() and path.stat().st_size == 0 and locks.is_dir() and any(locks.iterdir())


def close_to_others(path: Path) -> None:
    """Take other users' rights from an existing file."""
    if os.name == "posix" and path.stat().st_mode & 0o077:
        path.chmod(PRIVATE_FILE)
