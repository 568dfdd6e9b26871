"""ProcessesPane: who holds which key, since when; a key is handed over from here, nothing is ended."""

from __future__ import annotations

import os
import socket

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from kraken_desk.domain.keys import SlotId
from kraken_desk.ui.bridge import Bridge
from kraken_desk.ui.connections import Connections
from kraken_desk.ui.kit import Kit
from kraken_desk.ui.models.process_rows import Myself, owner_of, process_groups, summary
from kraken_desk.ui.selection import Selection
from kraken_desk.ui.theme import Theme, metrics, set_role
from kraken_desk.ui.widgets.action_button import ActionButton
from kraken_desk.ui.widgets.empty_state import EmptyState
from kraken_desk.ui.widgets.grouped_table import Column, GroupedTable

TICK_MS = 5_000

COLUMNS = (
    Column("Process and key", 180, grow=2),
    Column("Account", 130, grow=1, optional=True),
    Column("Venue", 70),
    Column("Client", 120),
    Column("Held by", 190, grow=2),
    Column("Host", 110, optional=True),
    Column("Last use", 100),
    Column("State", 150, grow=1, optional=True),
)


class ProcessesPane(QObject):
    """Follows the fleet; a chosen key is selected everywhere.

    Signals:
        badge_changed: the remark for the tab: how many keys are held.
    """

    badge_changed = Signal(str)
    title = "Processes"

    def __init__(
        self,
        bridge: Bridge,
        selection: Selection,
        theme: Theme,
        acts: tuple[QAction, ...],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge, self._selection = bridge, selection
        self._me = Myself(socket.gethostname(), os.getpid())
        self._connections = Connections()
        self._table = GroupedTable(theme, "processes-table", "Processes and their keys", COLUMNS)
        self._table.addActions(list(acts))
        self._table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self._table.chosen.connect(self._on_chosen)
        self._empty = EmptyState(
            theme, "key", "No processes yet", "A process appears here with the first key that names it."
        )
        self._empty.setObjectName("processes-empty")
        self._stack = QStackedWidget()
        self._stack.addWidget(self._table)
        self._stack.addWidget(self._empty)
        self._widget = QWidget()
        self._widget.setObjectName("processes")
        layout = QVBoxLayout(self._widget)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._make_bar(acts))
        layout.addWidget(self._stack, 1)
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self._on_tick)
        self._widget.installEventFilter(self)

    def widget(self) -> QWidget:
        return self._widget

    def actions(self) -> tuple[QAction, ...]:
        return ()

    def open(self) -> None:
        self._connections.listen(self.refresh, self._bridge.fleet_changed)
        self._connections.listen(self._show_selection, self._selection.changed)
        self.refresh()
        self._tick.start()

    def close(self) -> None:
        self._tick.stop()
        self._connections.close()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let ages be right when the pane comes to the front."""
        if event.type() is QEvent.Type.Show and self._tick.isActive():
            self.refresh()
        return super().eventFilter(watched, event)

    def _on_tick(self) -> None:
        """Let ages grow where somebody sees them: a large fleet takes long to look through."""
        if self._widget.isVisible():
            self.refresh()

    def refresh(self) -> None:
        """Show who holds what as it is now."""
        fleet = self._bridge.fleet
        keys = fleet.keys()
        self._table.show_groups(process_groups(fleet, self._me, self._bridge.now()))
        self._stack.setCurrentWidget(self._table if keys else self._empty)
        self._summary.setText(summary(fleet))
        held = sum(node.lease is not None for node in keys)
        self.badge_changed.emit(f"· {held} held" if held else "")

    def _make_bar(self, acts: tuple[QAction, ...]) -> QWidget:
        bar = QWidget()
        self._summary = QLabel()
        self._summary.setObjectName("processes-summary")
        set_role(self._summary, "strong")
        layout = QHBoxLayout(bar)
        layout.setContentsMargins(metrics.PADDING - 4, metrics.STEP, metrics.GAP, metrics.STEP)
        layout.setSpacing(metrics.GAP)
        layout.addWidget(self._summary)
        layout.addStretch(1)
        for act in acts:
            layout.addWidget(ActionButton(act, "small"))
        return bar

    def _show_selection(self) -> None:
        if self._selection.slot_id is None or self._selection.slot_id != self._table.selected_key:
            self._table.select(self._selection.slot_id or "")

    def _on_chosen(self, key: str) -> None:
        node = owner_of(self._bridge.fleet, SlotId(key))
        if node is not None and self._selection.slot_id != node.slot.slot_id:
            self._selection.select_key(node.slot.slot_id, node.slot.account_id)


def build(kit: Kit) -> ProcessesPane:
    return ProcessesPane(kit.bridge, kit.selection, kit.theme, (kit.actions.act("hand-over"),))
