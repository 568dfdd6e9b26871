"""Dialogs about keys and accounts."""

from __future__ import annotations

from kraken_desk.domain.fleet import KeyNode
from kraken_desk.ui.asking import confirm
from kraken_desk.ui.dialogs.add_key import AddKeyDialog
from kraken_desk.ui.dialogs.guided_key import GuidedKey
from kraken_desk.ui.dialogs.key_steps import KeySteps
from kraken_desk.ui.dialogs.rename import RenameAccountDialog, RenameDialog, RenameKeyDialog
from kraken_desk.ui.kit import Kit
from kraken_desk.ui.views.audit_facts import ability_of
from kraken_desk.ui.widgets.question import Question

ASK_GROUP = "dialogs:remove-key"


def add_key(kit: Kit) -> None:
    add_guided_key(kit, None)


def add_guided_key(kit: Kit, asked: GuidedKey | None) -> None:
    """Open the dialog that adds a key; with what a guide asked for, it is compared with that."""
    desk = kit.bridge.desk
    steps = KeySteps(desk.keys.try_pair, desk.keys.add, desk.clock.now, lambda: desk.roles.table.value)
    dialog = AddKeyDialog(steps, desk.scope, desk.environment, kit.theme, kit.window, asked=asked)
    dialog.accepted.connect(lambda: _on_key_added(kit, dialog))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def rename(kit: Kit) -> None:
    """Rename what is selected: the key, or else the account."""
    if kit.situation.key is not None:
        rename_key(kit)
    else:
        rename_account(kit)


def rename_key(kit: Kit) -> None:
    desk, node = kit.bridge.desk, kit.situation.key
    if node is not None:
        can = ability_of(kit.bridge.fleet, node.slot.key_id)
        _open(
            RenameKeyDialog(
                node.slot, desk.keys.rename, desk.scope, desk.environment, kit.theme, kit.window, can=can
            )
        )


def rename_account(kit: Kit) -> None:
    desk, node = kit.bridge.desk, kit.situation.account
    if node is not None:
        _open(
            RenameAccountDialog(
                node.account, desk.fleet.rename_account, desk.scope, desk.environment, kit.theme, kit.window
            )
        )


def _open(dialog: RenameDialog) -> None:
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def remove_key(kit: Kit) -> None:
    """Ask first; the secret is deleted and cannot be brought back."""
    node = kit.situation.key
    if node is not None:
        kit.bridge.start(ASK_GROUP, _remove(kit, node))


async def _remove(kit: Kit, node: KeyNode) -> None:
    name = node.slot.name
    can = f"{ability_of(kit.bridge.desk.fleet.snapshot.value, node.slot.key_id)} "
    question = Question(
        f"Remove “{name}”?",
        f"{can.lstrip()}Its secret is deleted from the keychain, and the key leaves this desk. At Kraken the "
        "key stays valid until you delete it there. The journal keeps its records.",
        f"Remove “{name}”",
        kit.bridge.environment,
        danger=True,
    )
    if await confirm(kit.window, question):
        kit.bridge.remove_key(node.slot.slot_id)


def _on_key_added(kit: Kit, dialog: AddKeyDialog) -> None:
    if dialog.slot is not None:
        kit.selection.select_key(dialog.slot.slot_id, dialog.slot.account_id)
        kit.bridge.refresh_balances((dialog.slot.account_id,), automatic=True)
