"""Live balances: feeds where a desk key allows them, calls for what feeds do not tell.

A feed tells totals at once; holds and movable amounts are then read by a call, soon, but never
more often than the key's call allowance can bear. A feed that falls silent or has a gap marks its
figures stale until a call has read them anew, and so does a machine that wakes from sleep; polling
goes on in any case.
"""

from __future__ import annotations

import asyncio
from collections import deque
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
from kraken_desk.services.sleep_watch import SleepWatch
from kraken_desk.services.status import StatusService
from kraken_desk.services.tasks import TaskScope

LOOK_EVERY_S = 5.0
"""How often keys are looked through for feeds to start or end."""

SLEEP_LOOK_S = 1.0
"""How often the clocks are compared."""

COLLECT_S = 0.3
"""Changes of this long are read by one call: a transfer moves two rows at once."""

READS, PER_S = 3, 18.0
"""An account that changes all the time is read no more often: half of the smallest call allowance."""

READ_AT_ONCE = 20
"""Accounts read side by side; beginning more in one go would hold the window up."""

REPORT_S = 0.25
"""How soon the status tells how the feeds stand."""

NEXT_LOOK_S = 0.5
"""How soon the next ones are opened where there are more."""

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
        *,
        steady: Callable[[], float] | None = None,
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
        self._read_at: dict[_Place, deque[float]] = {}
        self._reporting: asyncio.Handle | None = None
        self._steady = steady

    async def follow(self) -> None:
        """Keep feeds and figures going until cancelled; the feeds are tasks of the scope and end with it."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._read_changed(), name="live:read")
                group.create_task(self._watch_sleep(), name="live:sleep")
                while True:
                    more = self.look()
                    await asyncio.sleep(NEXT_LOOK_S if more else LOOK_EVERY_S)
        finally:
            self._end_all()

    def look(self) -> bool:
        """Start feeds for keys that came, end those of keys that went; say whether some have to wait."""
        wanted = self._wanted()
        for place in [p for p, slot in self._running.items() if wanted.get(p) != slot]:
            self._end(place)
        fresh = [place for place in wanted if place not in self._running]
        for place in fresh[:AT_ONCE]:
            self._start(place, wanted[place])
        return len(fresh) > AT_ONCE

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

    def _end_all(self) -> None:
        """Trust no feed any more: whoever follows later begins all of them anew."""
        for place in self._running:
            before = self._lives.get(place)
            if before is not None and before.state is FeedState.LIVE:
                self._balances.mark_stale(*place, _ended())
            self._scope.cancel(_group(place))
        for known in (self._running, self._lives, self._dirty, self._read_at):
            known.clear()
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
        new = place not in self._lives
        before = self._lives.get(place, LiveBalances(place[1]))
        self._lives[place] = live
        was_live, is_live = before.state is FeedState.LIVE, live.state is FeedState.LIVE
        if is_live and place in self._running:
            self._balances.tell(*place, live.rows, self._running[place].key_id)
        if was_live and not is_live:
            self._balances.mark_stale(*place, _gap(live))
            self._read_at.pop(place, None)
        if was_live != is_live or live.changes > before.changes:
            self._dirty.add(place)
        if new or (before.state, before.problem) != (live.state, live.problem):
            self._report_soon()

    async def _read_changed(self) -> None:
        """Read what has changed, each account at its pace; a change just told waits for its fellows."""
        while True:
            await asyncio.sleep(COLLECT_S)
            now = asyncio.get_running_loop().time()
            due = {place for place in self._dirty if self._may_read(place, now)}
            self._dirty -= due
            for venue in self._venues:
                accounts = tuple(account_id for account_id, v in due if v is venue)
                for first in range(0, len(accounts), READ_AT_ONCE):
                    some = accounts[first : first + READ_AT_ONCE]
                    await self._balances.refresh(some, automatic=True, venues=(venue,))

    def _may_read(self, place: _Place, now: float) -> bool:
        """Say whether the account's pace allows a reading now, and count it if so."""
        last = self._read_at.setdefault(place, deque(maxlen=READS))
        if len(last) == READS and now - last[0] < PER_S:
            return False
        last.append(now)
        return True

    async def _watch_sleep(self) -> None:
        """After a sleep no figure is certain and no connection either: all are begun anew."""
        watch = SleepWatch(self._clock, self._steady or asyncio.get_running_loop().time)
        while True:
            jumped_s = watch.jumped_s()
            if jumped_s is not None:
                self._woke(jumped_s)
            await asyncio.sleep(SLEEP_LOOK_S)

    def _woke(self, slept_s: float) -> None:
        for sheet in self._balances.snapshot.value.sheets:
            self._balances.mark_stale(sheet.account_id, sheet.venue, _slept(slept_s))
            self._dirty.add((sheet.account_id, sheet.venue))
        self._read_at.clear()
        for place in tuple(self._running):
            self._end(place)
        self.look()

    def _report_soon(self) -> None:
        """Tell the status how the feeds stand, once for many that change together."""
        if self._reporting is None:
            self._reporting = asyncio.get_running_loop().call_later(REPORT_S, self._report)

    def _report(self) -> None:
        if self._reporting is not None:
            self._reporting.cancel()
            self._reporting = None
        self._status.show_feeds(
            tuple(
                FeedReport(account, venue, replace(live, rows=(), changes=0, as_of=None))
                for (account, venue), live in self._lives.items()
            )
        )


def _group(place: _Place) -> str:
    return f"desk:feed:{place[1]}:{place[0]}"


def _slept(seconds: float) -> Problem:
    return Problem(
        "Slept",
        "This machine was asleep, or its clock was set",
        f"The time jumped by {abs(seconds):.0f} s. Figures are being read anew; until then they may be old.",
    )


def _ended() -> Problem:
    return Problem("FeedEnded", "The live feed has ended", "Figures may be old until they are read again.")


def _gap(live: LiveBalances) -> Problem:
    """Say why figures are not certain any more, in the feed's own words where it has some."""
    title = "The live feed was interrupted"
    detail = "Figures are being read anew; until then they may be old."
    if live.problem is None:
        return Problem("FeedInterrupted", title, detail)
    return replace(live.problem, title=title, detail=f"{live.problem.title}. {detail}")
