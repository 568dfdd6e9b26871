"""Holds a key against the other processes of the profile while a call is admitted.

Window and command line share the desk's keys; from nonce to answer only one of them may use a key,
so that nonces reach Kraken in the order in which they were taken.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from kraken_desk.domain.signer import Signer
from kraken_desk.services.ports import CallGuard, KeyLocks


class ExclusiveGuard:
    """A CallGuard that first takes the key's lock across processes, then asks another guard."""

    def __init__(self, guard: CallGuard, locks: KeyLocks) -> None:
        self._guard = guard
        self._locks = locks

    def admit(self, signer: Signer, *, asked: bool = False) -> AbstractAsyncContextManager[None]:
        """Enter before signing; see the port."""
        return self._admit(signer, asked=asked)

    @asynccontextmanager
    async def _admit(self, signer: Signer, *, asked: bool) -> AsyncIterator[None]:
        async with self._locks.hold(signer.fingerprint), self._guard.admit(signer, asked=asked):
            yield
