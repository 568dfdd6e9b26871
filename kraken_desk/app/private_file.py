"""A file for one child's credentials: in memory, for this user's eyes only, gone when the child ends.

It lies on a tmpfs, never on a disk. A run that was killed may leave its file behind; whoever notices
the end of its lease removes it, or the next run on the same slot, which by its lease is the only one.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

from kraken_desk.domain.errors import InputError
from kraken_desk.domain.keys import SlotId

_MOUNTS = Path("/proc/self/mountinfo")
_IN_MEMORY = ("tmpfs", "ramfs")


@contextlib.contextmanager
def private_file(slot_id: SlotId, content: bytes) -> Iterator[Path]:
    """Keep `content` in a file that only this user can read; raises InputError without a tmpfs."""
    folder = _folder()
    remove_left_behind(slot_id, folder)
    path = folder / f"{slot_id}-{os.urandom(8).hex()}.json"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        yield path
    finally:
        path.unlink(missing_ok=True)


def remove_left_behind(slot_id: SlotId, folder: Path) -> None:
    """Remove what killed runs on this slot have left; the caller holds the slot's lease."""
    for path in folder.glob(f"{slot_id}-*.json"):
        path.unlink(missing_ok=True)


def remove_everywhere(slot_id: SlotId) -> None:
    """Remove what killed runs on this slot have left wherever it may be; the caller holds the slot."""
    if not hasattr(os, "getuid"):
        return
    for root in _roots():
        folder = Path(root) / _name()
        with contextlib.suppress(OSError):
            if folder.lstat().st_uid == os.getuid():
                remove_left_behind(slot_id, folder)


def _roots() -> tuple[str, ...]:
    """Return where on Linux a tmpfs may be."""
    places = (os.environ.get("XDG_RUNTIME_DIR", ""), "/dev/shm")  # noqa: S108  # looked at before use
    return tuple(root for root in places if root)


def _name() -> str:
    return f"kraken-desk-{os.getuid()}"


def _folder() -> Path:
    """Return a directory of this user's on a tmpfs."""
    if sys.platform.startswith("linux"):
        for root in _roots():
            if is_in_memory(Path(root)) and os.access(root, os.W_OK):
                return _own_folder(Path(root) / _name())
    raise InputError(
        "No place in memory",
        "Neither XDG_RUNTIME_DIR nor /dev/shm is a tmpfs to write to, and a disk is no place for secrets.",
        "Use --pipe, or variables.",
    )


def _own_folder(folder: Path) -> Path:
    """Make the directory; one that another user has put there is refused."""
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise InputError("Not our directory", f"{folder} belongs to somebody else.", "Use --pipe.")
    folder.chmod(0o700)
    return folder


def is_in_memory(path: Path) -> bool:
    """Say whether a path lies on a file system that is kept in memory."""
    try:
        mounts = _MOUNTS.read_text("utf-8", "replace").splitlines()
        device = path.stat().st_dev
    except OSError:
        return False
    wanted = f"{os.major(device)}:{os.minor(device)}"
    for line in mounts:
        before, _, after = line.partition(" - ")
        if before.split()[2:3] == [wanted]:
            return after.split()[:1] != [] and after.split()[0] in _IN_MEMORY
    return False
