"""The last nonce of a key, noted in its lock file: exact, cheap, and good until the machine restarts.

A note is written to the operating system's memory only, so it outlives every process and no power
cut. It therefore names the session of the machine that it was written in, and is worth nothing in the
next one. Whoever writes it holds the key's lock.
"""

from __future__ import annotations

import os
import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_SESSION = Path("/proc/sys/kernel/random/boot_id")
_LONGEST = 256
_NO_TIME = "-"
_LOOKS = 3


@dataclass(frozen=True, slots=True)
class NonceNote:
    """`last` was given out at `time`, if that is known; the database holds that nothing above `mark` was."""

    last: int
    mark: int
    time: str | None = None


@cache
def machine_session() -> str | None:
    """Return what names this run of the operating system's kernel; None where it has no name (not Linux)."""
    try:
        return _SESSION.read_text("ascii").strip() or None
    except (OSError, UnicodeDecodeError):
        return None


def read_note(descriptor: int, session: str) -> NonceNote | None:
    """Return the note of this session of the machine; None for none, another session's or a damaged one."""
    words = os.pread(descriptor, _LONGEST, 0).split()
    if len(words) != 5 or words[0] != session.encode() or words[4] != _checksum(b" ".join(words[:4])):
        return None
    time = words[3].decode()
    return NonceNote(int(words[1]), int(words[2]), None if time == _NO_TIME else time)


def peeked_note(path: str, session: str) -> NonceNote | None:
    """Return a key's note without holding its lock: it may be replaced at that moment, so look again."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))  # whatever is there
    except OSError:
        return None
    try:
        looks = (read_note(descriptor, session) for _ in range(_LOOKS))
        return next((note for note in looks if note is not None), None)
    except OSError:
        return None
    finally:
        os.close(descriptor)


def write_note(descriptor: int, session: str, note: NonceNote) -> None:
    """Replace the note in one system call, so that a process that is killed leaves the old or the new one."""
    text = f"{session} {note.last} {note.mark} {note.time or _NO_TIME}".encode()
    os.pwrite(descriptor, (text + b" " + _checksum(text)).ljust(_LONGEST), 0)


def _checksum(text: bytes) -> bytes:
    return f"{zlib.crc32(text):08x}".encode()
