"""The acts that open a dialog, in the order of the menus: one line per act.

How to add an act with its dialog:

1. Write a function that takes the Kit (ui/kit.py) and opens the dialog: in the dialog's own module as
   `open_dialog(kit)`, or beside its kin in ui/openers. It builds the dialog with the doors of the
   services it needs (kit.bridge.desk…), `kit.window` as parent, connects `finished` to `deleteLater`
   and calls `open()`; it never waits.
2. Add one line to ACTS: the command (name, words, tip, icon, shortcut), its subject, the function by
   module and name (it is imported when the act is used for the first time, so that the window's first
   paint does not pay for it), and when it is possible (ui/situation.py).

The act is then in the menu of the window, its shortcut works everywhere, acts about a key are in the
key's context menu, acts about an account in the account's. Widgets get it by
`DeskActions.act(name)`. The tests of this list import every function and refuse a shortcut given twice.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from kraken_desk.domain.values import dataclass
from kraken_desk.ui.commands import ADD_KEY, TRANSFER, Command
from kraken_desk.ui.situation import (
    Situation,
    a_futures_subaccount,
    a_key,
    a_processes_key,
    a_row,
    a_spot_key,
    always,
    an_account,
    any_accounts,
    any_keys,
    can_remove,
    no_accounts,
    not_the_demo,
    restorable,
    two_accounts,
)

__all__ = ["ACTS", "Act", "Subject", "a_key", "always"]


class Subject(Enum):
    """What acts are about, with the word of their menu."""

    KEY = "Key"
    ACCOUNT = "Account"
    MONEY = "Money"
    DESK = "Desk"


@dataclass(frozen=True, slots=True)
class Act:
    """`opener` is `module:function` of the function that takes the Kit and opens the dialog."""

    command: Command
    subject: Subject
    opener: str
    possible: Callable[[Situation], bool] = always


_AUDITING = "kraken_desk.ui.openers.auditing"
_FIRST_RUN = "kraken_desk.ui.openers.first_run"
_KEYS = "kraken_desk.ui.openers.keys"
_PLANS = "kraken_desk.ui.openers.plans"
_ROLES = "kraken_desk.ui.openers.roles"
_TREASURY = "kraken_desk.ui.openers.treasury"

ACTS: tuple[Act, ...] = (
    Act(
        Command("palette", "Commands…", "Do or find anything by a few letters", "search", "Ctrl+K"),
        Subject.DESK,
        "kraken_desk.ui.dialogs.palette:open_dialog",
    ),
    Act(
        Command(
            "settings",
            "Settings…",
            "Appearance (dark, light), shortcuts, locking, notifications",
            shortcut="Ctrl+,",
        ),
        Subject.DESK,
        "kraken_desk.ui.dialogs.settings:open_dialog",
    ),
    Act(
        Command("doctor", "Examine…", "Keychain, secrets, database, journal, clock, reachability, display"),
        Subject.DESK,
        "kraken_desk.ui.openers.upkeep:examine",
    ),
    Act(
        Command("help", "Help", "Explain what the keyboard is on", "question", "F1"),
        Subject.DESK,
        "kraken_desk.ui.guide.opening:help_here",
    ),
    Act(
        Command("guide", "User guide…", "How everything is done: environments, backups, leaked keys …"),
        Subject.DESK,
        "kraken_desk.ui.guide.opening:open_guide",
    ),
    Act(
        ADD_KEY,
        Subject.DESK,
        f"{_KEYS}:add_key",
    ),
    Act(
        Command("first-key", "Add a first key…", "What to tick at Kraken, then paste the key"),
        Subject.DESK,
        f"{_FIRST_RUN}:first_key",
        no_accounts,
    ),
    Act(
        Command("open-demo", "Open the demo", "A made-up exchange on this machine; nothing of it is kept"),
        Subject.DESK,
        f"{_FIRST_RUN}:open_demo",
        not_the_demo,
    ),
    Act(
        Command("restore-backup", "Restore a backup…", "Bring back a profile from a sealed file"),
        Subject.DESK,
        f"{_FIRST_RUN}:restore_backup",
        restorable,
    ),
    Act(
        Command("key-guide", "Guide to a new key…", "The exact values for Kraken's form", "", "Ctrl+Shift+N"),
        Subject.DESK,
        f"{_AUDITING}:guide",
        any_accounts,
    ),
    Act(
        Command("export-report", "Export report…", "The audit as a file", "", "Ctrl+Shift+E"),
        Subject.DESK,
        f"{_AUDITING}:export_report",
    ),
    Act(
        Command("promote-key", "Promote…", "What of this key was rehearsed for a higher environment"),
        Subject.KEY,
        f"{_AUDITING}:promote",
        a_processes_key,
    ),
    Act(
        Command("rename-key", "Rename…", "Give the key another name"),  # F2 is the account's act, for both
        Subject.KEY,
        f"{_KEYS}:rename_key",
        a_key,
    ),
    Act(
        Command("key-role", "Role…", "Say what this key is for, and see what the role needs"),
        Subject.KEY,
        f"{_ROLES}:key_role",
        a_key,
    ),
    Act(
        Command("key-process", "Process…", "Say which process uses this key, and its client library"),
        Subject.KEY,
        "kraken_desk.ui.dialogs.key_process:open_dialog",
        a_key,
    ),
    Act(
        Command("roles", "Roles…", "Change what each role needs, or take the roles of a file"),
        Subject.DESK,
        f"{_ROLES}:edit_roles",
    ),
    Act(
        Command("hand-over", "Hand over…", "Start a process with this key", "key", "Ctrl+H"),
        Subject.KEY,
        "kraken_desk.ui.openers.handing_over:hand_over",
        a_processes_key,
    ),
    Act(
        Command("rotate-key", "Rotate…", "Replace this key by a new one, step by step", "refresh"),
        Subject.KEY,
        "kraken_desk.ui.dialogs.rotation:open_dialog",
        a_key,
    ),
    Act(
        Command("one-time-password", "One-time password…", "Say whether the key has 2FA; check it by a code"),
        Subject.KEY,
        "kraken_desk.ui.dialogs.code:open_dialog",
        a_spot_key,
    ),
    Act(
        Command("remove-key", "Remove…", "Forget this key and delete its secret", "trash"),
        Subject.KEY,
        f"{_KEYS}:remove_key",
        can_remove,
    ),
    Act(
        Command("rename-account", "Rename…", "Give the account or key another name", shortcut="F2"),
        Subject.ACCOUNT,
        f"{_KEYS}:rename",
        a_row,
    ),
    Act(
        Command("account", "Account…", "Name, strategy tags and a note of the account"),
        Subject.ACCOUNT,
        "kraken_desk.ui.dialogs.account:open_dialog",
        an_account,
    ),
    Act(
        Command("trading", "Futures trading…", "Show and switch whether the subaccount may trade"),
        Subject.ACCOUNT,
        "kraken_desk.ui.dialogs.trading:open_dialog",
        a_futures_subaccount,
    ),
    Act(
        Command("new-subaccount", "New Spot subaccount…", "Ask Kraken to create one; for institutions"),
        Subject.DESK,
        "kraken_desk.ui.dialogs.new_subaccount:open_dialog",
        any_keys,
    ),
    Act(
        Command("link-subaccount", "Link subaccount…", "Link a Futures subaccount, as a checklist"),
        Subject.DESK,
        "kraken_desk.ui.dialogs.linking:open_dialog",
    ),
    Act(
        Command(
            "stop",
            "Stop everything…",
            "Disable trading, end processes, list the keys to delete",
            "warning",
            "Ctrl+Shift+S",
        ),
        Subject.DESK,
        "kraken_desk.ui.dialogs.stop:open_dialog",
        any_keys,
    ),
    Act(
        TRANSFER,
        Subject.MONEY,
        f"{_TREASURY}:transfer",
        two_accounts,
    ),
    Act(
        Command(
            "transfer-legs",
            "Transfer between wallets…",
            "From any wallet to any other, leg by leg: Spot, Futures cash, flex and single-collateral",
        ),
        Subject.MONEY,
        f"{_PLANS}:transfer_between_wallets",
        two_accounts,
    ),
    Act(
        Command("sweep", "Sweep…", "Bring what is free home, leg by leg", "transfer", "Ctrl+Shift+T"),
        Subject.MONEY,
        f"{_TREASURY}:sweep",
        two_accounts,
    ),
    Act(
        Command("plans", "Plans…", "Sweeps and transfers of several legs: look at them, continue, forget"),
        Subject.MONEY,
        f"{_PLANS}:plans",
    ),
    Act(
        Command("limits", "Limits…", "Rules about moving money, and the read-only switch"),
        Subject.MONEY,
        f"{_TREASURY}:limits",
    ),
)
