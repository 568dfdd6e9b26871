"""The acts of the window: what is possible when, and what each one starts."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.fleet import FleetSnapshot
from kraken_desk.domain.keys import SlotId
from kraken_desk.ui.actions import DeskActions, Enabled, enabled, selected_keys
from kraken_desk.ui.bridge import Bridge
from kraken_desk.ui.selection import Selection
from kraken_desk.ui.theme import Theme
from tests.helpers.builders import LAB, NOW, a_key, a_master_with, a_node, an_account
from tests.helpers.wait import wait_until
from tests.ui.fake_desk import FakeDesk

MAIN, SUB = AccountId("account-1"), AccountId("account-2")
FLEET = a_master_with(a_key(1), below=(a_node(an_account(2), a_key(2), a_key(3)),))
IDLE: frozenset[str] = frozenset()


@pytest.fixture
def fake() -> FakeDesk:
    return FakeDesk(fleet=FLEET)


@pytest.fixture
def bridge(fake: FakeDesk, qtbot: QtBot) -> Iterator[Bridge]:
    bridge = Bridge(fake.desk)
    bridge.open()
    yield bridge
    bridge.close()


def test_nothing_to_check_or_transfer_in_an_empty_fleet() -> None:
    """Without keys only adding one makes sense."""
    empty = FleetSnapshot(LAB.name, NOW)

    assert enabled(empty, None, None, IDLE) == Enabled(
        check_all=False, transfer=False, check=False, remove=False, rename=False
    )


def test_only_an_account_can_be_renamed() -> None:
    """With a key or nothing selected there is no name to change."""
    assert enabled(FLEET, MAIN, None, IDLE).rename
    assert not enabled(FLEET, None, None, IDLE).rename
    assert not enabled(FLEET, MAIN, SlotId("slot-1"), IDLE).rename


def test_one_account_has_nowhere_to_transfer_to() -> None:
    """A transfer needs two ends."""
    assert not enabled(a_master_with(a_key(1)), None, None, IDLE).transfer
    assert enabled(FLEET, None, None, IDLE).transfer


def test_a_key_can_be_removed_and_an_account_cannot() -> None:
    """Removing is for a selected key only; checking also for an account."""
    on_key = enabled(FLEET, MAIN, SlotId("slot-1"), IDLE)
    on_account = enabled(FLEET, MAIN, None, IDLE)

    assert (on_key.check, on_key.remove) == (True, True)
    assert (on_account.check, on_account.remove) == (True, False)


def test_a_running_check_keeps_others_away() -> None:
    """While keys are being checked no second check and no removal can start."""
    busy = enabled(FLEET, MAIN, SlotId("slot-1"), frozenset({"keys:check"}))

    assert (busy.check_all, busy.check, busy.remove) == (False, False, False)


def test_an_account_stands_for_its_keys_and_those_below() -> None:
    """Checking a master checks everything below it, a subaccount only its own."""
    assert selected_keys(FLEET, MAIN, None) == (SlotId("slot-1"), SlotId("slot-2"), SlotId("slot-3"))
    assert selected_keys(FLEET, SUB, None) == (SlotId("slot-2"), SlotId("slot-3"))
    assert selected_keys(FLEET, SUB, SlotId("slot-3")) == (SlotId("slot-3"),)
    assert selected_keys(FLEET, None, None) == ()


async def test_check_now_asks_about_what_is_selected(fake: FakeDesk, bridge: Bridge, theme: Theme) -> None:
    """The action names how many keys it means and asks about exactly those."""
    selection = Selection()
    actions = DeskActions(bridge, selection, theme)
    selection.select_account(SUB)
    words = actions.check.text()

    actions.check.trigger()
    await wait_until(lambda: not bridge.work)

    assert words == "Check 2 keys"
    assert fake.keys.checked == [(SlotId("slot-2"), SlotId("slot-3"))]


async def test_actions_follow_fleet_and_selection(fake: FakeDesk, bridge: Bridge, theme: Theme) -> None:
    """What is enabled changes with every snapshot and selection, without being asked."""
    selection = Selection()
    actions = DeskActions(bridge, selection, theme)
    before = (actions.remove.isEnabled(), actions.transfer.isEnabled())

    selection.select_key(SlotId("slot-1"), MAIN)
    fake.fleet.snapshot.publish(replace(FLEET, masters=(replace(FLEET.masters[0], subaccounts=()),)))

    assert before == (False, True)
    assert (actions.remove.isEnabled(), actions.transfer.isEnabled()) == (True, False)


def test_dialogs_are_asked_for_by_signal(bridge: Bridge, theme: Theme) -> None:
    """Adding, transferring, removing and finding are announced; the actions open nothing themselves."""
    actions = DeskActions(bridge, Selection(), theme)
    spies = [
        QSignalSpy(signal)
        for signal in (actions.add_key_requested, actions.transfer_requested, actions.find_requested)
    ]

    for action in (actions.add_key, actions.transfer, actions.find):
        action.trigger()

    assert [spy.count() for spy in spies] == [1, 1, 1]


def test_no_two_actions_share_a_shortcut(bridge: Bridge, theme: Theme) -> None:
    """An ambiguous shortcut would do nothing at all in Qt."""
    actions = DeskActions(bridge, Selection(), theme)
    shortcuts = [a.shortcut().toString() for a in actions.all() if not a.shortcut().isEmpty()]

    assert sorted(shortcuts) == ["Ctrl+K", "Ctrl+N", "Ctrl+R", "Ctrl+Shift+R", "Ctrl+T", "F2"]


async def test_the_public_half_of_a_key_can_be_copied(bridge: Bridge, theme: Theme) -> None:
    """Copy API key copies the selected key's public half; for an account there is nothing to copy."""
    selection = Selection()
    actions = DeskActions(bridge, selection, theme)
    selection.select_account(MAIN)
    assert not actions.copy_key.isEnabled()

    selection.select_key(SlotId("slot-1"), MAIN)
    actions.copy_key.trigger()

    assert QGuiApplication.clipboard().text() == FLEET.keys()[0].slot.api_key
