"""Live balances: feeds where a desk key allows them, calls for what feeds do not tell.

A feed says that something changed, at once; what exactly an account holds, with holds and movable
amounts, is then read by a call, so every figure has one source. A feed that falls silent or has a
gap marks its figures stale until the call has read them anew; polling goes on in any case.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.desk_keys import feed_key
from kraken_desk.domain.deskstatus import FeedReport
from kraken_desk.domain.errors import KrakenDeskError
from kraken_desk.domain.keys import KeySlot, Problem, Venue
from kraken_desk.domain.live import FeedState, LiveBalances
from kraken_desk.services.balances import BalancesService
from kraken_desk.services.fleet import FleetService
from kraken_desk.services.keys import KeysService, problem_of
from kraken_desk.services.ports import Clock, FeedSource
from kraken_desk.services.status import StatusService
from kraken_desk.services.tasks import TaskScope

LOOK_EVERY_S = 5.0
"""How often keys are looked through for feeds to start or end."""

COLLECT_S = 0.3
"""Changes of this long are read by one call: a transfer moves two rows at once."""

AT_ONCE = 10
"""Feeds opened in one look; opening many at once would hold the window up."""

_Place = tuple[AccountId, Venue]


class LiveService:
    """Keeps one feed per account and venue running in `scope`, and the figures behind it fresh."""

    def __init__(
        self,
        fleet: FleetService,
        keys: KeysService,
        balances: BalancesService,
        status: StatusService,
        scope: TaskScope,
        feeds: FeedSource,
        venues: tuple[Venue, ...],
        clock: Clock,
    ) -> None:
        self._fleet = fleet
        self._keys = keys
        self._balances = balances
        self._status = status
        self._scope = scope
        self._feeds = feeds
        self._venues = venues
        self._clock = clock
        self._running: dict[_Place, KeySlot] = {}
        self._lives: dict[_Place, LiveBalances] = {}
        self._dirty: set[_Place] = set()
        self._wake = asyncio.Event()

    async def follow(self) -> None:
        """Keep feeds and figures going until cancelled; the feeds are tasks of the scope."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._read_changed(), name="live:read")
            while True:
                self.look()
                await asyncio.sleep(LOOK_EVERY_S)

    def look(self) -> None:
        """Start feeds for keys that came, end those of keys that went."""
        wanted = self._wanted()
        for place in [p for p, slot in self._running.items() if wanted.get(p) != slot]:
            self._end(place)
        fresh = [place for place in wanted if place not in self._running]
        for place in fresh[:AT_ONCE]:
            self._start(place, wanted[place])

    def _wanted(self) -> dict[_Place, KeySlot]:
        found = {}
        for node in self._fleet.snapshot.value.accounts():
            for venue in self._venues:
                key = feed_key(node.keys, venue, self._clock.now())
                if key is not None:
                    found[(node.account.account_id, venue)] = key.slot
        return found

    def _start(self, place: _Place, slot: KeySlot) -> None:
        self._running[place] = slot
        self._scope.start(_group(place), self._run(place, slot), replace=True)

    def _end(self, place: _Place) -> None:
        del self._running[place]
        self._lives.pop(place, None)
        self._scope.cancel(_group(place))
        self._report()

    async def _run(self, place: _Place, slot: KeySlot) -> None:
        try:
            feed = await self._feeds.feed(self._keys.signer_of(slot))
            await feed.run(self._publisher(place))
        except KrakenDeskError as error:
            ended = LiveBalances(place[1], FeedState.ENDED, problem=problem_of(error))
            self._on_live(place, ended)

    def _publisher(self, place: _Place) -> Callable[[LiveBalances], None]:
        return lambda live: self._on_live(place, live)

    def _on_live(self, place: _Place, live: LiveBalances) -> None:
        before = self._lives.get(place, LiveBalances(place[1]))
        self._lives[place] = live
        was_live, is_live = before.state is FeedState.LIVE, live.state is FeedState.LIVE
        if was_live and not is_live:
            self._balances.mark_stale(*place, _gap(live))
        if was_live != is_live or live.changes > before.changes:
            self._touch(place)
        self._report()

    def _touch(self, place: _Place) -> None:
        self._dirty.add(place)
        self._wake.set()

    async def _read_changed(self) -> None:
        while True:
            await self._wake.wait()
            await asyncio.sleep(COLLECT_S)
            self._wake.clear()
            places, self._dirty = self._dirty, set()
            for venue in self._venues:
                accounts = tuple(account_id for account_id, v in places if v is venue)
                if accounts:
                    await self._balances.refresh(accounts, automatic=True, venues=(venue,))

    def _report(self) -> None:
        self._status.show_feeds(
            tuple(FeedReport(account, venue, live) for (account, venue), live in self._lives.items())
        )


def _group(place: _Place) -> str:
    return f"desk:feed:{place[1]}:{place[0]}"


def _gap(live: LiveBalances) -> Problem:
    """Say why figures are not certain any more, in the feed's own words where it has some."""
    title = "The live feed was interrupted"
    detail = "Figures are being read anew; until then they may be old."
    if live.problem is None:
        return Problem("FeedInterrupted", title, detail)
    return replace(live.problem, title=title, detail=f"{live.problem.title}. {detail}")
