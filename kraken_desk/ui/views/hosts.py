"""HostsPane: the allowlists looked through: which host can use what, and what falls when it is taken."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.audit.host_view import HostsView, HostView, RangeView, host_view, hosts_view
from kraken_desk.domain.audit.judgement import Judgement
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.hosts import Host, HostId, normal_address
from kraken_desk.domain.keys import SlotId
from kraken_desk.ui.asking import confirm
from kraken_desk.ui.bridge import Bridge
from kraken_desk.ui.commands import Command, make_action
from kraken_desk.ui.connections import Connections
from kraken_desk.ui.dialogs.host import HostDialog
from kraken_desk.ui.formatting import count
from kraken_desk.ui.kit import Kit
from kraken_desk.ui.models.host_rows import HOST_COLUMNS, RANGE_COLUMNS, host_groups, host_key, range_groups
from kraken_desk.ui.selection import Selection
from kraken_desk.ui.theme import Theme, set_property, set_role
from kraken_desk.ui.views.host_details import HostDetails
from kraken_desk.ui.widgets.beside import BesideLayout
from kraken_desk.ui.widgets.empty_state import EmptyState
from kraken_desk.ui.widgets.grouped_table import GroupedTable
from kraken_desk.ui.widgets.pane_bar import PaneBar
from kraken_desk.ui.widgets.question import Question
from kraken_desk.ui.widgets.skeleton import SkeletonRows

LOOK_GROUP = "audit:hosts"
REMOVE_GROUP = "dialogs:forget-host"
NEW = Host(HostId(""), "", ())
HINT = "Select a host to see what it can use, or type in an address above to compare it."


class HostsPane(QObject):
    """Follows the judgement; looking through the lists of a large fleet happens off the window's thread."""

    title = "Hosts"

    def __init__(
        self, bridge: Bridge, selection: Selection, theme: Theme, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._bridge, self._selection, self._theme = bridge, selection, theme
        self._connections = Connections()
        self._looked: Judgement | None = None
        self._view: HostsView | None = None
        self._make_actions(theme)
        self._hosts = GroupedTable(theme, "hosts-table", "Hosts and what they can use", HOST_COLUMNS)
        self._ranges = GroupedTable(theme, "ranges-table", "Addresses and ranges of all lists", RANGE_COLUMNS)
        self._details = HostDetails(theme)
        self._details.key_wanted.connect(
            lambda ref, account: self._selection.select_key(SlotId(ref), AccountId(account))
        )
        for table in (self._hosts, self._ranges):
            table.chosen.connect(lambda _key: self._show_details())
        self._hosts.opened.connect(lambda _key: self._on_edit())
        self._hosts.addActions([self._add, self._edit, self._remove])
        self._hosts.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self._make_bar()
        self._widget = self._make_widget(theme)

    def widget(self) -> QWidget:
        return self._widget

    def actions(self) -> tuple[QAction, ...]:
        return (self._add, self._edit, self._remove)

    def open(self) -> None:
        self._connections.listen(self._on_changed, self._bridge.judged, self._bridge.fleet_changed)
        self._look()

    def close(self) -> None:
        self._connections.close()

    # making

    def _make_actions(self, theme: Theme) -> None:
        add = Command("host-add", "Name a host…", "Name a machine and its addresses")
        edit = Command("host-edit", "Edit…", "Change the host, or give the address a name")
        remove = Command("host-remove", "Forget…", "Forget the host; keys at Kraken are not touched")
        self._add = make_action(self, theme, add, lambda: self._open_dialog(NEW))
        self._edit = make_action(self, theme, edit, self._on_edit)
        self._remove = make_action(self, theme, remove, self._on_remove)

    def _make_bar(self) -> None:
        bar = self._bar = PaneBar("hosts")
        self._what = bar.add_chooser("what", "Show", ("Hosts", "Addresses and ranges"))
        bar.add_words("Search hosts and ranges", "Search hosts, addresses, keys")
        self._address = QLineEdit()
        self._address.setObjectName("hosts-address")
        self._address.setAccessibleName("Address to compare with the allowlists")
        self._address.setPlaceholderText("Compare an address")
        self._address.setToolTip(
            "Type in an address, such as this machine's own as Kraken sees it, and press Enter"
        )
        self._address.setClearButtonEnabled(True)
        self._address.setFixedWidth(190)
        set_role(self._address, "small")
        self._address.returnPressed.connect(self._on_compare)
        self._address.textChanged.connect(lambda _text: set_property(self._address, "invalid", False))
        bar.add_widget(self._address)
        bar.add_end((self._add, self._edit, self._remove))
        bar.changed.connect(self._show)

    def _make_widget(self, theme: Theme) -> QWidget:
        self._stack = QStackedWidget()
        loading = SkeletonRows(theme)
        loading.setAccessibleName("Not judged yet")
        self._pages: dict[str, QWidget] = {
            "hosts": self._hosts,
            "ranges": self._ranges,
            "loading": loading,
            "empty": EmptyState(
                theme,
                "shield",
                "No hosts yet",
                "Hosts and the addresses of allowlists stand here, with the keys that each can use.",
                self._add,
            ),
            "nothing": EmptyState(theme, "filter", "No such hosts", "Nothing fits the words above."),
        }
        for name, page in self._pages.items():
            if not isinstance(page, GroupedTable):
                page.setObjectName(f"hosts-{name}")
            self._stack.addWidget(page)
        both = BesideLayout(self._stack, self._details, self._theme)
        widget = QWidget()
        widget.setObjectName("hosts")
        column = QVBoxLayout(widget)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addLayout(both, 1)
        return widget

    # showing

    def _on_changed(self, _value: object) -> None:
        self._look()

    def _look(self) -> None:
        """Look through the lists of a new judgement, and show the last look meanwhile."""
        judgement = self._bridge.judgement
        if judgement is not None and judgement is not self._looked:
            self._looked = judgement
            self._bridge.start(LOOK_GROUP, self._look_through(judgement), replace=True)
        self._show()

    async def _look_through(self, judgement: Judgement) -> None:
        view = await asyncio.to_thread(hosts_view, judgement)
        if judgement is self._looked:
            self._view = view
            self._show()

    def _show(self) -> None:
        view, looked = self._view, self._looked
        ranges = self._what.currentIndex() == 1
        if view is None or looked is None:
            self._stack.setCurrentWidget(self._pages["loading"])
            self._details.setVisible(False)
            self._bar.say("not judged yet")
            self._show_details()
            return
        groups = host_groups(view, looked.exposure.currency, self._bar.words)
        lines = range_groups(view, self._bar.words)
        self._hosts.show_groups(groups)
        self._ranges.show_groups(lines)
        known = bool(view.ranges if ranges else view.named or view.nameless)
        page = ("ranges" if ranges else "hosts") if (lines if ranges else groups) else "nothing"
        self._stack.setCurrentWidget(self._pages[page if known else "empty"])
        self._details.setVisible(known)
        silent = f"{count(view.silent, 'key')} without a known list" if view.silent else ""
        self._bar.say(silent, "Never checked, or Kraken reports no list (Futures)")
        self._show_details()

    def _show_details(self) -> None:
        chosen = self._chosen()
        self._edit.setEnabled(isinstance(chosen, HostView))
        self._remove.setEnabled(isinstance(chosen, HostView) and bool(chosen.host.host_id))
        if isinstance(chosen, HostView) and self._looked is not None:
            self._details.show_host(chosen, self._looked.exposure.currency)
        elif isinstance(chosen, RangeView):
            self._details.show_range(chosen)
        else:
            self._details.say(HINT)

    def _chosen(self) -> HostView | RangeView | None:
        if self._view is None:
            return None
        if self._what.currentIndex() == 1:
            key = self._ranges.selected_key
            return next((line for line in self._view.ranges if line.text == key), None)
        key = self._hosts.selected_key
        views = (*self._view.named, *self._view.nameless)
        return next((view for view in views if host_key(view) == key), None)

    # acting

    def _on_compare(self) -> None:
        """Say what can be used from an address that was typed in."""
        if self._looked is None:
            return
        try:
            address = normal_address(self._address.text())
        except InputError as error:
            set_property(self._address, "invalid", True)
            self._details.setVisible(True)
            self._details.say(f"{error.title}: {error.detail} {error.hint}")
            return
        known = next((host for host in self._looked.hosts if address in host.addresses), None)
        host = known or Host(HostId(""), address, (address,))
        view = host_view(replace(host, this_machine=True), self._looked)
        self._details.setVisible(True)
        self._details.show_host(view, self._looked.exposure.currency)

    def _on_edit(self) -> None:
        chosen = self._chosen()
        if isinstance(chosen, HostView):
            host = chosen.host
            self._open_dialog(host if host.host_id else replace(host, name=""))

    def _open_dialog(self, host: Host) -> None:
        desk = self._bridge.desk

        async def save(wanted: Host) -> Host:
            if wanted.host_id:
                return await desk.hosts.save(wanted)
            return await desk.hosts.add(
                wanted.name, wanted.addresses, note=wanted.note, this_machine=wanted.this_machine
            )

        dialog = HostDialog(
            host, save, desk.scope, self._bridge.environment, self._theme, self._widget.window()
        )
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_remove(self) -> None:
        chosen = self._chosen()
        if isinstance(chosen, HostView) and chosen.host.host_id:
            self._bridge.start(REMOVE_GROUP, self._ask_and_remove(chosen.host.name))

    async def _ask_and_remove(self, name: str) -> None:
        question = Question(
            f"Forget “{name}”?",
            "Its name and addresses leave this desk. Allowlists at Kraken stay as they are.",
            f"Forget “{name}”",
            self._bridge.environment,
            danger=True,
        )
        if await confirm(self._widget.window(), question):
            await self._bridge.desk.hosts.remove(name)


def build(kit: Kit) -> HostsPane:
    return HostsPane(kit.bridge, kit.selection, kit.theme)
