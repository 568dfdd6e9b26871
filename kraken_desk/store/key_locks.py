"""One lock per key across processes, so that nonces arrive in the order in which they were taken.

Without it window and command line could have two requests of a key on their way at once; the
later nonce may arrive first, and Kraken refuses the earlier one. The lock is a file per key under
the profile; the operating system releases it when its holder dies.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from kraken_desk.domain.errors import StoreBusyError, StoreUnwritableError

FIRST_WAIT_S = 0.002
LONGEST_WAIT_S = 0.05
GIVE_UP_S = 60.0
"""Longer than any one request can take with all its time limits."""

_OPEN = os.O_RDWR | os.O_CREAT  # Python itself keeps child processes from inheriting it


class KeyLocks:
    """Locks named by a key's fingerprint, in a directory of the profile."""

    def __init__(self, directory: Path, *, give_up_s: float = GIVE_UP_S) -> None:
        self._directory = directory
        self._give_up_s = give_up_s

    def hold(self, fingerprint: str) -> AbstractAsyncContextManager[None]:
        """Hold the key's lock; raises StoreBusyError when another process keeps it for too long."""
        return self._hold(fingerprint)

    @asynccontextmanager
    async def _hold(self, fingerprint: str) -> AsyncIterator[None]:
        descriptor = self._open(fingerprint)
        try:
            await self._wait(descriptor)
            yield
        finally:
            os.close(descriptor)  # closing releases the lock

    def _open(self, fingerprint: str) -> int:
        path = f"{self._directory}{os.sep}{fingerprint}.lock"
        try:
            try:
                return os.open(path, _OPEN, 0o600)
            except FileNotFoundError:
                self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
                return os.open(path, _OPEN, 0o600)
        except OSError as error:
            raise StoreUnwritableError(
                "The profile cannot be written",
                f"No lock can be made in {self._directory}: {error.strerror}.",
                "Give yourself write access, or choose another profile directory.",
            ) from error

    async def _wait(self, descriptor: int) -> None:
        pause, waited = FIRST_WAIT_S, 0.0
        while not _try_lock(descriptor):
            if waited >= self._give_up_s:
                raise StoreBusyError(
                    "Another process is using this key",
                    f"It has not been free for {self._give_up_s:.0f} s.",
                    "Close the other Kraken Desk, or wait for its work to end.",
                )
            await asyncio.sleep(pause)
            waited += pause
            pause = min(pause * 2, LONGEST_WAIT_S)


if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _try_lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
