"""The acts of the window: what is possible when, and what each one starts."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.keys import SlotId
from kraken_desk.ui.actions import DeskActions
from kraken_desk.ui.bridge import Bridge
from kraken_desk.ui.selection import Selection
from kraken_desk.ui.theme import Theme
from tests.helpers.builders import a_key, a_master_with, a_node, an_account
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
    """Acts with a dialog are announced by name; the actions open nothing themselves."""
    actions = DeskActions(bridge, Selection(), theme)
    asked, found = QSignalSpy(actions.act_requested), QSignalSpy(actions.find_requested)

    for action in (actions.add_key, actions.transfer, actions.find):
        action.trigger()

    assert [asked.at(row)[0] for row in range(asked.count())] == ["add-key", "transfer"]
    assert found.count() == 1


def test_no_two_actions_share_a_shortcut(bridge: Bridge, theme: Theme) -> None:
    """An ambiguous shortcut would do nothing at all in Qt."""
    actions = DeskActions(bridge, Selection(), theme)
    shortcuts = [a.shortcut().toString() for a in actions.all() if not a.shortcut().isEmpty()]

    assert {"Ctrl+F", "Ctrl+K", "Ctrl+N", "Ctrl+R", "Ctrl+Shift+R", "Ctrl+T", "F2"} <= set(shortcuts)
    assert len(shortcuts) == len(set(shortcuts))


async def test_the_public_half_of_a_key_can_be_copied(bridge: Bridge, theme: Theme) -> None:
    """Copy API key copies the selected key's public half; for an account there is nothing to copy."""
    selection = Selection()
    actions = DeskActions(bridge, selection, theme)
    selection.select_account(MAIN)
    assert not actions.copy_key.isEnabled()

    selection.select_key(SlotId("slot-1"), MAIN)
    actions.copy_key.trigger()

    assert QGuiApplication.clipboard().text() == FLEET.keys()[0].slot.api_key
