"""The dialog that hands a key over to a process."""

from __future__ import annotations

from dataclasses import replace

from kraken_desk.domain.errors import HandOverError
from kraken_desk.domain.fleet import KeyNode
from kraken_desk.domain.handover_form import HandOver
from kraken_desk.services.handing_over import refuse_the_desks_own, refuse_what_would_fail
from kraken_desk.ui.dialogs.hand_over import HandOverDialog, HandOverStart
from kraken_desk.ui.kit import Kit


def hand_over(kit: Kit) -> None:
    """Open the dialog for the selected key; it keeps the way with the slot."""
    node = kit.situation.key
    if node is None:
        return
    desk = kit.bridge.desk
    slot_id = node.slot.slot_id

    async def keep(way: HandOver) -> None:
        await desk.fleet.save_slot(replace(desk.fleet.slot(slot_id), hand_over=way))

    account = kit.situation.account
    kind = account.account.kind if account is not None else None
    start = HandOverStart(node, desk.home, _refusal(kit, node), kind)
    dialog = HandOverDialog(start, keep, desk.scope, desk.environment, kit.theme, kit.window)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def _refusal(kit: Kit, node: KeyNode) -> HandOverError | None:
    """Return why the key would be refused at its process, as far as is known."""
    try:
        refuse_the_desks_own(node.slot)
        refuse_what_would_fail(node.slot, node.check, kit.bridge.now())
    except HandOverError as error:
        return error
    return None
