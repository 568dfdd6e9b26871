"""DialogOpener: finds the function of an act in the list and calls it with the Kit.

The dialogs' modules are imported when first opened: the window paints sooner without them.
"""

from __future__ import annotations

from importlib import import_module

from kraken_desk.ui.act_list import ACTS
from kraken_desk.ui.kit import Kit


class DialogOpener:
    """One dialog at a time, each modal to its window."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._openers = {act.command.name: act.opener for act in ACTS}

    def open(self, name: str) -> None:
        """Open the dialog of the act of this name."""
        module, _, function = self._openers[name].partition(":")
        getattr(import_module(module), function)(self._kit)
