"""What is selected, as ids; the one piece of visual state that panes share."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.fleet import FleetSnapshot
from kraken_desk.domain.keys import SlotId


class Selection(QObject):
    """The selected account or key. No account means the whole tree; a key implies its account.

    Signals:
        changed: another row is selected, or the selected one has left the fleet.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._account_id: AccountId | None = None
        self._slot_id: SlotId | None = None

    @property
    def account_id(self) -> AccountId | None:
        return self._account_id

    @property
    def slot_id(self) -> SlotId | None:
        return self._slot_id

    def select_account(self, account_id: AccountId | None) -> None:
        self._set(account_id, None)

    def select_key(self, slot_id: SlotId, account_id: AccountId) -> None:
        self._set(account_id, slot_id)

    def clear(self) -> None:
        self._set(None, None)

    def keep_within(self, fleet: FleetSnapshot) -> None:
        """Let go of what the fleet no longer has: of the key first, then of its account."""
        account_id, slot_id = self._account_id, self._slot_id
        if account_id is not None and fleet.account(account_id) is None:
            account_id, slot_id = None, None
        keys = fleet.keys()
        if all(node.slot.slot_id != slot_id for node in keys):
            slot_id = None
        self._set(account_id, slot_id)

    def _set(self, account_id: AccountId | None, slot_id: SlotId | None) -> None:
        if (account_id, slot_id) != (self._account_id, self._slot_id):
            self._account_id, self._slot_id = account_id, slot_id
            self.changed.emit()
