"""Dialogs about roles."""

from __future__ import annotations

from kraken_desk.ui.dialogs.role import RoleDialog
from kraken_desk.ui.dialogs.roles import RolesDialog
from kraken_desk.ui.kit import Kit

LOAD_GROUP = "roles:load"


def key_role(kit: Kit) -> None:
    """Choose the role of the selected key among the roles as they are now."""
    node, account = kit.situation.key, kit.situation.account
    if node is None:
        return
    desk = kit.bridge.desk
    kind = account.account.kind if account is not None else None

    async def work() -> None:
        roles = await desk.roles.load()
        dialog = RoleDialog(
            node, kind, roles, desk.keys.set_role, desk.scope, desk.environment, kit.theme, kit.window
        )
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    kit.bridge.start(LOAD_GROUP, work(), replace=True)


def edit_roles(kit: Kit) -> None:
    """Show and change what the roles need."""
    desk = kit.bridge.desk

    async def work() -> None:
        await desk.roles.load()
        dialog = RolesDialog(desk.roles, desk.scope, desk.environment, kit.theme, kit.window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    kit.bridge.start(LOAD_GROUP, work(), replace=True)
