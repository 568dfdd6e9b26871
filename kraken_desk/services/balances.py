"""Balances: read by each account's own monitor key, kept with their age when a reading fails."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.balances import BalanceSheet, BalancesSnapshot
from kraken_desk.domain.desk_keys import monitor_key, why_no_key
from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import KrakenDeskError
from kraken_desk.domain.fleet import AccountNode
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
                for node in wanted:
                    for venue in self._venues:
                        group.create_task(self._read(node, venue, automatic=automatic))
        finally:
            self._readings -= 1
            self._forget_removed()
            self._publish()
        return self.snapshot.value

    async def _read(self, node: AccountNode, venue: Venue, *, automatic: bool) -> None:
        account = node.account
        key = (account.account_id, venue)
        old = self._sheets.get(key, BalanceSheet(account.account_id, venue))
        chosen = monitor_key(node.keys, venue, self._clock.now(), automatic=automatic)
        if chosen is None:
            self._note_missing_key(node, venue, old, automatic=automatic)
            return
        self._sheets[key] = replace(old, refreshing=True)
        try:
            sheet = await self._read_with(chosen.slot, old)
        except KrakenDeskError as error:
            sheet = replace(old, problem=problem_of(error), source=chosen.slot.key_id)
        finally:
            self._sheets[key] = replace(old, refreshing=False)
        self._sheets[key] = sheet
        self._publish()

    async def _read_with(self, slot: KeySlot, old: BalanceSheet) -> BalanceSheet:
        gateway = self._keys.gateway(slot.venue)
        rows = await gateway.balances(self._keys.signer_of(slot))
        return BalanceSheet(old.account_id, old.venue, rows, self._clock.now(), slot.key_id)

    def _note_missing_key(
        self, node: AccountNode, venue: Venue, old: BalanceSheet, *, automatic: bool
    ) -> None:
        if automatic and old.as_of is not None:
            return
        has_venue = any(k.slot.venue is venue for k in node.keys)
        if venue is Venue.FUTURES and not has_venue:
            # Futures is optional: an account without a Futures key shows no empty sheet for it
            self._sheets.pop((node.account.account_id, venue), None)
            return
        reason = why_no_key(node.keys, venue, "read balances")
        self._sheets[(node.account.account_id, venue)] = replace(
            old, problem=Problem(NO_KEY, "No key reads these balances", reason)
        )

    def _forget_removed(self) -> None:
        known = {node.account.account_id for node in self._fleet.snapshot.value.accounts()}
        self._sheets = {key: sheet for key, sheet in self._sheets.items() if key[0] in known}

    def _publish(self) -> None:
        order = [node.account.account_id for node in self._fleet.snapshot.value.accounts()]
        sheets = sorted(
            (s for s in self._sheets.values() if s.account_id in order),
            key=lambda s: (order.index(s.account_id), self._venues.index(s.venue)),
        )
        self.snapshot.publish(
            BalancesSnapshot(self.snapshot.value.environment, tuple(sheets), refreshing=self._readings > 0)
        )
