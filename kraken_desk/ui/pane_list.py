"""The panes of the drawer, in the order of their tabs and number keys: one line per pane.

How to add a pane:

1. Write a class that satisfies `Pane` (ui/panes.py) in a module of ui/views, and at the end of that
   module `def build(kit: Kit) -> Pane`, which makes it of what the Kit (ui/kit.py) holds: bridge,
   selection, theme, the acts, the window.
2. Add one line to PANES: its name (kept in settings: never rename it), the word on its tab, the module.

The module is imported and the pane built when its tab is first shown, or one after the other while the
window is idle after its first paint; the start does not pay for it. From then on `open()` has been
called: a pane keeps itself up to date, shown or not. A pane with a signal `badge_changed(str)` puts a
short remark on its tab. Its `actions()` come under its title in the window's menu and their shortcuts
work in the whole window, unless their shortcut context is the pane's own widget.

The first pane is reached by Ctrl+2 (Ctrl+1 is the tree), the ninth by Ctrl+0. Others show a pane by
`kit.show_pane(name)`. The tests of this list build every pane.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, cast

from kraken_desk.domain.values import dataclass
from kraken_desk.ui.panes import Pane

if TYPE_CHECKING:  # the tabs are there before what panes are built from
    from kraken_desk.ui.kit import Kit


@dataclass(frozen=True, slots=True)
class PaneEntry:
    """A pane before it is built."""

    name: str
    title: str
    module: str

    @property
    def is_imported(self) -> bool:
        return self.module in sys.modules

    def build(self, kit: Kit) -> Pane:
        """Import the module and build the pane."""
        return cast(Pane, import_module(self.module).build(kit))


PANES: tuple[PaneEntry, ...] = (
    PaneEntry("balances", "Balances", "kraken_desk.ui.views.balances"),
    PaneEntry("journal", "Journal", "kraken_desk.ui.views.journal"),
    PaneEntry("processes", "Processes", "kraken_desk.ui.views.processes"),
    PaneEntry("findings", "Findings", "kraken_desk.ui.views.findings"),
    PaneEntry("matrix", "Matrix", "kraken_desk.ui.views.matrix"),
    PaneEntry("hosts", "Hosts", "kraken_desk.ui.views.hosts"),
    PaneEntry("timeline", "Timeline", "kraken_desk.ui.views.timeline"),
)
