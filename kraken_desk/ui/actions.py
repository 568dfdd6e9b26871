"""Actions of the window: made in one place, enabled by pure functions of plain values.

Acts that only start work go to the bridge and are made here; acts that need a dialog stand in
ui/act_list.py and are announced, and whoever assembles the window opens the dialog.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction

from kraken_desk.ui.bridge import Bridge
from kraken_desk.ui.commands import ADD_KEY, TRANSFER, Command, idle_action
from kraken_desk.ui.formatting import count
from kraken_desk.ui.selection import Selection
from kraken_desk.ui.situation import Situation, a_key, always, can_check, can_check_all, two_accounts
from kraken_desk.ui.theme import Theme

if TYPE_CHECKING:
    from kraken_desk.ui.act_list import Subject

FIRST_ACTS = ((ADD_KEY, always), (TRANSFER, two_accounts))
"""The acts of the list that a window shows from its first painting on, and when they are possible."""

FIND = Command("find", "Find", "Filter keys and accounts", "search", "Ctrl+F")
CHECK_ALL = Command("check-all", "Check all", "Ask Kraken about every key", "refresh", "Ctrl+Shift+R")
CHECK = Command("check-now", "Check now", "Ask Kraken about what is selected", "refresh", "Ctrl+R")
COPY_KEY = Command("copy-api-key", "Copy API key", "Copy the public half of the key", "copy")
DAILY = Command(
    "check-process-keys",
    "Check process keys daily",
    "Ask about each process's key once a day while it is not leased; each check spends a nonce",
)


class DeskActions(QObject):
    """The acts that top bar, tree, details, menus and keyboard share.

    Signals:
        act_requested: the dialog of the act of this name is wanted.
        find_requested: the keyboard wants to filter the tree.
    """

    act_requested = Signal(str)
    find_requested = Signal()

    def __init__(
        self,
        bridge: Bridge,
        selection: Selection,
        theme: Theme,
        parent: QObject | None = None,
        *,
        complete: bool = True,
    ) -> None:
        """Without `complete` there are only the acts that a window shows first, and they do nothing yet."""
        super().__init__(parent)
        self._bridge = bridge
        self._selection = selection
        self._theme = theme
        self._possible: dict[QAction, Callable[[Situation], bool]] = {}
        self._acts: dict[str, QAction] = {}
        self._first = {command.name: idle_action(self, theme, command) for command in (FIND, CHECK_ALL)}
        for command, possible in FIRST_ACTS:
            action = self._first[command.name] = idle_action(self, theme, command)
            self._possible[action] = possible
        self.find, self.check_all = self._first[FIND.name], self._first[CHECK_ALL.name]
        self.add_key, self.transfer = (self._first[command.name] for command, _ in FIRST_ACTS)
        theme.dress(self.add_key, "plus", "on_fill")
        self._possible[self.check_all] = can_check_all
        self._enable()
        if complete:
            self.complete()

    def complete(self) -> None:
        """Make the other acts, and let all of them do what they are for."""
        from kraken_desk.ui.act_list import ACTS  # after the first painting

        for act in ACTS:
            name = act.command.name
            action = self._make(act.command, partial(self.act_requested.emit, name))
            self._acts[name] = action
            self._possible[action] = act.possible
        self.remove, self.rename = self.act("remove-key"), self.act("rename-account")
        self._make_direct()
        self._bridge.fleet_changed.connect(self._on_changed)
        self._bridge.work_changed.connect(self._on_changed)
        self._selection.changed.connect(self._on_changed)
        self._on_changed()

    def _make(self, command: Command, do: Callable[[], None]) -> QAction:
        """Return an act that calls `do`: one of the first, or a new one."""
        action = self._first.pop(command.name, None) or idle_action(self, self._theme, command)
        action.triggered.connect(lambda _checked=False: do())
        return action

    @property
    def situation(self) -> Situation:
        return Situation(
            self._bridge.fleet, self._selection.account_id, self._selection.slot_id, self._bridge.work
        )

    def act(self, name: str) -> QAction:
        """Return an act of the list by its name."""
        return self._acts[name]

    def about(self, subject: Subject) -> tuple[QAction, ...]:
        """Return the acts of the list about a subject, in the list's order."""
        from kraken_desk.ui.act_list import ACTS

        return tuple(self._acts[act.command.name] for act in ACTS if act.subject is subject)

    def all(self) -> tuple[QAction, ...]:
        """Return every action, so that a window can register their shortcuts."""
        return (self.find, self.check_all, self.check, self.copy_key, self.daily, *self._acts.values())

    def _make_direct(self) -> None:
        self._make(CHECK_ALL, self._bridge.check_all)
        self._make(FIND, self.find_requested.emit)
        self.check = self._make(CHECK, self._check_chosen)
        self.copy_key = self._make(COPY_KEY, self._copy_api_key)
        self.daily = self._make(DAILY, lambda: self._bridge.check_process_keys(self.daily.isChecked()))
        self.daily.setCheckable(True)
        self.daily.setChecked(self._bridge.desk.schedule.process_keys.value)
        self._bridge.schedule_changed.connect(self.daily.setChecked)
        self._possible |= {self.check: can_check, self.copy_key: a_key}

    def _check_chosen(self) -> None:
        """Check what is selected; a key with 2FA needs its code, which a dialog asks for."""
        key = self.situation.key
        if key is not None and key.slot.two_factor:
            self.act_requested.emit("one-time-password")
        else:
            self._bridge.check_keys(self.situation.chosen_keys)

    def _copy_api_key(self) -> None:
        key = self.situation.key
        if key is not None:
            from kraken_desk.ui.clipboard import clipboard_guard  # after the first painting

            clipboard_guard().copy(key.slot.api_key)

    def _on_changed(self) -> None:
        now = self._enable()
        number = len(now.chosen_keys)
        self.check.setText("Check now" if now.slot_id else f"Check {count(number, 'key')}")
        self.check.setIconText("Check now" if now.slot_id else "Check keys")

    def _enable(self) -> Situation:
        now = self.situation
        for action, possible in self._possible.items():
            action.setEnabled(possible(now))
        return now
