"""Balances: read by each account's own monitor key, kept with their age when a reading fails.

A Futures master is shown its subaccounts' wallets, so its key stands in for subaccounts without
a key of the desk's own. Spot shows a master nothing of the kind.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.balances import (
    Balance,
    BalanceSheet,
    BalancesSnapshot,
    Holdings,
    merged,
    same_where_equal,
)
from kraken_desk.domain.desk_keys import monitor_key, why_no_key
from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import KrakenDeskError
from kraken_desk.domain.fleet import AccountNode, FleetSnapshot, KeyNode
from kraken_desk.domain.keys import KeyId, KeySlot, Problem, Venue
from kraken_desk.services.fleet import FleetService
from kraken_desk.services.keys import KeysService, problem_of
from kraken_desk.services.ports import Clock
from kraken_desk.services.tasks import all_of
from kraken_desk.services.topics import Topic

PUBLISH_S = 0.1
"""Changes of this long are told together: nobody reads faster, and drawing has a price."""

NO_KEY = "NoKey"
"""Category of a sheet that no key can read: not a failure, but nothing to show either."""

_Place = tuple[AccountId, Venue]


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
        self._sheets: dict[_Place, BalanceSheet] = {}
        self._reading: Counter[_Place] = Counter()
        self._readings = 0
        self._due: asyncio.Handle | None = None
        self._due_at = 0.0  # kept here: the window's event loop gives handles that do not tell it
        self._ordered: tuple[FleetSnapshot, dict[AccountId, int]] | None = None
        self._marked: dict[_Place, tuple[BalanceSheet, BalanceSheet]] = {}
        self.snapshot: Topic[BalancesSnapshot] = Topic(BalancesSnapshot(environment.name))

    async def refresh(
        self,
        account_ids: tuple[AccountId, ...] | None = None,
        *,
        automatic: bool = False,
        venues: tuple[Venue, ...] | None = None,
    ) -> BalancesSnapshot:
        """Read the balances of some or all accounts, on some or all venues, accounts side by side.

        With `automatic` (a timer asks, not a person) only the desk's own keys are used. Failures
        end up in the sheets, never as exceptions.
        """
        asked = None if account_ids is None else frozenset(account_ids)
        wanted = [
            node
            for node in self._fleet.snapshot.value.accounts()
            if asked is None or node.account.account_id in asked
        ]
        works = []
        for venue in self._venues if venues is None else venues:
            keyed = {n.account.account_id: self._key_of(n, venue, automatic=automatic) for n in wanted}
            orphans = [n for n in wanted if keyed[n.account.account_id] is None]
            works.append(self._read_orphans(orphans, venue, automatic=automatic))
            works += [
                self._read(account_id, key.slot) for account_id, key in keyed.items() if key is not None
            ]
        self._readings += 1
        self._publish()
        try:
            await all_of(works)
        finally:
            self._readings -= 1
            self._forget_removed()
            self._publish()
        return self.snapshot.value

    def mark_stale(self, account_id: AccountId, venue: Venue, problem: Problem) -> None:
        """Say of figures that they may be old, until the next reading."""
        sheet = self._sheets.get((account_id, venue))
        if sheet is not None and sheet.as_of is not None:
            self._sheets[(account_id, venue)] = replace(sheet, problem=problem, feed=None)
            self._publish_soon()

    def tell(self, account_id: AccountId, venue: Venue, rows: Iterable[Balance], feed: KeyId) -> None:
        """Take over the totals that a live feed tells; snapshots follow a few times a second.

        What the feed does not tell (holds, and on Spot what can be moved) becomes unknown where a
        total has changed, until the next reading. A sheet that was never read stays so.
        """
        place = (account_id, venue)
        sheet = self._sheets.get(place)
        if sheet is None or sheet.as_of is None:
            return
        told = merged(sheet.rows, rows, self._clock.now())
        if told is not sheet.rows or sheet.feed != feed:
            self._sheets[place] = replace(sheet, rows=told, feed=feed)
            self._publish_soon(PUBLISH_S)

    def _key_of(self, node: AccountNode, venue: Venue, *, automatic: bool) -> KeyNode | None:
        return monitor_key(node.keys, venue, self._clock.now(), automatic=automatic)

    async def _read(self, account_id: AccountId, slot: KeySlot) -> None:
        place = (account_id, slot.venue)
        with self._being_read(place):
            try:
                held = await self._keys.gateway(slot.venue).holdings(self._keys.signer_of(slot))
            except KrakenDeskError as error:
                self._fail(place, problem_of(error), slot)
            else:
                self._sheets[place] = self._sheet(place, held, slot)

    async def _read_orphans(self, nodes: list[AccountNode], venue: Venue, *, automatic: bool) -> None:
        """Read accounts without a key of the desk's own through the master, where the venue allows it."""
        listed = {
            n.account.futures_uid: n for n in nodes if n.account.futures_uid and not n.account.is_master
        }
        master = self._master_key(venue, automatic=automatic) if venue is Venue.FUTURES and listed else None
        if master is not None:
            places = [(n.account.account_id, venue) for n in listed.values()]
            with self._being_read(*places):
                shown = await self._shown_to(master.slot, places)
            nodes = [n for n in nodes if shown is not None and n.account.futures_uid not in shown]
            for uid, held in (shown or {}).items():
                if uid in listed:
                    place = (listed[uid].account.account_id, venue)
                    self._sheets[place] = self._sheet(place, held, master.slot)
        for node in nodes:
            self._note_missing_key(node, venue, automatic=automatic)

    async def _shown_to(self, slot: KeySlot, places: list[_Place]) -> dict[str, Holdings] | None:
        """Return what the master is shown; None when that failed, which is noted at every place."""
        try:
            return await self._keys.gateway(slot.venue).linked_holdings(self._keys.signer_of(slot))
        except KrakenDeskError as error:
            for place in places:
                self._fail(place, problem_of(error), slot)
            return None

    def _master_key(self, venue: Venue, *, automatic: bool) -> KeyNode | None:
        masters = [n for n in self._fleet.snapshot.value.accounts() if n.account.is_master]
        found = (self._key_of(node, venue, automatic=automatic) for node in masters)
        return next((key for key in found if key is not None), None)

    @contextmanager
    def _being_read(self, *places: _Place) -> Iterator[None]:
        """Show these sheets as being read; several readings of a sheet may overlap."""
        self._reading.update(places)
        self._publish_soon()
        try:
            yield
        finally:
            self._reading.subtract(places)
            self._reading = +self._reading
            self._publish_soon(PUBLISH_S)

    def _sheet(self, place: _Place, held: Holdings, slot: KeySlot) -> BalanceSheet:
        old = self._sheets.get(place)
        return BalanceSheet(
            *place,
            same_where_equal(old.rows, held.rows) if old else held.rows,
            self._clock.now(),
            slot.key_id,
            margins=held.margins,
            feed=old.feed if old else None,
        )

    def _fail(self, place: _Place, problem: Problem, slot: KeySlot) -> None:
        """Keep the figures as they are now, which another reading may have renewed meanwhile."""
        current = self._sheets.get(place, BalanceSheet(*place))
        self._sheets[place] = replace(current, problem=problem, source=slot.key_id)

    def _note_missing_key(self, node: AccountNode, venue: Venue, *, automatic: bool) -> None:
        place = (node.account.account_id, venue)
        old = self._sheets.get(place, BalanceSheet(*place))
        if automatic and old.as_of is not None:
            return
        if venue is Venue.FUTURES and not any(k.slot.venue is venue for k in node.keys):
            # Futures is optional: an account without a Futures key shows no empty sheet for it
            self._sheets.pop(place, None)
            return
        reason = why_no_key(node.keys, venue, "read balances")
        if self._key_of(node, venue, automatic=False) is not None:
            reason = "Only a key that no process owns reads them, so they are read on request only."
        self._sheets[place] = replace(old, problem=Problem(NO_KEY, "No key reads these balances", reason))

    def _forget_removed(self) -> None:
        known = {node.account.account_id for node in self._fleet.snapshot.value.accounts()}
        self._sheets = {place: sheet for place, sheet in self._sheets.items() if place[0] in known}

    def _publish_soon(self, within_s: float = 0.0) -> None:
        """Tell once for all that changes meanwhile; by default at the loop's next turn."""
        loop = asyncio.get_running_loop()
        due = loop.time() + within_s
        if self._due is not None and self._due_at <= due:
            return
        if self._due is not None:
            self._due.cancel()
        self._due, self._due_at = loop.call_at(due, self._publish), due

    def _publish(self) -> None:
        """Tell the state of all sheets; a large refresh does it often, so what is unchanged is kept."""
        if self._due is not None:
            self._due.cancel()
            self._due = None
        order = self._order()
        places = [place for place in {**self._sheets, **self._reading} if place[0] in order]
        places.sort(key=lambda place: (order[place[0]], self._venues.index(place[1])))
        sheets = tuple(map(self._shown, places))
        self.snapshot.publish(
            BalancesSnapshot(self.snapshot.value.environment, sheets, refreshing=self._readings > 0)
        )

    def _order(self) -> dict[AccountId, int]:
        """Return the accounts' places in the tree, reckoned once per state of the fleet."""
        fleet = self._fleet.snapshot.value
        if self._ordered is None or self._ordered[0] is not fleet:
            order = {node.account.account_id: i for i, node in enumerate(fleet.accounts())}
            self._ordered = (fleet, order)
        return self._ordered[1]

    def _shown(self, place: _Place) -> BalanceSheet:
        """Return a sheet with its mark of being read; the marked one is kept for the next time."""
        sheet = self._sheets.get(place) or BalanceSheet(*place)
        if place not in self._reading:
            self._marked.pop(place, None)
            return sheet
        plain, marked = self._marked.get(place, (None, sheet))
        if plain != sheet:
            marked = replace(sheet, refreshing=True)
            self._marked[place] = (sheet, marked)
        return marked
