"""Holds a key against the other processes of the profile while a call is admitted.

Window and command line share the desk's keys; from nonce to answer only one of them may use a key,
so that nonces reach Kraken in the order in which they were taken. And each process knows only its
own calls under way, so keys that may well be refused are tried by one process at a time: the next
one sees the failures of the one before.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext

from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.signer import Signer
from kraken_desk.services.guard import LockoutGuard
from kraken_desk.services.ports import Confirm, KeyLocks


class ExclusiveGuard:
    """A CallGuard that first takes the locks across processes, then asks the lockout guard."""

    def __init__(
        self, guard: LockoutGuard, locks: KeyLocks, *, origin: EnvironmentName | None = None
    ) -> None:
        self._guard = guard
        self._locks = locks
        self._origin = origin
        self._turns: dict[EnvironmentName, _ProcessTurn] = {}

    def admit(self, signer: Signer, *, asked: bool = False) -> AbstractAsyncContextManager[Confirm]:
        """Enter before signing; see the port."""
        return self._admit(signer, asked=asked)

    @asynccontextmanager
    async def _admit(self, signer: Signer, *, asked: bool) -> AsyncIterator[Confirm]:
        async with (
            self._locks.hold(signer.fingerprint),
            self._turn_of(signer),
            self._guard.admit(signer, asked=asked) as confirm,
        ):
            yield confirm

    def _turn_of(self, signer: Signer) -> AbstractAsyncContextManager[None]:
        if self._guard.is_proven(signer):
            return nullcontext()
        return self._turn(self._origin or signer.environment).taken()

    def _turn(self, environment: EnvironmentName) -> _ProcessTurn:
        if environment not in self._turns:
            self._turns[environment] = _ProcessTurn(self._locks, environment)
        return self._turns[environment]


class _ProcessTurn:
    """This process's turn to try unproven keys: held from its first call under way to its last."""

    def __init__(self, locks: KeyLocks, environment: EnvironmentName) -> None:
        self._locks = locks
        self._name = hashlib.sha256(f"unproven keys\n{environment}".encode()).hexdigest()[:32]
        self._entering = asyncio.Lock()
        self._calls = 0
        self._held = AsyncExitStack()

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[None]:
        async with self._entering:
            if self._calls == 0:
                await self._held.enter_async_context(self._locks.hold(self._name))
            self._calls += 1
        try:
            yield
        finally:
            self._calls -= 1
            if self._calls == 0:
                await self._held.aclose()
