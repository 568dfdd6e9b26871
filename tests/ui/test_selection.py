"""The shared selection: ids only, announced once, never pointing at what is gone."""

from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.fleet import FleetSnapshot
from kraken_desk.domain.keys import SlotId
from kraken_desk.ui.selection import Selection
from tests.helpers.builders import LAB, NOW, a_key, a_master_with

ACCOUNT, SLOT = AccountId("account-1"), SlotId("slot-1")


def test_a_key_implies_its_account(qapp: QApplication) -> None:
    """Selecting a key selects its account with it."""
    selection = Selection()

    selection.select_key(SLOT, ACCOUNT)

    assert (selection.slot_id, selection.account_id) == (SLOT, ACCOUNT)


def test_an_account_lets_go_of_the_key(qapp: QApplication) -> None:
    """Selecting the account's row means the account, no longer the key."""
    selection = Selection()
    selection.select_key(SLOT, ACCOUNT)

    selection.select_account(ACCOUNT)

    assert (selection.slot_id, selection.account_id) == (None, ACCOUNT)


def test_the_same_choice_is_announced_once(qapp: QApplication) -> None:
    """Choosing again what is chosen already says nothing."""
    selection = Selection()
    heard = QSignalSpy(selection.changed)

    selection.select_key(SLOT, ACCOUNT)
    selection.select_key(SLOT, ACCOUNT)

    assert heard.count() == 1


def test_a_removed_key_leaves_its_account_selected(qapp: QApplication) -> None:
    """When the key leaves the fleet its account stays selected."""
    selection = Selection()
    selection.select_key(SLOT, ACCOUNT)

    selection.keep_within(a_master_with(a_key(2)))

    assert (selection.slot_id, selection.account_id) == (None, ACCOUNT)


def test_a_removed_account_leaves_nothing_selected(qapp: QApplication) -> None:
    """When the account is gone the whole tree is meant again."""
    selection = Selection()
    selection.select_key(SLOT, ACCOUNT)

    selection.keep_within(FleetSnapshot(LAB.name, NOW))

    assert (selection.slot_id, selection.account_id) == (None, None)


def test_what_is_still_there_stays_selected(qapp: QApplication) -> None:
    """A snapshot that still has the key changes nothing."""
    selection = Selection()
    selection.select_key(SLOT, ACCOUNT)
    heard = QSignalSpy(selection.changed)

    selection.keep_within(a_master_with(a_key(1)))

    assert heard.count() == 0
