"""The lists of acts and panes: every entry can be built, and none is in another's way."""

from importlib import import_module
from inspect import signature

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from kraken_desk.ui.act_list import ACTS, Act
from kraken_desk.ui.actions import DeskActions
from kraken_desk.ui.bridge import Bridge
from kraken_desk.ui.kit import Kit
from kraken_desk.ui.pane_list import PANES, PaneEntry
from kraken_desk.ui.selection import Selection
from kraken_desk.ui.theme import Theme
from tests.helpers.builders import a_key, a_master_with
from tests.ui.fake_desk import FakeDesk


@pytest.mark.parametrize("entry", PANES, ids=lambda entry: entry.name)
def test_every_pane_is_built_from_the_kit(entry: PaneEntry, theme: Theme, qtbot: QtBot) -> None:
    """A line of the list is all it takes: the module builds a pane that opens, closes and opens again."""
    bridge = Bridge(FakeDesk(fleet=a_master_with(a_key(1))).desk)
    selection = Selection()
    window = QWidget()
    qtbot.addWidget(window)
    actions = DeskActions(bridge, selection, theme)
    bridge.open()

    pane = entry.build(Kit(bridge, selection, theme, actions, window, lambda _name: None))
    qtbot.addWidget(pane.widget())
    pane.open()
    pane.close()
    pane.open()

    assert pane.widget().objectName()
    assert all(action.objectName() for action in pane.actions())
    pane.close()
    bridge.close()


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.command.name)
def test_every_act_has_its_opener(act: Act) -> None:
    """The function that opens the dialog exists and takes the Kit alone."""
    module, _, function = act.opener.partition(":")

    opener = getattr(import_module(module), function)

    assert list(signature(opener).parameters) == ["kit"]


def test_names_are_given_once() -> None:
    """Settings, tests and the number keys find panes and acts by name."""
    panes, acts = [entry.name for entry in PANES], [act.command.name for act in ACTS]

    assert len(set(panes)) == len(panes)
    assert len(set(acts)) == len(acts)
