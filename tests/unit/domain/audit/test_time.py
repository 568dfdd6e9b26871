"""The audit's cost grows no faster than the fleet."""

from __future__ import annotations

import time

from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.audit.evaluating import evaluate
from kraken_desk.domain.audit.facts import KeyFacts
from tests.unit.domain.audit.facts import fleet, trader

LIST = IpAllowlist(("203.0.113.7", "198.51.100.0/20"))


def spent(count: int) -> float:
    """Judge a fleet of new facts; return the least CPU time of three runs in seconds."""
    times = []
    for _ in range(3):
        keys = [_key(number) for number in range(count)]
        started = time.process_time()
        evaluate(fleet(*keys))
        times.append(time.process_time() - started)
    return min(times)


def test_ten_times_the_keys_take_about_ten_times_as_long() -> None:
    """Half as much again is allowed for the noise of a busy machine; a square would be ten times more."""
    small, large = spent(100), spent(1_000)

    assert large < 15 * small


def _key(number: int) -> KeyFacts:
    return trader(
        slot_id=f"slot-{number}",
        api_key=f"public-{number}",
        process=f"bot {number}",
        facts={"ip_allowlist": LIST},
    )
