"""Our own way to Kraken, put together as the program does it, or without what makes it durable."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from kraken_desk.app.clock import SystemClock
from kraken_desk.app.demo_world import environment_of
from kraken_desk.domain.environments import Environment
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.secrets import ApiSecret
from kraken_desk.domain.signer import Signer
from kraken_desk.exchange.access import USER_AGENT
from kraken_desk.exchange.futures.gateway import FuturesGateway
from kraken_desk.exchange.key_channel import KeyChannel
from kraken_desk.exchange.rate_budget import RateBudgets
from kraken_desk.exchange.seams import Clock, Confirm, Guard, Nonces, Transport
from kraken_desk.exchange.spot.gateway import SpotGateway
from kraken_desk.exchange.transport import HttpTransport
from kraken_desk.services.exclusive import ExclusiveGuard
from kraken_desk.services.guard import LockoutGuard
from kraken_desk.store import Store

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True)
class Stack:
    """Both gateways of an environment and what is needed to sign."""

    environment: Environment
    spot: SpotGateway
    futures: FuturesGateway

    def signer(self, key: dict[str, Any]) -> Signer:
        secret = ApiSecret(key["api_secret"])

        async def in_hand() -> ApiSecret:
            return secret

        return Signer(
            self.environment.name, Venue(key["venue"]), key["api_key"], str(key.get("client") or ""), in_hand
        )


class MemoryNonces:
    """Rising nonces that a restart forgets."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}

    async def next_nonce(
        self, fingerprint: str, candidate: int, *, at: datetime | None = None, ahead: int = 0
    ) -> int:
        del at, ahead
        self._last[fingerprint] = nonce = max(candidate, self._last.get(fingerprint, 0) + 1)
        return nonce


class NoGuard:
    """Admits everything."""

    def admit(self, signer: Signer, *, asked: bool = False) -> AbstractAsyncContextManager[Confirm]:
        del signer, asked
        return nullcontext(lambda: None)


class ManyTimesFaster:
    """A clock for the rate budget alone, so that a load test measures calls and not waiting."""

    def __init__(self, clock: Clock, times: int = 100_000) -> None:
        self._clock = clock
        self._times = times
        self._start = clock.now()

    def now(self) -> datetime:
        return self._start + (self._clock.now() - self._start) * self._times


def put_together(
    environment: Environment,
    transport: Transport,
    *,
    nonces: Nonces,
    guard: Guard,
    clock: Clock,
    budgets: RateBudgets,
    sleep: Sleep,
) -> Stack:
    channel = KeyChannel(
        environment.name, transport=transport, nonces=nonces, guard=guard, clock=clock, budgets=budgets
    )
    spot = SpotGateway(environment, transport=transport, channel=channel, clock=clock, sleep=sleep)
    futures = FuturesGateway(environment, transport=transport, channel=channel, clock=clock, sleep=sleep)
    return Stack(environment, spot, futures)


def durable_guard(store: Store, clock: Clock) -> ExclusiveGuard:
    """Return the guard as the program builds it: locks across processes, then the lockout guard."""
    return ExclusiveGuard(LockoutGuard(store.guard, clock), store.locks)


@asynccontextmanager
async def running_stack(description: dict[str, Any], home: Path | None) -> AsyncIterator[Stack]:
    """Build our stack: durable with a home, else with nonces and guard in memory.

    The rate budget is counted as ever, but never waits.
    """
    clock = SystemClock()
    environment = environment_of(description)
    transport = HttpTransport(environment, clock=clock, user_agent=USER_AGENT)
    store = await Store.open(home / "bench.sqlite3") if home is not None else None
    nonces: Nonces = store.nonces if store is not None else MemoryNonces()
    guard: Guard = durable_guard(store, clock) if store is not None else NoGuard()
    try:
        yield put_together(
            environment,
            transport,
            nonces=nonces,
            guard=guard,
            clock=clock,
            budgets=RateBudgets(ManyTimesFaster(clock)),
            sleep=_no_pause,
        )
    finally:
        await transport.close()
        if store is not None:
            await store.close()


async def _no_pause(seconds: float) -> None:
    raise RuntimeError(f"a call wanted to be repeated after {seconds:.1f} s; nothing should fail here")
