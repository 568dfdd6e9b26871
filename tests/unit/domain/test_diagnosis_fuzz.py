"""Ten thousand labelled mistakes, each among random facts that have nothing to do with it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.diagnosis import Known, diagnose
from kraken_desk.domain.fleet import KeyNode
from kraken_desk.domain.health import assess
from kraken_desk.domain.keys import CheckOutcome, KeyCheck, Problem
from tests.helpers.builders import NOW, a_lease, a_slot, spot_info

MS = 1_795_176_000_000
KEY = Problem("AuthRejectedError", "Refused", kraken=("EAPI:Invalid key",))
SIGNATURE = Problem("AuthRejectedError", "Refused", kraken=("EAPI:Invalid signature",))
NONCE = Problem("NonceStaleError", "Overtaken", kraken=("EAPI:Invalid nonce",))

Facts = dict[str, Any]
Make = Callable[[random.Random, Facts], tuple[Problem, Facts | None, bool]]
"""Turns random facts into those of a mistake: the refusal, the facts (None: never accepted), a lease."""


def facts(dice: random.Random) -> Facts:
    """Return facts of a key that has nothing wrong with it."""
    made = NOW - timedelta(days=dice.randint(2, 900))
    return {
        "created_time": made,
        "modified_time": made + timedelta(days=dice.randint(0, 1)),
        "last_used": NOW - timedelta(hours=dice.randint(1, 1500)),
        "valid_until": dice.choice([None, NOW + timedelta(days=dice.randint(1, 300))]),
        "ip_allowlist": IpAllowlist(dice.choice([(), ("203.0.113.0/24",), ("203.0.113.7", "198.51.100.1")])),
        "nonce": MS - dice.randint(1_000, 10**10),
        "nonce_window": dice.choice([0, 0, 1_000, 5_000]),
    }


MISTAKES: dict[str, Make] = {
    "The key has expired": lambda dice, f: (
        KEY, {**f, "valid_until": NOW - timedelta(minutes=dice.randint(1, 9999))}, dice.random() < 0.3),
    "The address is not on the allowlist": lambda dice, f: (
        KEY, {**f, "ip_allowlist": IpAllowlist((f"192.0.2.{dice.randint(1, 9)}",))}, False),
    "The key is new or was just edited": lambda dice, f: (
        KEY, {**f, "modified_time": NOW - timedelta(minutes=dice.randint(0, 25))}, False),
    "The key was disabled for lying idle": lambda dice, f: (
        KEY, {**f, "last_used": NOW - timedelta(days=dice.randint(95, 500))}, False),
    "The secret does not belong to this key": lambda dice, f: (SIGNATURE, None, False),
    "The key asks for a second factor": lambda dice, f: (SIGNATURE, f, dice.random() < 0.2),
    "The declared client is not the key's": lambda dice, f: (
        NONCE, {**f, "nonce": dice.choice([MS * 1_000, MS * 10**5, MS * 10**6])}, dice.random() < 0.3),
    "The key's counter is ahead of the clock": lambda dice, f: (
        NONCE, {**f, "nonce": MS + dice.randint(60_000, 10**9)}, dice.random() < 0.3),
    "Another process uses the key": lambda dice, f: (NONCE, f, True),
    "A permission is missing": lambda dice, f: (Problem("ForbiddenError", "Denied", "Lacks it."), f, False),
    "Kraken has locked this address out": lambda dice, f: (Problem("LockedOutError", "Locked"), f, False),
    "The key was deleted or disabled at Kraken": lambda dice, f: (KEY, f, False),
    "The public key is mistyped, or of another environment or venue": lambda dice, f: (KEY, None, False),
    "The key was used at a larger nonce scale": lambda dice, f: (NONCE, f, False),
}  # fmt: skip
UNTELLABLE = {
    "The key was deleted or disabled at Kraken",
    "The public key is mistyped, or of another environment or venue",
    "The key was used at a larger nonce scale",
}
"""Mistakes that leave no fact behind by which they could be told from others."""


def known(problem: Problem, reported: Facts | None, *, leased: bool) -> Known:
    slot = a_slot(process="bot", client="ccxt", added_at=NOW - timedelta(days=900))
    info = spot_info(**reported) if reported is not None else None
    check = KeyCheck(slot.key_id, NOW, CheckOutcome.REJECTED, info, problem)
    node = KeyNode(slot, check, assess(check, NOW))
    return Known(replace(node, lease=a_lease()) if leased else node, NOW, "203.0.113.7")


def test_ten_thousand_mistakes() -> None:
    """Where a diagnosis is sure it is right in 95 of 100 cases, and it is unsure where nothing tells."""
    dice = random.Random(4)
    sure: Counter[str] = Counter()
    right: Counter[str] = Counter()
    tried: Counter[str] = Counter()
    for _ in range(10_000):
        label = dice.choice(list(MISTAKES))
        problem, reported, leased = MISTAKES[label](dice, facts(dice))
        found = diagnose(known(problem, reported, leased=leased))
        tried[label] += 1
        sure[label] += found.enough
        right[label] += found.enough and found.causes[0].title == label

    assert right.total() >= 0.95 * sure.total()
    assert {label: sure[label] for label in UNTELLABLE} == dict.fromkeys(UNTELLABLE, 0)
    assert [label for label in tried.keys() - UNTELLABLE if sure[label] < 0.95 * tried[label]] == []
