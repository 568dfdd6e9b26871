"""Acts about the window itself: which pane is in front, how large the drawer is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from kraken_desk.ui.commands import Command, make_action
from kraken_desk.ui.main_window import MainWindow
from kraken_desk.ui.pane_list import PaneEntry
from kraken_desk.ui.theme import Theme

NUMBER_KEYS = "234567890"
"""For the panes of the drawer; 1 is the tree."""


def view_acts(
    owner: QObject, theme: Theme, window: MainWindow, entries: Sequence[PaneEntry]
) -> tuple[QAction, ...]:
    """Make the acts that lead to the parts of the window, and the one that enlarges the drawer."""
    acts = [
        make_action(
            owner,
            theme,
            Command("show-tree", "Keys and accounts", "Go to the tree", shortcut="Ctrl+1"),
            window.show_tree,
        )
    ]
    for number, entry in enumerate(entries):
        key = f"Ctrl+{NUMBER_KEYS[number]}" if number < len(NUMBER_KEYS) else ""
        command = Command(f"show-{entry.name}", entry.title, f"Go to {entry.title}", shortcut=key)
        acts.append(make_action(owner, theme, command, partial(window.show_pane, entry.name, focus=True)))
    enlarge = Command(
        "enlarge-drawer",
        "Enlarge the lower panes",
        "Let the panes take the whole left side, or give it back to the tree",
        shortcut="F11",
    )
    large = make_action(owner, theme, enlarge, lambda: window.enlarge_drawer(not window.drawer_is_large))
    large.setCheckable(True)
    large.setChecked(window.drawer_is_large)
    window.drawer_enlarged.connect(large.setChecked)
    return (*acts, large)
