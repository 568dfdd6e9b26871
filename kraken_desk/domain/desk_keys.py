"""Which of an account's keys the desk may use itself, and for what.

Kraken Desk is one more process and uses only keys of its own. A key that no process owns may serve
when the operator asks for something; a key of another process never does, because each call
spends one of that process's nonces.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from kraken_desk.domain.fleet import KeyNode
from kraken_desk.domain.keys import (
    CheckOutcome,
    Permissions,
    Venue,
    can_follow_balances,
    can_read_balances,
    can_read_ledger,
    can_transfer,
)


def monitor_key(
    keys: tuple[KeyNode, ...], venue: Venue, now: datetime, *, automatic: bool = False
) -> KeyNode | None:
    """Choose the key that reads balances: the desk's own, with the least rights."""
    return _choose(keys, venue, now, can_read_balances, automatic=automatic)


def feed_key(keys: tuple[KeyNode, ...], venue: Venue, now: datetime) -> KeyNode | None:
    """Choose the desk's own key that may follow the account's balances live."""
    return _choose(keys, venue, now, can_follow_balances, automatic=True)


def ledger_key(keys: tuple[KeyNode, ...], venue: Venue, now: datetime) -> KeyNode | None:
    """Choose the key that reads the ledger."""
    return _choose(keys, venue, now, can_read_ledger, automatic=False)


def treasury_key(keys: tuple[KeyNode, ...], venue: Venue, now: datetime) -> KeyNode | None:
    """Choose the master's key that signs transfers."""
    return _choose(keys, venue, now, can_transfer, automatic=False)


def why_no_key(keys: tuple[KeyNode, ...], venue: Venue, what: str) -> str:
    """Say in one sentence which key would be needed to `what`."""
    here = [k for k in keys if k.slot.venue is venue]
    if not here:
        return (
            f"No {venue.label} key is stored for this account; add a key of the desk's own that can {what}."
        )
    if all(not _may_use(k, automatic=False) for k in here):
        return f"The {venue.label} keys here belong to other processes; add a desk key that can {what}."
    return f"No {venue.label} key of the desk here is valid and can {what}."


def _choose(
    keys: tuple[KeyNode, ...],
    venue: Venue,
    now: datetime,
    able: Callable[[Permissions], bool],
    *,
    automatic: bool,
) -> KeyNode | None:
    usable = [
        k
        for k in keys
        if k.slot.venue is venue and _may_use(k, automatic=automatic) and _is_valid(k, now, able)
    ]
    return min(usable, key=_preference, default=None)


def _may_use(key: KeyNode, *, automatic: bool) -> bool:
    """A key with 2FA wants a code for every call, so it reads nothing by itself."""
    if key.slot.two_factor:
        return False
    return key.slot.is_desk_key or (not key.slot.process and not automatic)


def _is_valid(key: KeyNode, now: datetime, able: Callable[[Permissions], bool]) -> bool:
    check = key.check
    if check is None or check.info is None or check.outcome is CheckOutcome.REJECTED:
        return False
    return not check.info.expired(now) and able(check.info.permissions)


def _preference(key: KeyNode) -> tuple[bool, bool, str]:
    """Prefer the desk's own keys, then those that cannot move money, then by name."""
    info = key.check.info if key.check else None
    return (not key.slot.is_desk_key, info is not None and can_transfer(info.permissions), key.slot.name)
