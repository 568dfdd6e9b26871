"""The seams of the adapter: what it consumes, as Protocols, and the narrow one to HTTP.

Clock, nonces and guard are satisfied by shape by the services and the store; `Transport` by
`transport.HttpTransport` and by fakes. Nothing here imports an HTTP library.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from kraken_desk.domain.signer import Signer

read_deadline: ContextVar[float | None] = ContextVar("kraken_desk_read_deadline", default=None)
"""Until when, on the loop's clock, the read under way has to be answered; None for a change, which has
time limits of its own: what became of it matters more than how long that takes."""


class Clock(Protocol):
    """The time, aware and in UTC."""

    def now(self) -> datetime: ...


class Nonces(Protocol):
    """The allocator of nonces, shared by every process of the profile."""

    async def next_nonce(
        self, fingerprint: str, candidate: int, *, at: datetime | None = None, ahead: int = 0
    ) -> int:
        """Return a nonce above every earlier one of this key, and below every later one.

        `ahead`, in ticks, is how far above a candidate nonces may begin again after a power cut.
        """
        ...


Confirm = Callable[[], None]
"""Called just before an admitted call leaves; raises when it may no longer."""


class Guard(Protocol):
    """Decides before each signed call whether it may be made, and sees how it ended."""

    def admit(self, signer: Signer, *, asked: bool = False) -> AbstractAsyncContextManager[Confirm]:
        """Enter before signing."""
        ...


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer in full; header names are lower case."""

    status: int
    headers: dict[str, str]
    body: bytes = field(repr=False)
    sent_at: datetime
    received_at: datetime


class NoReplyError(Exception):
    """A connection was made but no whole answer came: Kraken may have executed the request.

    Never leaves the exchange package.
    """


class Transport(Protocol):
    """Sends one request, once."""

    def slot(self) -> AbstractAsyncContextManager[None]:
        """Wait for one of the connections before a nonce is taken, so that it is used at once."""
        ...

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: dict[str, str] | None = None,
        content: bytes = b"",
        fresh: bool = False,
        leaving: Confirm | None = None,
    ) -> Reply:
        """Return the answer whatever its status; `fresh` takes a new connection.

        `leaving` is called with a connection in hand, just before the first byte; what it raises is
        raised here, and nothing was sent.

        Raises UnreachableError when provably nothing was sent, NoReplyError otherwise.
        """
        ...
