"""Situation: what there is, what is selected and what is running; and what makes sense then.

The functions are the `possible` of acts: pure, cheap, asked at every snapshot and selection.
"""

from __future__ import annotations

from functools import cached_property

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.fleet import AccountNode, FleetSnapshot, KeyNode
from kraken_desk.domain.keys import SlotId, Venue
from kraken_desk.ui.bridge import CHECK_GROUP, REMOVE_GROUP


class Situation:
    """`work` holds the names of the running groups of tasks."""

    def __init__(
        self,
        fleet: FleetSnapshot,
        account_id: AccountId | None = None,
        slot_id: SlotId | None = None,
        work: frozenset[str] = frozenset(),
    ) -> None:
        self.fleet, self.work = fleet, work
        self.account_id, self.slot_id = account_id, slot_id

    @cached_property
    def key(self) -> KeyNode | None:
        """Return the selected key."""
        keys = self.fleet.keys()
        return next((node for node in keys if node.slot.slot_id == self.slot_id), None)

    @cached_property
    def account(self) -> AccountNode | None:
        """Return the selected account, also when one of its keys is selected."""
        return self.fleet.account(self.account_id) if self.account_id is not None else None

    @cached_property
    def chosen_keys(self) -> tuple[SlotId, ...]:
        """Return the selected key, or the keys of the selected account and of those below it."""
        if self.slot_id is not None:
            return (self.slot_id,) if self.key else ()
        account = self.account
        return tuple(node.slot.slot_id for below in account.walk() for node in below.keys) if account else ()


def always(_: Situation) -> bool:
    return True


def a_key(now: Situation) -> bool:
    """Say whether a key is selected."""
    return now.key is not None


def a_processes_key(now: Situation) -> bool:
    """Say whether a key is selected that is not one of Kraken Desk's own."""
    return now.key is not None and not now.key.slot.is_desk_key


def a_spot_key(now: Situation) -> bool:
    return now.key is not None and now.key.slot.venue is Venue.SPOT


def an_account(now: Situation) -> bool:
    """Say whether an account itself is selected, not one of its keys."""
    return now.slot_id is None and now.account is not None


def a_futures_subaccount(now: Situation) -> bool:
    """Say whether a subaccount is selected that has a Futures side."""
    if not an_account(now) or now.account is None:
        return False
    account = now.account.account
    return not account.is_master and bool(account.futures_uid)


def a_row(now: Situation) -> bool:
    """Say whether a key or an account is selected."""
    return a_key(now) or an_account(now)


def not_the_demo(now: Situation) -> bool:
    """Say whether this is another exchange than the built-in one."""
    return now.fleet.environment != "demo"


def no_accounts(now: Situation) -> bool:
    """Say whether nothing has been added yet."""
    return not now.fleet.masters


def restorable(now: Situation) -> bool:
    """Say whether a backup would replace nothing."""
    return no_accounts(now) and not_the_demo(now)


def any_keys(now: Situation) -> bool:
    return bool(now.fleet.keys())


def any_accounts(now: Situation) -> bool:
    """Say whether there is an account that a key could belong to."""
    return bool(now.fleet.accounts())


def two_accounts(now: Situation) -> bool:
    """Say whether a transfer has two ends."""
    return len(now.fleet.accounts()) > 1


def can_check(now: Situation) -> bool:
    return bool(now.chosen_keys) and CHECK_GROUP not in now.work


def can_check_all(now: Situation) -> bool:
    return any_keys(now) and CHECK_GROUP not in now.work


def can_remove(now: Situation) -> bool:
    """Say whether a key is selected that is neither being checked nor removed."""
    return a_key(now) and not now.work & {CHECK_GROUP, REMOVE_GROUP}
