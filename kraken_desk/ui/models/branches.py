"""Branches: the accounts that the tree shows, each with its item in the rows' skeleton.

Only accounts are items; a key is an empty row below its account. An item costs as much as a hundred
keys, so another search takes over the items of accounts that it shows again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from operator import is_

from PySide6.QtGui import QStandardItem
from shiboken6 import delete

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.fleet import AccountNode, KeyNode
from kraken_desk.ui.models.fleet_rows import Column
from kraken_desk.ui.models.fleet_shape import Shape


class Branch:
    """An account that is shown, with its item, its keys and then the accounts below; the root has no node.

    The root has no item either. Qt makes that one, so Python is not told when it dies with its model, and
    a wrapper kept of it would be taken for whatever Qt puts at its address next.
    """

    __slots__ = ("below", "item", "keys", "node")

    def __init__(
        self,
        item: QStandardItem | None = None,
        node: AccountNode | None = None,
        keys: Iterable[KeyNode] = (),
        below: Iterable[Branch] = (),
    ) -> None:
        self.item, self.node = item, node
        self.keys, self.below = list(keys), list(below)

    def __len__(self) -> int:
        return len(self.keys) + len(self.below)

    def child(self, row: int) -> KeyNode | Branch:
        return self.keys[row] if row < len(self.keys) else self.below[row - len(self.keys)]

    def children(self) -> list[KeyNode | Branch]:
        return [*self.keys, *self.below]

    def walk(self) -> Iterator[Branch]:
        """Return this branch and all below, each before those below it."""
        waiting = [self]
        while waiting:
            branch = waiting.pop()
            yield branch
            waiting += reversed(branch.below)

    def shows(self, keys: Sequence[KeyNode], below: tuple[Shape, ...]) -> bool:
        """Say whether just these very keys and accounts stand here."""
        if len(self.keys) != len(keys) or len(self.below) != len(below):
            return False
        if not all(map(is_, self.keys, keys)):
            return False
        return all(
            child.node is shape.node and child.shows(shape.keys, shape.below)
            for child, shape in zip(self.below, below, strict=True)
        )


def branch_id(thing: Branch | Shape) -> AccountId:
    assert thing.node is not None
    return thing.node.account.account_id


def grown(shape: Shape) -> Branch:
    """Return a new branch with everything below it, in no model yet."""
    item = QStandardItem(len(shape.keys), len(Column))
    return _filled(item, shape, [grown(each) for each in shape.below])


def fitted(kept: Branch | None, shape: Shape) -> Branch:
    """Return a branch for a shape; `kept`, which must be in no model, gives all of its items that fit."""
    if kept is None:
        return grown(shape)
    if kept.below or shape.below:
        if [branch_id(child) for child in kept.below] != [branch_id(each) for each in shape.below]:
            return _regrown(kept, shape)
        for child, each in zip(kept.below, shape.below, strict=True):
            fitted(child, each)
    more, item = len(shape.keys) - len(kept.keys), item_of(kept)
    if more and not kept.below:
        item.setRowCount(len(shape.keys))
    elif more > 0:
        item.insertRows(0, more)
    elif more < 0:
        item.removeRows(0, -more)
    kept.node, kept.keys = shape.node, list(shape.keys)
    return kept


def _regrown(kept: Branch, shape: Shape) -> Branch:
    """Move the items of accounts that are shown again below a new one, and end the others with the old one.

    An item that was taken out of a model belongs to nobody; left to Python, it would never be deleted.
    """
    item, old = QStandardItem(len(shape.keys), len(Column)), item_of(kept)
    places = {branch_id(child): row for row, child in enumerate(kept.below)}
    below = []
    for each in shape.below:
        row = places.get(branch_id(each))
        if row is not None:
            old.takeChild(len(kept.keys) + row, 0)
        below.append(fitted(None if row is None else kept.below[row], each))
    delete(old)
    return _filled(item, shape, below)


def _filled(item: QStandardItem, shape: Shape, below: list[Branch]) -> Branch:
    if below:
        item.appendRows([item_of(each) for each in below])
    return Branch(item, shape.node, shape.keys, below)


def item_of(branch: Branch) -> QStandardItem:
    """Return the item of an account's branch; only the root has none."""
    assert branch.item is not None
    return branch.item
