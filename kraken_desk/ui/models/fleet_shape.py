"""What of the fleet the tree shows, and in which order: filter and sorting as plain functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.fleet import AccountNode, FleetSnapshot, KeyNode
from kraken_desk.domain.keys import SlotId
from kraken_desk.ui.models.fleet_rows import Column, cell_of

if TYPE_CHECKING:
    from kraken_desk.domain.search import Query, TextOf


@dataclass(frozen=True, slots=True)
class Shape:
    """An account as it is shown: its keys in the chosen order, then the accounts below."""

    node: AccountNode
    keys: Sequence[KeyNode]
    below: tuple[Shape, ...] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """How keys stand below their account; without a column as the fleet has them."""

    column: Column | None = None
    descending: bool = False

    def of(self, keys: Sequence[KeyNode], now: datetime) -> Sequence[KeyNode]:
        column = self.column
        if column is None:
            return keys
        return sorted(keys, key=lambda key: cell_of(key, column, now).sort, reverse=self.descending)


class FleetTexts:
    """The prepared texts of keys and accounts, kept for as long as they are true."""

    def __init__(self) -> None:
        self._accounts: dict[AccountId, tuple[AccountNode, str, dict[SlotId, str]]] = {}

    def of(self, node: AccountNode) -> tuple[str, TextOf]:
        """Return an account's text and where those of its own keys are read."""
        kept = self._accounts.get(node.account.account_id)
        if kept is None or kept[0] is not node:
            kept = self._prepared(node, kept)
            self._accounts[node.account.account_id] = kept
        texts = kept[2]
        return kept[1], lambda key: texts[key.slot.slot_id]

    def prepare(self, fleet: FleetSnapshot, most: int) -> bool:
        """Prepare the texts of at most so many accounts; True when some are left."""
        for node in fleet.accounts():
            kept = self._accounts.get(node.account.account_id)
            if kept is None or kept[0] is not node:
                if not most:
                    return True
                self.of(node)
                most -= 1
        return False

    @staticmethod
    def _prepared(
        node: AccountNode, before: tuple[AccountNode, str, dict[SlotId, str]] | None
    ) -> tuple[AccountNode, str, dict[SlotId, str]]:
        from kraken_desk.domain.search_text import account_text, key_text

        label, known = node.account.label, {}
        if before is not None and before[0].account.label == label:
            known = {id(key): before[2][key.slot.slot_id] for key in before[0].keys}
        texts = {key.slot.slot_id: known.get(id(key)) or key_text(key, label) for key in node.keys}
        return node, account_text(node.account), texts


@dataclass(frozen=True, slots=True)
class View:
    """What is asked for and how it is sorted; `query` None asks for everything."""

    query: Query | None = None
    order: Order = Order()

    def shapes(self, fleet: FleetSnapshot, texts: FleetTexts, now: datetime) -> tuple[Shape, ...]:
        """Return the accounts to show.

        A key is shown when it is asked for, or when an account that it stands on or below is; an
        account when it is asked for or something on or below it is shown.
        """
        found = (self._shape(node, texts, now, whole=self.query is None) for node in fleet.masters)
        return tuple(shape for shape in found if shape is not None)

    def _shape(self, node: AccountNode, texts: FleetTexts, now: datetime, *, whole: bool) -> Shape | None:
        keys: Sequence[KeyNode] = node.keys
        if self.query is not None and not whole:
            account_text, text_of = texts.of(node)
            whole = self.query.finds_account(node.account, account_text)
            if not whole:
                keys = self.query.sift(keys, node.account, text_of, now)
        below = tuple(
            shape
            for each in node.subaccounts
            if (shape := self._shape(each, texts, now, whole=whole)) is not None
        )
        if not (whole or keys or below):
            return None
        return Shape(node, self.order.of(keys, now), below)
