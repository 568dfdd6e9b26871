"""One lock per key across processes, so that nonces arrive in the order in which they were taken.

Without it window and command line could have two requests of a key on their way at once; the
later nonce may arrive first, and Kraken refuses the earlier one. The lock is a file per key under
the profile; the operating system releases it when its holder dies. A second file per key is a gate:
who waits holds it, so that a process with call after call lets the other one in between.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import sys
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from types import TracebackType

from kraken_desk.domain.errors import StoreBusyError, StoreUnwritableError

FIRST_WAIT_S = 0.001
LONGEST_WAIT_S = 0.02
GIVE_UP_S = 60.0
"""Longer than any one request can take with all its time limits."""

_OPEN = os.O_RDWR | os.O_CREAT  # Python itself keeps child processes from inheriting it


class KeyLocks:
    """Locks named by a key's fingerprint, in a directory of the profile."""

    def __init__(self, directory: Path, *, give_up_s: float = GIVE_UP_S) -> None:
        self._directory = directory
        self._give_up_s = give_up_s
        self._held: dict[str, tuple[int, asyncio.Task[object] | None]] = {}

    def hold(self, fingerprint: str) -> AbstractAsyncContextManager[None]:
        """Hold the key's lock; raises StoreBusyError when another process keeps it for too long."""
        return _Hold(self, fingerprint)

    def descriptor(self, fingerprint: str) -> int | None:
        """Return the open lock file of a key that the running task holds, None while it does not."""
        descriptor, holder = self._held.get(fingerprint, (None, None))
        return descriptor if holder is asyncio.current_task() else None

    def path(self, fingerprint: str) -> str:
        """Return where the key's lock file is, or will be."""
        return f"{self._directory}{os.sep}{_file_name(fingerprint)}.lock"

    async def take(self, fingerprint: str) -> None:
        """Wait for the key's lock behind its gate."""
        deadline = asyncio.get_running_loop().time() + self._give_up_s
        path = self.path(fingerprint)
        gate = self._open(f"{path}.next")
        try:
            await self._wait(gate, deadline)
            descriptor = self._open(path)
            try:
                await self._wait(descriptor, deadline)
            except BaseException:
                os.close(descriptor)
                raise
        finally:
            os.close(gate)
        self._held[fingerprint] = descriptor, asyncio.current_task()

    def free(self, fingerprint: str) -> None:
        descriptor, _ = self._held.pop(fingerprint)
        os.close(descriptor)  # closing releases the lock

    def _open(self, path: str) -> int:
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

    async def _wait(self, descriptor: int, deadline: float) -> None:
        pause = FIRST_WAIT_S
        while not _try_lock(descriptor):
            if asyncio.get_running_loop().time() >= deadline:
                raise StoreBusyError(
                    "Another process is using this key",
                    f"It has not been free for {self._give_up_s:.0f} s.",
                    "Close the other Kraken Desk, or wait for its work to end.",
                )
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_WAIT_S)


def _file_name(fingerprint: str) -> str:
    """Keep a fingerprint as it is; any other text could be a path or something secret."""
    plain = fingerprint.isascii() and fingerprint.isalnum()
    return fingerprint if plain else hashlib.sha256(fingerprint.encode()).hexdigest()[:32]


class _Hold:
    """A key's lock for as long as a block lasts; every call takes one, so it is as plain as can be."""

    def __init__(self, locks: KeyLocks, fingerprint: str) -> None:
        self._locks = locks
        self._fingerprint = fingerprint

    async def __aenter__(self) -> None:
        await self._locks.take(self._fingerprint)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._locks.free(self._fingerprint)


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
