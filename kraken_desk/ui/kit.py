"""Kit: what panes and dialogs are built from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QWidget

from kraken_desk.services.profile_doors import ProfileDoors
from kraken_desk.ui.actions import DeskActions
from kraken_desk.ui.bridge import Bridge
from kraken_desk.ui.selection import Selection
from kraken_desk.ui.shortcuts import ShortcutBook
from kraken_desk.ui.situation import Situation
from kraken_desk.ui.theme import Theme


@dataclass(frozen=True)
class Kit:
    """`window` is the parent of dialogs; `show_pane(name)` brings a pane of the drawer to the front.

    `settings` keeps what the window looked like, None for a window that forgets.
    """

    bridge: Bridge
    selection: Selection
    theme: Theme
    actions: DeskActions
    window: QWidget
    show_pane: Callable[[str], None]
    settings: QSettings | None = None
    profile: ProfileDoors = field(default_factory=ProfileDoors)
    shortcuts: ShortcutBook = field(default_factory=ShortcutBook)

    @property
    def situation(self) -> Situation:
        """Return what there is, what is selected and what is running, now."""
        return self.actions.situation
