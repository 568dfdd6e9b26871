"""Dialogs about money."""

from __future__ import annotations

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.badges import Badge, badges
from kraken_desk.domain.keys import KeyId, Venue
from kraken_desk.domain.limits import Consent
from kraken_desk.domain.money import Asset
from kraken_desk.domain.transfers import TransferPlan, TransferRecord
from kraken_desk.ui.bridge import Bridge
from kraken_desk.ui.dialogs.transfer import TransferDialog
from kraken_desk.ui.dialogs.transfer_steps import TransferStart, TransferSteps
from kraken_desk.ui.kit import Kit

JOURNAL = "journal"


def transfer(kit: Kit) -> None:
    """Open the transfer dialog; when one was sent, the journal comes to the front."""
    desk = kit.bridge.desk
    start = TransferStart(source=kit.selection.account_id)
    dialog = TransferDialog(_steps(kit.bridge), desk.scope, desk.environment, kit.theme, start, kit.window)
    dialog.accepted.connect(lambda: kit.show_pane(JOURNAL))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def _steps(bridge: Bridge) -> TransferSteps:
    transfers = bridge.desk.transfers

    def held(account_id: AccountId, venue: Venue) -> tuple[Asset, ...]:
        sheet = bridge.balances.sheet(account_id, venue)
        rows = sheet.rows if sheet else ()
        return tuple(dict.fromkeys(row.asset for row in rows if row.total))

    def badges_of(key_id: KeyId) -> tuple[Badge, ...]:
        node = bridge.fleet.key(key_id)
        info = node.check.info if node and node.check else None
        return badges(info.permissions) if info else ()

    async def send(plan: TransferPlan, consent: Consent, otp: str) -> TransferRecord:
        return await transfers.send(plan, consent=consent, otp=otp)

    def two_factor(key_id: KeyId) -> bool:
        node = bridge.fleet.key(key_id)
        return node is not None and node.slot.two_factor

    return TransferSteps(
        ends=transfers.ends,
        assets=transfers.assets,
        places=transfers.places,
        available=transfers.available,
        held=held,
        plan=transfers.plan,
        send=send,
        badges=badges_of,
        two_factor=two_factor,
    )
