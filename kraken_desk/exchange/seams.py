"""What the exchange adapter consumes, as Protocols that the services and the store satisfy by shape."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from kraken_desk.domain.signer import Signer


class Clock(Protocol):
    """The time, aware and in UTC."""

    def now(self) -> datetime: ...


class Nonces(Protocol):
    """The allocator of nonces, shared by every process of the profile."""

    async def next_nonce(self, fingerprint: str, candidate: int) -> int:
        """Return a nonce above every earlier one of this key, durable before it is returned."""
        ...


class Guard(Protocol):
    """Decides before each signed call whether it may be made, and sees how it ended."""

    def admit(self, signer: Signer, *, asked: bool = False) -> AbstractAsyncContextManager[None]: ...
