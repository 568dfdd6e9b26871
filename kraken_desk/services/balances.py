"""Balances: read by each account's own monitor key, kept with their age when a reading fails.

A Futures master is shown its subaccounts' wallets, so its key stands in for subaccounts without
a key of the desk's own. Spot shows a master nothing of the kind.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.balances import Balance, BalanceSheet, BalancesSnapshot
from kraken_desk.domain.desk_keys import monitor_key, why_no_key
from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import KrakenDeskError
from kraken_desk.domain.fleet import AccountNode, KeyNode
from kraken_desk.domain.keys import KeySlot, Problem, Venue
from kraken_desk.services.fleet import FleetService
from kraken_desk.services.keys import KeysService, problem_of
from kraken_desk.services.ports import Clock
from kraken_desk.services.topics import Topic

NO_KEY = "NoKey"
"""Category of a sheet that no key can read: not a failure, but nothing to show either."""


class BalancesService:
    """Keeps one sheet per account and venue; a failed reading keeps the old rows, marked stale."""

    def __init__(
        self,
        environment: Environment,
        fleet: FleetService,
        keys: KeysService,
        venues: tuple[Venue, ...],
        clock: Clock,
    ) -> None:
        self._fleet = fleet
        self._keys = keys
        self._venues = venues
        self._clock = clock
        self._sheets: dict[tuple[AccountId, Venue], BalanceSheet] = {}
        self._readings = 0
        self.snapshot: Topic[BalancesSnapshot] = Topic(BalancesSnapshot(environment.name))

    async def refresh(
        self, account_ids: tuple[AccountId, ...] | None = None, *, automatic: bool = False
    ) -> BalancesSnapshot:
        """Read the balances of some or all accounts, accounts side by side.

        With `automatic` (a timer asks, not a person) only the desk's own keys are used. Failures
        end up in the sheets, never as exceptions.
        """
        wanted = [
            node
            for node in self._fleet.snapshot.value.accounts()
            if account_ids is None or node.account.account_id in account_ids
        ]
        self._readings += 1
        self._publish()
        try:
            async with asyncio.TaskGroup() as group:
                for venue in self._venues:
                    orphans = [n for n in wanted if self._key_of(n, venue, automatic=automatic) is None]
                    group.create_task(self._read_orphans(orphans, venue, automatic=automatic))
                    for node in wanted:
                        if node not in orphans:
                            group.create_task(self._read(node, venue, automatic=automatic))
        finally:
            self._readings -= 1
            self._forget_removed()
            self._publish()
        return self.snapshot.value

    def _key_of(self, node: AccountNode, venue: Venue, *, automatic: bool) -> KeyNode | None:
        return monitor_key(node.keys, venue, self._clock.now(), automatic=automatic)

    async def _read(self, node: AccountNode, venue: Venue, *, automatic: bool) -> None:
        key = self._key_of(node, venue, automatic=automatic)
        if key is None:
            return
        place, old = self._begin(node, venue)
        sheet = old
        try:
            sheet = await self._read_with(key.slot, old)
        except KrakenDeskError as error:
            sheet = replace(old, problem=problem_of(error), source=key.slot.key_id)
        finally:
            self._sheets[place] = sheet
        self._publish()

    async def _read_with(self, slot: KeySlot, old: BalanceSheet) -> BalanceSheet:
        rows = await self._keys.gateway(slot.venue).balances(self._keys.signer_of(slot))
        return self._sheet(old, rows, slot)

    async def _read_orphans(self, nodes: list[AccountNode], venue: Venue, *, automatic: bool) -> None:
        """Read accounts without a key of the desk's own through the master, where the venue allows it."""
        seen = [n for n in nodes if n.account.futures_uid and not n.account.is_master]
        master = self._master_key(venue, automatic=automatic) if venue is Venue.FUTURES and seen else None
        if master is None:
            for node in nodes:
                self._note_missing_key(node, venue, automatic=automatic)
            return
        begun = [(node, *self._begin(node, venue)) for node in seen]
        sheets = {place: old for _, place, old in begun}
        try:
            signer = self._keys.signer_of(master.slot)
            shown = await self._keys.gateway(venue).linked_balances(signer)
            for node, place, old in begun:
                rows = shown.get(node.account.futures_uid or "")
                if rows is not None:
                    sheets[place] = self._sheet(old, rows, master.slot)
        except KrakenDeskError as error:
            for _, place, old in begun:
                sheets[place] = replace(old, problem=problem_of(error), source=master.slot.key_id)
        finally:
            self._sheets.update(sheets)
        for node in nodes:
            if self._sheets.get((node.account.account_id, venue), _EMPTY).as_of is None:
                self._note_missing_key(node, venue, automatic=automatic)
        self._publish()

    def _master_key(self, venue: Venue, *, automatic: bool) -> KeyNode | None:
        masters = [n for n in self._fleet.snapshot.value.accounts() if n.account.is_master]
        found = (self._key_of(node, venue, automatic=automatic) for node in masters)
        return next((key for key in found if key is not None), None)

    def _begin(self, node: AccountNode, venue: Venue) -> tuple[tuple[AccountId, Venue], BalanceSheet]:
        """Mark a sheet as being read; return its place and what it held before."""
        place = (node.account.account_id, venue)
        old = self._sheets.get(place, BalanceSheet(node.account.account_id, venue))
        old = replace(old, refreshing=False)
        self._sheets[place] = replace(old, refreshing=True)
        return place, old

    def _sheet(self, old: BalanceSheet, rows: tuple[Balance, ...], slot: KeySlot) -> BalanceSheet:
        return BalanceSheet(old.account_id, old.venue, rows, self._clock.now(), slot.key_id)

    def _note_missing_key(self, node: AccountNode, venue: Venue, *, automatic: bool) -> None:
        place = (node.account.account_id, venue)
        old = self._sheets.get(place, BalanceSheet(node.account.account_id, venue))
        if old.problem is not None and old.problem.category != NO_KEY:
            return
        if automatic and old.as_of is not None:
            return
        if venue is Venue.FUTURES and not any(k.slot.venue is venue for k in node.keys):
            # Futures is optional: an account without a Futures key shows no empty sheet for it
            self._sheets.pop(place, None)
            return
        reason = why_no_key(node.keys, venue, "read balances")
        self._sheets[place] = replace(old, problem=Problem(NO_KEY, "No key reads these balances", reason))

    def _forget_removed(self) -> None:
        known = {node.account.account_id for node in self._fleet.snapshot.value.accounts()}
        self._sheets = {place: sheet for place, sheet in self._sheets.items() if place[0] in known}

    def _publish(self) -> None:
        order = [node.account.account_id for node in self._fleet.snapshot.value.accounts()]
        sheets = sorted(
            (s for s in self._sheets.values() if s.account_id in order),
            key=lambda s: (order.index(s.account_id), self._venues.index(s.venue)),
        )
        self.snapshot.publish(
            BalancesSnapshot(self.snapshot.value.environment, tuple(sheets), refreshing=self._readings > 0)
        )


_EMPTY = BalanceSheet(AccountId(""), Venue.SPOT)
