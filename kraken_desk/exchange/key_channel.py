"""The one way a signed call takes: per key, one at a time, from nonce to answer.

Kraken refuses a nonce below one it has seen, and requests overtake each other on the way, so a
key's lock is held until its answer is here. Inside it the order is: room in the rate budget, a
free connection, the guard's leave, the secret, the nonce, the signature, the bytes. The secret is
asked for per call and dropped with it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from kraken_desk.domain.clients import DESK_CLIENT
from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.errors import EnvironmentSealError, InputError, RateLimitedError, UnreachableError
from kraken_desk.domain.pair_shape import VENUE_OF_SECRET_BYTES
from kraken_desk.domain.signer import Signer
from kraken_desk.exchange.operations import Circumstances, Operation
from kraken_desk.exchange.outcomes import no_answer
from kraken_desk.exchange.rate_budget import RateBudgets
from kraken_desk.exchange.seams import Clock, Confirm, Guard, Nonces, NoReplyError, Reply, Transport

T = TypeVar("T")

AHEAD_S = 30
"""How far the nonces of the desk's own keys may be ahead of the clock after a power cut.

It saves a commit for each call that follows another within this time. A key that another process signs
is never put ahead: that process would be refused.
"""


LEAVES_WITHIN = timedelta(seconds=30)
"""How long a change may take from the last look to its first byte; connecting has 10 s at most."""


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """The exact bytes of one call; the headers hold key and signature and are not shown."""

    method: str
    url: str
    headers: dict[str, str] = field(repr=False)
    content: bytes = field(default=b"", repr=False)


Sign = Callable[[bytes, int | None], SignedRequest]
"""Builds the request from the secret's bytes and the nonce (None where the call takes none)."""

Read = Callable[[Reply, Circumstances], T]
"""Turns the answer into a value, or raises one of our errors."""


class KeyChannel:
    """Makes signed calls of one environment, in order per key and in parallel over keys."""

    def __init__(
        self,
        environment: EnvironmentName,
        *,
        transport: Transport,
        nonces: Nonces,
        guard: Guard,
        clock: Clock,
        budgets: RateBudgets | None = None,
    ) -> None:
        self._environment = environment
        self._transport = transport
        self._nonces = nonces
        self._guard = guard
        self._clock = clock
        self.budgets = budgets or RateBudgets(clock)
        self._locks: dict[str, asyncio.Lock] = {}

    async def call(
        self,
        signer: Signer,
        operation: Operation,
        *,
        sign: Sign,
        read: Read[T],
        with_nonce: bool = True,
        asked: bool = False,
    ) -> T:
        """Make one call and return what `read` makes of the answer; never sends twice."""
        self._check_seal(signer, operation)
        fingerprint = signer.fingerprint
        async with self._locks.setdefault(fingerprint, asyncio.Lock()):
            await self.budgets.wait(fingerprint, operation)
            try:
                return await self._admitted(signer, operation, sign, read, with_nonce, asked)
            except RateLimitedError:
                self.budgets.refused(fingerprint, operation)
                raise

    async def _admitted(
        self,
        signer: Signer,
        operation: Operation,
        sign: Sign,
        read: Read[T],
        with_nonce: bool,
        asked: bool,
    ) -> T:
        async with self._transport.slot(), self._guard.admit(signer, asked=asked) as confirm:
            secret = await _secret_bytes(signer)
            looked_at = self._clock.now()
            circumstances = Circumstances(operation, VENUE_OF_SECRET_BYTES.get(len(secret)))
            nonce = await self._next_nonce(signer) if with_nonce else None
            confirm()
            request = sign(secret, nonce)
            del secret
            leaving = self._unless_held_up(looked_at, confirm) if operation.changes else confirm
            try:
                reply = await self._transport.send(
                    request.method,
                    request.url,
                    headers=request.headers,
                    content=request.content,
                    fresh=operation.changes,
                    leaving=leaving,
                )
            except NoReplyError as error:
                raise no_answer(operation, "no whole answer came back") from error
            return read(reply, circumstances)

    def _unless_held_up(self, looked_at: datetime, confirm: Confirm) -> Confirm:
        """Keep a change back that was ready long ago: a stopped process or a sleeping machine held it up.

        Whoever gave the secret has looked then whether the change is still wanted. Meanwhile others may
        have called its outcome known, and repeated it.
        """

        def leaving() -> None:
            confirm()
            if abs(self._clock.now() - looked_at) > LEAVES_WITHIN:
                raise UnreachableError(
                    "The request was held up too long",
                    "It was ready, but did not leave: this program or the machine was stopped. "
                    "Nothing was sent.",
                    "Plan it again.",
                )

        return leaving

    async def sign_text(self, signer: Signer, operation: Operation, sign: Callable[[bytes], str]) -> str:
        """Sign something that is no call, such as a feed's challenge, with the guard's leave."""
        self._check_seal(signer, operation)
        async with self._guard.admit(signer):
            return sign(await _secret_bytes(signer))

    def _check_seal(self, signer: Signer, operation: Operation) -> None:
        if signer.environment != self._environment or signer.venue is not operation.venue:
            raise EnvironmentSealError(
                "The key belongs elsewhere",
                f"A {signer.venue.label} key of “{signer.environment}” cannot sign for "
                f"{operation.venue.label} of “{self._environment}”.",
                "Nothing was sent. Choose a key of this environment and venue.",
            )

    async def _next_nonce(self, signer: Signer) -> int:
        now = self._clock.now()
        counts_by_clock = signer.client == DESK_CLIENT and signer.count_from is None
        ahead = signer.scale.per_second * AHEAD_S if counts_by_clock else 0
        return await self._nonces.next_nonce(signer.fingerprint, signer.nonce_at(now), at=now, ahead=ahead)


async def _secret_bytes(signer: Signer) -> bytes:
    try:
        return (await signer.secret()).decoded()
    except ValueError:
        raise InputError(
            "The secret is not usable",
            "The stored secret of this key is not base64, so nothing can be signed and nothing was sent.",
            "Add the key again with the secret exactly as Kraken showed it.",
        ) from None
