"""Visits: going to a place in the window, as a click on a notification does."""

from __future__ import annotations

from kraken_desk.domain.places import Place
from kraken_desk.ui.drawer import Drawer
from kraken_desk.ui.kit import Kit
from kraken_desk.ui.main_window import MainWindow
from kraken_desk.ui.views.journal import JournalPane


def visit(place: Place, kit: Kit, drawer: Drawer, window: MainWindow) -> None:
    """Select what a place names, as far as it is still there, and bring its pane to the front."""
    fleet = kit.bridge.fleet
    nodes = fleet.keys()
    node = next((each for each in nodes if each.slot.slot_id == place.slot_id), None)
    if node is not None:
        kit.selection.select_key(node.slot.slot_id, node.slot.account_id)
    elif place.account_id is not None and fleet.account(place.account_id) is not None:
        kit.selection.select_account(place.account_id)
    if not place.pane:
        window.show_tree()
        return
    window.show_pane(place.pane, focus=True)
    if place.journal_id is not None:
        panes = [pane for _entry, pane in drawer.panes() if isinstance(pane, JournalPane)]
        for pane in panes:
            pane.show_record(place.journal_id)
