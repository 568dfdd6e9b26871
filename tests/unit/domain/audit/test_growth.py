"""The audit's cost grows no faster than the fleet: calls are counted, since time is noise in a test.

The processor time itself is a benchmark's (packaging/bench/audit.py).
"""

from __future__ import annotations

import sys
from types import FrameType

from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.audit.evaluating import evaluate
from kraken_desk.domain.audit.facts import KeyFacts
from tests.unit.domain.audit.facts import fleet, trader

LIST = IpAllowlist(("203.0.113.7", "198.51.100.0/20"))


def calls_made(keys: int) -> int:
    """Judge a fleet of new facts; return how many functions were entered, Python's and C's."""
    facts = fleet(*(_key(number) for number in range(keys)))
    made = 0

    def note(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal made
        if event in {"call", "c_call"}:
            made += 1

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        evaluate(facts)
    finally:
        sys.setprofile(before)
    return made


def test_ten_times_the_keys_take_about_ten_times_the_work() -> None:
    """A rule that compares every key with every other would take a hundred times as much."""
    evaluate(fleet(_key(0)))

    small, large = calls_made(100), calls_made(1_000)

    assert large < 10.5 * small


def _key(number: int) -> KeyFacts:
    return trader(
        slot_id=f"slot-{number}",
        api_key=f"public-{number}",
        process=f"bot {number}",
        facts={"ip_allowlist": LIST},
    )
