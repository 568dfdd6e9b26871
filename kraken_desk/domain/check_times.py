"""When a key is due for a check by itself; computed from stored times, so sleep and restarts lose nothing.

Desk keys are ours and are asked freely. Every check of a process's key spends one of its nonces, so
such a key is asked at most once a day, at a time of its own, and not at all while the process has it.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from kraken_desk.domain.fleet import KeyNode
from kraken_desk.domain.keys import CheckOutcome, KeyId
from kraken_desk.domain.settling import next_look

DESK_EVERY = timedelta(minutes=15)
PROCESS_EVERY = timedelta(days=1)
PROCESS_JITTER = timedelta(hours=6)
"""Each key has its own moment after the day is over, so that a fleet is not checked in one go."""

NOT_SENT_AGAIN = timedelta(hours=1)
"""A check that never left this machine spent no nonce, so it need not wait for the next day."""

_CLOCK_WAS_AHEAD = timedelta(hours=1)
_NOTHING_SENT = ("UnreachableError", "KeychainLockedError", "KeychainUnavailableError", "SecretMissingError")


def due_at(node: KeyNode, now: datetime, *, processes: bool) -> datetime | None:
    """Return when a key is to be checked by itself, or None when it is not.

    With `processes` off, only desk keys are. A refused key is asked again only while it settles.
    """
    slot, check = node.slot, node.check
    if node.lease is not None or slot.two_factor or not (slot.is_desk_key or processes):
        return None  # a key with 2FA wants a code, which only a person has
    if check is None:
        return now
    if check.info is not None and check.info.expired(now):
        return None
    if check.checked_at > now + _CLOCK_WAS_AHEAD:
        return now  # noted by a clock that was ahead; the next check corrects it
    if check.outcome is CheckOutcome.REJECTED:
        return next_look(check, slot.added_at)
    if slot.is_desk_key:
        return check.checked_at + DESK_EVERY
    unsent = check.problem is not None and check.problem.category in _NOTHING_SENT
    if check.outcome is CheckOutcome.UNREACHED and unsent:
        return check.checked_at + NOT_SENT_AGAIN
    return check.checked_at + PROCESS_EVERY + jitter(slot.key_id)


def jitter(key_id: KeyId) -> timedelta:
    """Return the key's own part of `PROCESS_JITTER`, the same every day."""
    number = int.from_bytes(hashlib.sha256(key_id.encode()).digest()[:4], "big")
    return PROCESS_JITTER * (number / 2**32)
