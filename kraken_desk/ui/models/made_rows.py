"""MadeRows: the rows that were drawn, kept for as long as they say the truth.

A fleet may have 20,000 keys and a window shows forty, so a row is made when it is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.fleet import AccountNode, FleetSnapshot, KeyNode
from kraken_desk.domain.keys import SlotId
from kraken_desk.ui.models.fleet_rows import (
    AccountRow,
    KeyRow,
    account_row,
    aged,
    key_row,
    refigured,
    scored,
)
from kraken_desk.ui.steps import Steps

if TYPE_CHECKING:  # there are neither figures nor scores when a tree is first painted
    from kraken_desk.domain.audit.findings import Score
    from kraken_desk.domain.prices import Rates
    from kraken_desk.domain.worth import Worth
    from kraken_desk.ui.models.fleet_figures import Sheets, TreeWorths, Worths

MOST_KEPT = 500
"""More key rows than a few screens are not let age one by one, but made anew."""


class MadeRows:
    """Makes rows and remembers them by what they were made of.

    `held` and `rates` are what accounts are valued by; a change shows with the next `refigured`.
    """

    def __init__(self) -> None:
        self._keys: dict[SlotId, tuple[KeyNode, KeyRow]] = {}
        self._accounts: dict[AccountId, tuple[AccountNode, AccountRow]] = {}
        self._worths: Worths = {}
        self._tree_worths: TreeWorths | None = None
        self._scores: Mapping[str, Score] = {}
        self._told: Worths = {}  # what each row that was made tells of
        self._rescored: set[AccountId] = set()
        self._refigured: set[AccountId] = set()
        self.held: Sheets = {}
        self.rates: Rates | None = None

    def of_key(self, node: KeyNode, now: datetime) -> KeyRow:
        """Return a key's row, the last one when nothing has changed; `age` lets it age."""
        kept = self._keys.get(node.slot.slot_id)
        if kept is not None and (kept[0] is node or kept[0] == node):
            return kept[1]
        row = scored(key_row(node, now), self._scores.get(node.slot.slot_id))
        self._keys[node.slot.slot_id] = node, row
        return row

    def of_account(self, node: AccountNode) -> AccountRow:
        account_id = node.account.account_id
        kept = self._accounts.get(account_id)
        if kept is not None and kept[0] is node:
            return kept[1]
        row = self._account_row(node)
        self._accounts[account_id] = node, row
        self._note_told(account_id, self._worths.get(account_id))
        return row

    def account_changed(self, node: AccountNode) -> bool:
        """Say whether an account's row reads otherwise than when it was drawn."""
        kept = self._accounts.get(node.account.account_id)
        return kept is not None and kept[1] != self.of_account(node)

    def refigured(self, fleet: FleetSnapshot) -> Steps[None]:
        """Value what is held now, an account at a time; `take_refigured` tells which rows read otherwise."""
        self._worths = yield from self._valued(fleet)
        for account_id in tuple(self._accounts):
            if self._refigure(account_id):
                yield

    def take_refigured(self) -> frozenset[AccountId]:
        """Return the accounts whose rows have to be drawn anew; each is told once."""
        told, self._refigured = frozenset(self._refigured), set()
        return told

    def _refigure(self, account_id: AccountId) -> bool:
        """Make an account's row anew where its worth or score has changed; says whether that took time."""
        worth, rescored = self._worths.get(account_id), account_id in self._rescored
        kept = self._accounts.get(account_id)
        if kept is None or (worth is not None and worth is self._told.get(account_id) and not rescored):
            return False
        node, row = kept
        figured = self._account_row(node) if worth is None or rescored else refigured(row, worth)
        self._note_told(account_id, worth)
        if figured != row:
            self._accounts[account_id] = node, figured
            self._refigured.add(account_id)
        return True

    def _note_told(self, account_id: AccountId, worth: Worth | None) -> None:
        self._rescored.discard(account_id)
        if worth is not None:
            self._told[account_id] = worth
        else:
            self._told.pop(account_id, None)

    def _valued(self, fleet: FleetSnapshot) -> Steps[Worths]:
        if self.rates is None:
            return {}
        if self._tree_worths is None:
            from kraken_desk.ui.models.fleet_figures import TreeWorths

            self._tree_worths = TreeWorths()
        return (yield from self._tree_worths.steps(fleet, self.held, self.rates))

    def _account_row(self, node: AccountNode) -> AccountRow:
        account_id = node.account.account_id
        worth, score = self._worths.get(account_id), self._scores.get(account_id)
        return account_row(node, self.held.get(account_id, ()), worth, score)

    def rescore(self, scores: Mapping[str, Score]) -> None:
        """Take over other health scores; accounts show them with the next `refigured`."""
        self._scores, self._rescored = scores, set(self._accounts)
        self._keys.clear()

    def age(self, now: datetime) -> bool:
        """Let the ages grow; True when a row reads otherwise now."""
        if len(self._keys) > MOST_KEPT:
            self._keys.clear()
            return True
        grown = False
        for slot_id, (node, row) in tuple(self._keys.items()):
            older = aged(row, node, now)
            if older is not row:
                self._keys[slot_id] = node, older
                grown = True
        return grown

    def keep_within(self, fleet: FleetSnapshot) -> None:
        """Forget accounts that are gone; keys are forgotten by age."""
        there = {node.account.account_id for node in fleet.accounts()}
        self._accounts = {key: kept for key, kept in self._accounts.items() if key in there}
        self._told = {key: worth for key, worth in self._told.items() if key in there}
