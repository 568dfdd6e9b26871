"""Places in the window, by ids: where a notification leads."""

from __future__ import annotations

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.keys import SlotId
from kraken_desk.domain.transfers import JournalId
from kraken_desk.domain.values import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """What to select, and the pane to bring to the front; no pane means the tree."""

    pane: str = ""
    account_id: AccountId | None = None
    slot_id: SlotId | None = None
    journal_id: JournalId | None = None


ANYWHERE = Place()
