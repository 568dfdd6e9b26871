"""DialogOpener: opens the dialogs with the doors of the services they need, and takes their results.

The dialogs' modules are imported when first opened: the window paints sooner without them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.badges import Badge, badges
from kraken_desk.domain.fleet import KeyNode
from kraken_desk.domain.keys import KeyId, Venue
from kraken_desk.domain.money import Asset
from kraken_desk.ui.asking import confirm
from kraken_desk.ui.bridge import Bridge
from kraken_desk.ui.selection import Selection
from kraken_desk.ui.theme import Theme
from kraken_desk.ui.widgets.question import Question

if TYPE_CHECKING:
    from kraken_desk.ui.dialogs.add_key import AddKeyDialog
    from kraken_desk.ui.dialogs.transfer_steps import TransferSteps

ASK_GROUP = "dialogs:remove-key"


class DialogOpener(QObject):
    """One dialog at a time, each modal to its window.

    Signals:
        transferred: a transfer was sent; the journal has its record.
    """

    transferred = Signal()

    def __init__(self, bridge: Bridge, selection: Selection, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._bridge, self._selection, self._theme, self._window = bridge, selection, theme, window

    def add_key(self) -> None:
        from kraken_desk.ui.dialogs.add_key import AddKeyDialog
        from kraken_desk.ui.dialogs.key_steps import KeySteps

        desk = self._bridge.desk
        steps = KeySteps(desk.keys.try_pair, desk.keys.add, desk.clock.now)
        dialog = AddKeyDialog(steps, desk.scope, desk.environment, self._theme, self._window)
        dialog.accepted.connect(lambda: self._on_key_added(dialog))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def transfer(self) -> None:
        from kraken_desk.ui.dialogs.transfer import TransferDialog
        from kraken_desk.ui.dialogs.transfer_steps import TransferStart

        desk = self._bridge.desk
        start = TransferStart(source=self._selection.account_id)
        dialog = TransferDialog(
            self._transfer_steps(), desk.scope, desk.environment, self._theme, start, self._window
        )
        dialog.accepted.connect(self.transferred)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def rename_account(self) -> None:
        from kraken_desk.ui.dialogs.rename import RenameAccountDialog

        desk = self._bridge.desk
        node = self._bridge.fleet.account(self._selection.account_id) if self._selection.account_id else None
        if node is None:
            return
        dialog = RenameAccountDialog(
            node.account, desk.fleet.rename_account, desk.scope, desk.environment, self._theme, self._window
        )
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def remove_key(self) -> None:
        """Ask first; the secret is deleted and cannot be brought back."""
        node = self._selected_key()
        if node is not None:
            self._bridge.start(ASK_GROUP, self._remove(node))

    async def _remove(self, node: KeyNode) -> None:
        name = node.slot.name
        question = Question(
            f"Remove “{name}”?",
            "Its secret is deleted from the keychain, and the key leaves this desk. At Kraken the key stays "
            "valid until you delete it there. The journal keeps its records.",
            f"Remove “{name}”",
            self._bridge.environment,
            danger=True,
        )
        if await confirm(self._window, question):
            self._bridge.remove_key(node.slot.slot_id)

    def _on_key_added(self, dialog: AddKeyDialog) -> None:
        if dialog.slot is not None:
            self._selection.select_key(dialog.slot.slot_id, dialog.slot.account_id)
            self._bridge.refresh_balances((dialog.slot.account_id,), automatic=True)

    def _transfer_steps(self) -> TransferSteps:
        from kraken_desk.ui.dialogs.transfer_steps import TransferSteps

        transfers = self._bridge.desk.transfers
        return TransferSteps(
            ends=transfers.ends,
            assets=transfers.assets,
            places=transfers.places,
            available=transfers.available,
            held=self._held,
            plan=transfers.plan,
            send=transfers.send,
            badges=self._badges,
        )

    def _held(self, account_id: AccountId, venue: Venue) -> tuple[Asset, ...]:
        sheet = self._bridge.balances.sheet(account_id, venue)
        rows = sheet.rows if sheet else ()
        return tuple(dict.fromkeys(row.asset for row in rows if row.total))

    def _badges(self, key_id: KeyId) -> tuple[Badge, ...]:
        node = self._bridge.fleet.key(key_id)
        info = node.check.info if node and node.check else None
        return badges(info.permissions) if info else ()

    def _selected_key(self) -> KeyNode | None:
        keys = self._bridge.fleet.keys()
        return next((k for k in keys if k.slot.slot_id == self._selection.slot_id), None)
