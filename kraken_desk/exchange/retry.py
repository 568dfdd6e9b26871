"""Repeating reads that Kraken could not answer: few times, further and further apart.

Each attempt is a call of its own, admitted, signed and numbered anew. Only “not available” and
“too many calls” are worth repeating; a refusal of the key never is, and changes do not come here.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from kraken_desk.domain.errors import ExchangeError, RateLimitedError, UnavailableError
from kraken_desk.exchange.seams import read_deadline

TOTAL_S = 30.0
"""One read takes no longer, with all its attempts and pauses: a peer that drips bytes is given up."""

LEAST_S = 1.0
"""An attempt that would have less time than this is not begun."""

T = TypeVar("T")
Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Backoff:
    """How often and how long: `budget_s` bounds the waiting of one read, not its calls."""

    attempts: int = 3
    first_s: float = 0.4
    factor: float = 3.0
    jitter: float = 0.25
    budget_s: float = 12.0
    repeats: tuple[type[ExchangeError], ...] = (UnavailableError, RateLimitedError)
    rate_limit_s: float = 2.0


READS = Backoff()

ONCE = Backoff(attempts=1)

CHECKS = Backoff(attempts=2, repeats=(UnavailableError,))
"""A key check may concern another process's key, so a full rate counter is left to that process."""


async def read_with_retry(
    attempt: Callable[[], Awaitable[T]], *, backoff: Backoff = READS, sleep: Sleep = asyncio.sleep
) -> T:
    """Await `attempt` until it answers, refuses for good, or the budget is spent."""
    clock = asyncio.get_running_loop().time
    until, waited = clock() + TOTAL_S, 0.0
    token = read_deadline.set(until)
    try:
        for number in range(1, backoff.attempts + 1):
            try:
                return await attempt()
            except backoff.repeats as error:
                pause = _pause(backoff, number, error)
                late = clock() + pause + LEAST_S > until
                if number == backoff.attempts or waited + pause > backoff.budget_s or late:
                    raise
            waited += pause
            await sleep(pause)
    finally:
        read_deadline.reset(token)
    raise AssertionError("a Backoff has at least one attempt")


def _pause(backoff: Backoff, number: int, error: ExchangeError) -> float:
    if isinstance(error, RateLimitedError) and error.retry_after_s is not None:
        return max(0.0, error.retry_after_s)
    first = backoff.rate_limit_s if isinstance(error, RateLimitedError) else backoff.first_s
    spread = 1 + random.uniform(-backoff.jitter, backoff.jitter)  # noqa: S311  # spreads load, guards nothing
    return float(first * backoff.factor ** (number - 1) * spread)
