"""Rate counters, cost pools and the lockout: how often a caller may ask.

Imports the standard library only. Spot counts per key and decays steadily (documented per tier); Futures
charges a pool that refills at the end of a fixed window; history charges a pool that refills continuously;
ten failed authentications from one address lock that address out of all private Spot calls (numbers
invented, effect documented).
"""

from collections import deque
from dataclasses import dataclass, field

from kraken_desk.simulator.accounts import Tier
from kraken_desk.simulator.switches import Switches

DERIVATIVES_POOL = 500.0
DERIVATIVES_WINDOW_S = 10.0
HISTORY_POOL = 100.0
HISTORY_REFILL_PER_S = 100.0 / 600.0


@dataclass(slots=True)
class SpotCounter:
    """The private REST counter of one key."""

    value: float = 0.0
    at: float = 0.0

    def charge(self, cost: float, tier: Tier, now: float) -> bool:
        """Add a call; a refused call costs too, but the counter never grows past one call over the limit."""
        decayed = max(0.0, self.value - tier.decay_per_s * max(0.0, now - self.at))
        self.at = now
        self.value = min(decayed + cost, tier.limit + cost)
        return decayed + cost <= tier.limit


@dataclass(slots=True)
class WindowPool:
    """A budget that is whole again at the start of each window."""

    budget: float = DERIVATIVES_POOL
    window_s: float = DERIVATIVES_WINDOW_S
    window: int = -1
    spent: float = 0.0

    def charge(self, cost: float, now: float) -> bool:
        window = int(now // self.window_s)
        if window != self.window:
            self.window, self.spent = window, 0.0
        if self.spent + cost > self.budget:
            return False
        self.spent += cost
        return True


@dataclass(slots=True)
class RefillingPool:
    """A budget that refills continuously."""

    budget: float = HISTORY_POOL
    per_s: float = HISTORY_REFILL_PER_S
    tokens: float = HISTORY_POOL
    at: float = 0.0

    def charge(self, cost: float, now: float) -> float:
        """Take `cost` tokens; give 0.0, or the seconds until a call of the same cost will pass."""
        self.tokens = min(self.budget, self.tokens + self.per_s * max(0.0, now - self.at))
        self.at = now
        if self.tokens >= cost:
            self.tokens -= cost
            return 0.0
        return (cost - self.tokens) / self.per_s


@dataclass(slots=True)
class _AddressRecord:
    failures: deque[float] = field(default_factory=deque)
    locked_until: float = 0.0


class Lockout:
    """Failed authentications per caller address, and who is locked out until when."""

    def __init__(self) -> None:
        self._records: dict[str, _AddressRecord] = {}

    def blocks(self, address: str, now: float, switches: Switches) -> bool:
        """Say whether a private call is refused; asking during a lockout prolongs it."""
        record = self._records.get(address)
        if record is None or now >= record.locked_until:
            return False
        if switches.lockout_extends:
            record.locked_until = now + switches.lockout_s
        return True

    def count_failure(self, address: str, now: float, switches: Switches) -> None:
        record = self._records.setdefault(address, _AddressRecord())
        record.failures.append(now)
        while record.failures and record.failures[0] < now - switches.lockout_window_s:
            record.failures.popleft()
        if len(record.failures) >= switches.lockout_failures:
            record.failures.clear()
            record.locked_until = now + switches.lockout_s

    def locked_until(self, address: str) -> float:
        """Give the end of the address's lockout in Unix seconds, 0.0 if it never had one."""
        record = self._records.get(address)
        return record.locked_until if record else 0.0

    def failures(self, address: str) -> int:
        record = self._records.get(address)
        return len(record.failures) if record else 0

    def clear(self) -> None:
        self._records.clear()


class Limits:
    """All counters of one world, created when first needed."""

    def __init__(self) -> None:
        self.lockout = Lockout()
        self._spot: dict[str, SpotCounter] = {}
        self._derivatives: dict[str, WindowPool] = {}
        self._history: dict[str, RefillingPool] = {}

    def spot(self, api_key: str) -> SpotCounter:
        return self._spot.setdefault(api_key, SpotCounter())

    def derivatives(self, owner: str) -> WindowPool:
        return self._derivatives.setdefault(owner, WindowPool())

    def history(self, owner: str) -> RefillingPool:
        return self._history.setdefault(owner, RefillingPool())
