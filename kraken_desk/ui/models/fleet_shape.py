"""What of the fleet the tree shows, and in which order: filter and sorting as plain functions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.fleet import AccountNode, FleetSnapshot, KeyNode
from kraken_desk.domain.values import dataclass
from kraken_desk.ui.models.fleet_rows import Column, cell_of

if TYPE_CHECKING:
    from kraken_desk.domain.search import Query, Sieve


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

    def places(self, keys: Sequence[KeyNode], now: datetime) -> list[int]:
        """Return where the keys stand now, in their new order; what cells are sorted by has no age."""
        column, places = self.column, list(range(len(keys)))
        if column is not None:
            values = [cell_of(key, column, now).sort for key in keys]
            places.sort(key=values.__getitem__, reverse=self.descending)
        return places


class FleetTexts:
    """The prepared texts of keys and accounts, kept for as long as they are true."""

    def __init__(self) -> None:
        self._accounts: dict[AccountId, AccountTexts] = {}

    def of(self, node: AccountNode) -> AccountTexts:
        account_id = node.account.account_id
        kept = self._accounts.get(account_id)
        if kept is None or kept.node is not node:
            kept = self._accounts[account_id] = _prepared(node, kept)
        return kept

    def prepare(self, fleet: FleetSnapshot, most: int) -> bool:
        """Prepare the texts of at most so many accounts; True when some are left."""
        for node in fleet.accounts():
            kept = self._accounts.get(node.account.account_id)
            if kept is None or kept.node is not node:
                if not most:
                    return True
                self.of(node)
                most -= 1
        return False


@dataclass(frozen=True, slots=True)
class AccountTexts:
    """What free words are looked for in: the text of an account and those of its own keys, in their order."""

    node: AccountNode
    account: str
    keys: tuple[str, ...]


def _prepared(node: AccountNode, before: AccountTexts | None) -> AccountTexts:
    from kraken_desk.domain.search_text import account_text, key_text

    label, known = node.account.label, {}
    if before is not None and before.node.account.label == label:
        known = {id(key): text for key, text in zip(before.node.keys, before.keys, strict=True)}
    texts = tuple([known.get(id(key)) or key_text(key, label) for key in node.keys])
    return AccountTexts(node, account_text(node.account), texts)


class FleetOrder:
    """The places of keys in the chosen order, kept for as long as their account stands as it is."""

    def __init__(self) -> None:
        self._order = Order()
        self._accounts: dict[AccountId, tuple[AccountNode, list[int]]] = {}

    def places(self, node: AccountNode, order: Order, now: datetime) -> list[int]:
        """Return where the keys of an account stand in the fleet, in the order in which they are shown."""
        if order != self._order:
            self._order, self._accounts = order, {}
        account_id = node.account.account_id
        kept = self._accounts.get(account_id)
        if kept is None or kept[0] is not node:
            kept = self._accounts[account_id] = node, order.places(node.keys, now)
        return kept[1]


class FleetShapes:
    """Finds out what of a fleet to show; what was prepared for the last look serves the next one."""

    def __init__(self) -> None:
        self._texts = FleetTexts()
        self._orders = FleetOrder()

    def prepare(self, fleet: FleetSnapshot, most: int) -> bool:
        """Prepare some accounts for the next search; True when some are left."""
        return self._texts.prepare(fleet, most)

    def of(self, fleet: FleetSnapshot, query: Query | None, order: Order, now: datetime) -> tuple[Shape, ...]:
        """Return the accounts to show; without a query everything is.

        A key is shown when it is asked for, or when an account that it stands on or below is; an
        account when it is asked for or something on or below it is shown.
        """
        sieve = None if query is None else query.sieve(now)
        found = (self._shape(node, sieve, order, now) for node in fleet.masters)
        return tuple(shape for shape in found if shape is not None)

    def _shape(self, node: AccountNode, sieve: Sieve | None, order: Order, now: datetime) -> Shape | None:
        """Return an account as it is shown; without a sieve it is shown whole."""
        if sieve is None:
            keys = self._ordered(node, order, now)
        else:
            texts = self._texts.of(node)
            if sieve.finds_account(node.account, texts.account):
                sieve, keys = None, self._ordered(node, order, now)
            else:
                keys = self._sifted(node, texts, sieve, order, now)
        below: tuple[Shape, ...] = ()
        if node.subaccounts:
            shapes = [self._shape(each, sieve, order, now) for each in node.subaccounts]
            below = tuple([shape for shape in shapes if shape is not None])
        return Shape(node, keys, below) if sieve is None or keys or below else None

    def _ordered(self, node: AccountNode, order: Order, now: datetime) -> Sequence[KeyNode]:
        if order.column is None:
            return node.keys
        return [node.keys[place] for place in self._orders.places(node, order, now)]

    def _sifted(
        self, node: AccountNode, texts: AccountTexts, sieve: Sieve, order: Order, now: datetime
    ) -> Sequence[KeyNode]:
        if order.column is None:
            return sieve.sift(node.account, node.keys, texts.keys)
        places = self._orders.places(node, order, now)
        keys = [node.keys[place] for place in places]
        return sieve.sift(node.account, keys, [texts.keys[place] for place in places])
