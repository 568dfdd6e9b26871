"""Actions of the window: made in one place, enabled by a pure function of plain values.

Acts that only start work go to the bridge; acts that need a dialog are announced as signals, and
whoever assembles the window opens the dialog.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.fleet import FleetSnapshot, KeyNode
from kraken_desk.domain.keys import SlotId
from kraken_desk.ui.bridge import CHECK_GROUP, REMOVE_GROUP, Bridge
from kraken_desk.ui.formatting import count
from kraken_desk.ui.selection import Selection
from kraken_desk.ui.theme import Theme


@dataclass(frozen=True, slots=True)
class Command:
    """What an action is called, how it is reached, and the sentence that explains it."""

    name: str
    text: str
    tip: str
    icon: str = ""
    shortcut: str = ""


def make_action(owner: QObject, theme: Theme, command: Command, do: Callable[[], None]) -> QAction:
    """Make an action that calls `do`; the tip names the shortcut."""
    action = QAction(command.text, owner)
    action.setObjectName(command.name)
    tip = command.tip
    if command.shortcut:
        action.setShortcut(QKeySequence(command.shortcut))
        tip = f"{tip} ({action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)})"
    action.setToolTip(tip)
    if command.icon:
        theme.dress(action, command.icon)
    action.triggered.connect(lambda _checked=False: do())
    return action


@dataclass(frozen=True, slots=True)
class Enabled:
    """Which acts make sense now."""

    check_all: bool
    transfer: bool
    check: bool
    remove: bool
    rename: bool


def enabled(
    fleet: FleetSnapshot, account_id: AccountId | None, slot_id: SlotId | None, work: frozenset[str]
) -> Enabled:
    """Judge the acts by what there is, what is selected and what is running."""
    keys = fleet.keys()
    idle = CHECK_GROUP not in work
    in_fleet = any(node.slot.slot_id == slot_id for node in keys)
    return Enabled(
        check_all=bool(keys) and idle,
        transfer=len(fleet.accounts()) > 1,
        check=bool(selected_keys(fleet, account_id, slot_id)) and idle,
        remove=in_fleet and idle and REMOVE_GROUP not in work,
        rename=slot_id is None and account_id is not None and fleet.account(account_id) is not None,
    )


def selected_keys(
    fleet: FleetSnapshot, account_id: AccountId | None, slot_id: SlotId | None
) -> tuple[SlotId, ...]:
    """Return the selected key, or the keys of the selected account and of those below it."""
    if slot_id is not None:
        keys = fleet.keys()
        return tuple(node.slot.slot_id for node in keys if node.slot.slot_id == slot_id)
    account = fleet.account(account_id) if account_id is not None else None
    if account is None:
        return ()
    return tuple(node.slot.slot_id for below in account.walk() for node in below.keys)


class DeskActions(QObject):
    """The acts that top bar, tree, details and keyboard share.

    Signals:
        add_key_requested, transfer_requested, remove_key_requested, rename_requested: a dialog is wanted.
        find_requested: the keyboard wants to filter the tree.
    """

    add_key_requested = Signal()
    transfer_requested = Signal()
    remove_key_requested = Signal()
    rename_requested = Signal()
    find_requested = Signal()

    def __init__(
        self, bridge: Bridge, selection: Selection, theme: Theme, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._selection = selection
        self._make_global(theme)
        self._make_for_selection(theme)
        bridge.fleet_changed.connect(self._on_changed)
        bridge.work_changed.connect(self._on_changed)
        selection.changed.connect(self._on_changed)
        self._on_changed()

    def _make_global(self, theme: Theme) -> None:
        def make(command: Command, do: Callable[[], None]) -> QAction:
            return make_action(self, theme, command, do)

        self.check_all = make(
            Command("check-all", "Check all", "Ask Kraken about every key", "refresh", "Ctrl+Shift+R"),
            self._bridge.check_all,
        )
        self.transfer = make(
            Command(
                "transfer", "Transfer", "Move money between master and subaccounts", "transfer", "Ctrl+T"
            ),
            self.transfer_requested.emit,
        )
        self.add_key = make(
            Command("add-key", "Add key", "Paste a key, check it, store it", shortcut="Ctrl+N"),
            self.add_key_requested.emit,
        )
        theme.dress(self.add_key, "plus", "on_fill")
        self.find = make(
            Command("find", "Find", "Filter keys and accounts", "search", "Ctrl+K"), self.find_requested.emit
        )

    def _make_for_selection(self, theme: Theme) -> None:
        self.check = make_action(
            self,
            theme,
            Command("check-now", "Check now", "Ask Kraken about what is selected", "refresh", "Ctrl+R"),
            self._check_selected,
        )
        self.remove = make_action(
            self,
            theme,
            Command("remove-key", "Remove…", "Forget this key and delete its secret", "trash"),
            self.remove_key_requested.emit,
        )
        self.copy_key = make_action(
            self,
            theme,
            Command("copy-api-key", "Copy API key", "Copy the public half of the key", "copy"),
            self._copy_api_key,
        )
        self.rename = make_action(
            self,
            theme,
            Command("rename-account", "Rename…", "Give the account another name", shortcut="F2"),
            self.rename_requested.emit,
        )

    def all(self) -> tuple[QAction, ...]:
        """Return every action, so that a window can register their shortcuts."""
        return (
            self.find,
            self.add_key,
            self.transfer,
            self.check_all,
            self.check,
            self.remove,
            self.copy_key,
            self.rename,
        )

    def _check_selected(self) -> None:
        chosen = selected_keys(self._bridge.fleet, self._selection.account_id, self._selection.slot_id)
        self._bridge.check_keys(chosen)

    def _copy_api_key(self) -> None:
        key = self._selected_key()
        if key is not None:
            QGuiApplication.clipboard().setText(key.slot.api_key)

    def _selected_key(self) -> KeyNode | None:
        keys = self._bridge.fleet.keys()
        return next((node for node in keys if node.slot.slot_id == self._selection.slot_id), None)

    def _on_changed(self) -> None:
        fleet, account_id, slot_id = self._bridge.fleet, self._selection.account_id, self._selection.slot_id
        now = enabled(fleet, account_id, slot_id, self._bridge.work)
        self.check_all.setEnabled(now.check_all)
        self.transfer.setEnabled(now.transfer)
        self.check.setEnabled(now.check)
        self.remove.setEnabled(now.remove)
        self.rename.setEnabled(now.rename)
        self.copy_key.setEnabled(self._selected_key() is not None)
        number = len(selected_keys(fleet, account_id, slot_id))
        self.check.setText("Check now" if slot_id else f"Check {count(number, 'key')}")
        self.check.setIconText("Check now" if slot_id else "Check keys")
