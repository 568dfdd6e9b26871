"""Kraken's call counters, modelled here so that the client waits instead of being refused.

Spot: a counter per key that every call raises and time lowers (Kraken docs: rate limits). Futures:
cost units per key and, since its pages contradict each other, per address as well; the account
log has a small pool of its own. Kraken's refusal stays the authority: it fills the counter.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from kraken_desk.domain.errors import RateLimitedError
from kraken_desk.domain.rate_state import RateState
from kraken_desk.exchange.operations import Operation, Pool
from kraken_desk.exchange.seams import Clock

LONGEST_WAIT_S = 30.0
_NO_WAIT_S = 0.001
_ADDRESS = ""  # the counter that all keys share


@dataclass(frozen=True, slots=True)
class Allowance:
    """A counter's limit and how much of it becomes free each second."""

    limit: float
    per_second: float


SPOT_TIERS = {
    "starter": Allowance(15, 0.33),
    "intermediate": Allowance(20, 0.5),
    "pro": Allowance(20, 1.0),
}
"""By verification level; no call tells it, so the smallest is assumed (Kraken docs: rate limits)."""

DERIVATIVES = Allowance(400, 40)
"""Four fifths of the documented 500 units in 10 seconds: others share the address."""

HISTORY = Allowance(100, 100 / 600)


class _Counter:
    def __init__(self, allowance: Allowance, now: datetime) -> None:
        self.allowance = allowance
        self._used = 0.0
        self._at = now

    def used(self, now: datetime) -> float:
        self._at = min(self._at, now)  # a clock that was set back must not stop the counter from falling
        elapsed = (now - self._at).total_seconds()
        return max(0.0, self._used - elapsed * self.allowance.per_second)

    def set(self, used: float, now: datetime) -> None:
        self._used, self._at = min(used, self.allowance.limit), now

    def wait_s(self, cost: float, now: datetime) -> float:
        excess = self.used(now) + cost - self.allowance.limit
        return max(0.0, excess / self.allowance.per_second)


class RateBudgets:
    """The counters of all keys of an environment; `wait` is called before each signed call."""

    def __init__(
        self,
        clock: Clock,
        *,
        spot_tier: str = "starter",
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._allowances = {
            Pool.SPOT: SPOT_TIERS[spot_tier],
            Pool.DERIVATIVES: DERIVATIVES,
            Pool.HISTORY: HISTORY,
        }
        self._counters: dict[tuple[str, Pool], _Counter] = {}

    async def wait(self, fingerprint: str, operation: Operation) -> None:
        """Wait until the call fits, then count it; a wait beyond LONGEST_WAIT_S raises instead."""
        counters = self._of(fingerprint, operation.pool)
        now = self._clock.now()
        while (pause := max([c.wait_s(operation.cost, now) for c in counters])) > _NO_WAIT_S:
            if pause > LONGEST_WAIT_S:
                raise _too_soon(operation, pause)
            await self._sleep(pause)
            now = self._clock.now()
        for counter in counters:
            counter.set(counter.used(now) + operation.cost, now)

    def refused(self, fingerprint: str, operation: Operation) -> None:
        """Take Kraken's word that the key's counter is full."""
        counter = self._counter(fingerprint, operation.pool)
        counter.set(counter.allowance.limit, self._clock.now())

    def state(self, fingerprint: str) -> tuple[RateState, ...]:
        """Return what is used of each counter that the key has met."""
        now = self._clock.now()
        return tuple(
            RateState(pool.value, counter.used(now), counter.allowance.limit, counter.allowance.per_second)
            for (owner, pool), counter in self._counters.items()
            if owner == fingerprint
        )

    def _of(self, fingerprint: str, pool: Pool) -> list[_Counter]:
        counters = [self._counter(fingerprint, pool)]
        if pool is Pool.DERIVATIVES:
            counters.append(self._counter(_ADDRESS, pool))
        return counters

    def _counter(self, owner: str, pool: Pool) -> _Counter:
        key = (owner, pool)
        if key not in self._counters:
            self._counters[key] = _Counter(self._allowances[pool], self._clock.now())
        return self._counters[key]


def _too_soon(operation: Operation, pause: float) -> RateLimitedError:
    return RateLimitedError(
        "The key's calls are used up for now",
        f"Kraken would refuse another call {operation.purpose}; the next one fits in {pause:.0f} seconds. "
        "Nothing was sent.",
        "Wait, or refresh less often.",
        operation=operation.name,
        retry_after_s=pause,
    )
