"""Which acts make sense: judged by what there is, what is selected and what is running."""

import pytest

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.fleet import FleetSnapshot
from kraken_desk.domain.keys import SlotId
from kraken_desk.ui.situation import (
    Situation,
    a_futures_subaccount,
    a_key,
    an_account,
    any_keys,
    can_check,
    can_check_all,
    can_remove,
    two_accounts,
)
from tests.helpers.builders import LAB, NOW, a_master_with, a_node
from tests.helpers.builders import a_key as key_with
from tests.helpers.builders import an_account as account_with

MAIN, SUB = AccountId("account-1"), AccountId("account-2")
FLEET = a_master_with(key_with(1), below=(a_node(account_with(2), key_with(2), key_with(3)),))
CHECKING = frozenset({"keys:check"})


@pytest.mark.parametrize(
    "possible", [a_key, an_account, any_keys, can_check, can_check_all, can_remove, two_accounts]
)
def test_nothing_but_adding_makes_sense_in_an_empty_fleet(possible: object) -> None:
    """Without keys nothing can be checked, moved, removed or renamed."""
    empty = Situation(FleetSnapshot(LAB.name, NOW))

    assert callable(possible)
    assert possible(empty) is False


def test_only_an_account_can_be_renamed() -> None:
    """With a key or nothing selected there is no account's name to change."""
    assert an_account(Situation(FLEET, MAIN))
    assert not an_account(Situation(FLEET))
    assert not an_account(Situation(FLEET, MAIN, SlotId("slot-1")))


def test_one_account_has_nowhere_to_transfer_to() -> None:
    """A transfer needs two ends."""
    assert not two_accounts(Situation(a_master_with(key_with(1))))
    assert two_accounts(Situation(FLEET))


def test_a_key_can_be_removed_and_an_account_cannot() -> None:
    """Removing is for a selected key only; checking also for an account."""
    on_key, on_account = Situation(FLEET, MAIN, SlotId("slot-1")), Situation(FLEET, MAIN)

    assert (can_check(on_key), can_remove(on_key)) == (True, True)
    assert (can_check(on_account), can_remove(on_account)) == (True, False)


def test_a_running_check_keeps_others_away() -> None:
    """While keys are being checked no second check and no removal can start."""
    busy = Situation(FLEET, MAIN, SlotId("slot-1"), CHECKING)

    assert (can_check_all(busy), can_check(busy), can_remove(busy)) == (False, False, False)


def test_an_account_stands_for_its_keys_and_those_below() -> None:
    """Checking a master checks everything below it, a subaccount only its own."""
    assert Situation(FLEET, MAIN).chosen_keys == (SlotId("slot-1"), SlotId("slot-2"), SlotId("slot-3"))
    assert Situation(FLEET, SUB).chosen_keys == (SlotId("slot-2"), SlotId("slot-3"))
    assert Situation(FLEET, SUB, SlotId("slot-3")).chosen_keys == (SlotId("slot-3"),)
    assert Situation(FLEET).chosen_keys == ()
    assert Situation(FLEET, MAIN, SlotId("gone")).chosen_keys == ()


def test_only_subaccounts_with_a_futures_side_are_switched() -> None:
    """Neither a master, nor a key, nor a subaccount on Spot alone."""
    spot_only = a_master_with(below=(a_node(account_with(2, futures_uid=None)),))

    assert a_futures_subaccount(Situation(FLEET, SUB))
    assert not a_futures_subaccount(Situation(FLEET, MAIN))
    assert not a_futures_subaccount(Situation(FLEET, SUB, SlotId("slot-2")))
    assert not a_futures_subaccount(Situation(spot_only, SUB))
