"""The locks that make leases true: one file per slot, held through an open descriptor.

Whoever holds a lease has the file open and locked; a child that gets the credentials inherits the
descriptor, so the lease lasts as long as anybody who knows the secret by it. The operating system
releases the lock when the last of them is gone, however they died, and no number of a process is
needed for that. Files are never removed: a removed one could be locked twice.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from kraken_desk.domain.errors import StoreUnwritableError
from kraken_desk.domain.keys import SlotId

_TRIES = 6
_PAUSE_S = 0.01
"""A look at a lock (`is_held`) lasts microseconds and must not make a lease fail."""

_OPEN = os.O_RDWR | os.O_CREAT  # Python itself keeps child processes from inheriting it unasked


async def _pause(seconds: float) -> None:
    import asyncio  # a run has no event loop, and gives a pause of its own

    await asyncio.sleep(seconds)


class LeaseLocks:
    """The locks of one profile's slots, in a directory of the profile."""

    def __init__(self, directory: Path, pause: Callable[[float], Awaitable[None]] = _pause) -> None:
        self._directory = directory
        self._pause = pause

    async def take(self, slot_id: SlotId) -> int | None:
        """Return a descriptor that holds the slot until it is closed everywhere; None when it is held."""
        descriptor = self._open(slot_id)
        for attempt in range(_TRIES):
            if attempt:
                await self._pause(_PAUSE_S)
            if _lock(descriptor):
                return descriptor
        os.close(descriptor)
        return None

    def is_held(self, slot_id: SlotId) -> bool:
        """Look whether somebody holds the slot."""
        try:
            descriptor = os.open(self._path(slot_id), os.O_RDWR)
        except FileNotFoundError:
            return False
        except OSError:
            return True  # what cannot be looked at is not called free
        try:
            return not _lock(descriptor, shared=True)
        finally:
            os.close(descriptor)

    def _path(self, slot_id: SlotId) -> Path:
        name = "".join(c if c.isalnum() or c in "-_" else "_" for c in slot_id)
        return self._directory / f"lease-{name}.lock"

    def _open(self, slot_id: SlotId) -> int:
        try:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            return os.open(self._path(slot_id), _OPEN, 0o600)
        except OSError as error:
            raise StoreUnwritableError(
                "The profile cannot be written",
                f"No lock can be made in {self._directory}: {error.strerror}.",
                "Give yourself write access, or choose another profile directory.",
            ) from error


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int, *, shared: bool = False) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
            if shared:
                msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _lock(descriptor: int, *, shared: bool = False) -> bool:
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
