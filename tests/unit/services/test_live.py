"""Live balances: feeds start and end with the keys, and every change is read by a call."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from kraken_desk.domain.balances import BalanceSheet
from kraken_desk.domain.keys import Problem, Venue
from kraken_desk.domain.live import FeedState, LiveBalances
from kraken_desk.domain.rate_state import RateState
from kraken_desk.domain.signer import Signer
from kraken_desk.services.live import LiveService
from kraken_desk.services.status import StatusService
from kraken_desk.services.tasks import TaskScope
from kraken_desk.store import Store
from tests.helpers.builders import LAB, USD, a_balance, a_master
from tests.helpers.fakes import FakeClock
from tests.helpers.wait import wait_until
from tests.unit.services.bench import Bench

MAIN = a_master(1)
FOLLOWING = ("query-funds", "create-ws-token")
DESK = "Kraken Desk"

SILENT = Problem("UnavailableError", "The feed fell silent", "No message for 10 s.")


class FakeFeed:
    """A feed whose messages the test speaks."""

    def __init__(self) -> None:
        self.publish: Callable[[LiveBalances], None] = lambda _live: None
        self.running = False

    async def run(self, publish: Callable[[LiveBalances], None]) -> None:
        self.publish, self.running = publish, True
        try:
            await asyncio.Event().wait()
        finally:
            self.running = False


class FakeFeeds:
    """Makes one fake feed per signer and remembers them in order."""

    def __init__(self) -> None:
        self.made: list[FakeFeed] = []

    async def feed(self, signer: Signer) -> FakeFeed:
        self.made.append(FakeFeed())
        return self.made[-1]

    def rate_state(self, signer: Signer) -> tuple[RateState, ...]:
        return ()


class Stage:
    """The live service over a bench, with its feeds at hand."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.scope = TaskScope("test")
        self.feeds = FakeFeeds()
        self.status = StatusService(LAB, {}, bench.vault, bench.guard, bench.clock)
        self.live = LiveService(
            bench.fleet,
            bench.keys,
            bench.balances,
            self.status,
            self.scope,
            self.feeds,
            (Venue.SPOT,),
            bench.clock,
        )

    async def start(self) -> FakeFeed:
        """Follow, and return the one feed once it runs."""
        self.scope.start("desk:live", self.live.follow())
        await wait_until(lambda: bool(self.feeds.made) and self.feeds.made[0].running)
        return self.feeds.made[0]

    def total(self) -> Decimal | None:
        sheet = self.bench.balances.snapshot.value.sheet(MAIN.account_id, Venue.SPOT)
        row = sheet.find(USD, "spot") if sheet else None
        return row.total if row else None

    def sheet(self) -> BalanceSheet:
        sheet = self.bench.balances.snapshot.value.sheet(MAIN.account_id, Venue.SPOT)
        assert sheet is not None
        return sheet

    def stale(self) -> bool:
        return self.sheet().stale


@pytest.fixture
async def stage(store: Store, clock: FakeClock) -> AsyncIterator[Stage]:
    """A master with one desk key that may follow its balances."""
    bench = Bench(store, clock)
    await bench.move_in(MAIN)
    await bench.key(1, *FOLLOWING, process=DESK)
    bench.spot.answer("balances", (a_balance("100"),))
    made = Stage(bench)
    yield made
    await made.scope.close()


def live(changes: int = 0) -> LiveBalances:
    return LiveBalances(Venue.SPOT, FeedState.LIVE, changes=changes)


async def test_a_feed_that_comes_alive_brings_figures(stage: Stage) -> None:
    """The first snapshot is followed by a reading, so that holds are known too."""
    feed = await stage.start()

    feed.publish(live())

    await wait_until(lambda: stage.total() == Decimal(100))
    assert [report.live.state for report in stage.status.status.value.feeds] == [FeedState.LIVE]


async def test_a_change_is_read_at_once_and_several_by_one_call(stage: Stage) -> None:
    """A transfer moves two rows; both are read by one call."""
    feed = await stage.start()
    feed.publish(live())
    await wait_until(lambda: stage.total() == Decimal(100))
    stage.bench.spot.answer("balances", (a_balance("60"),))

    feed.publish(live(changes=1))
    feed.publish(live(changes=2))

    await wait_until(lambda: stage.total() == Decimal(60))
    assert len(list(stage.bench.calls("balances"))) == 2


async def test_an_interrupted_feed_marks_figures_stale_until_they_are_read(stage: Stage) -> None:
    """Silence or a gap is seen at once, and mended by a call."""
    feed = await stage.start()
    feed.publish(live())
    await wait_until(lambda: stage.total() == Decimal(100))
    stage.bench.spot.hold("balances")

    feed.publish(LiveBalances(Venue.SPOT, FeedState.STALE, problem=SILENT))

    await wait_until(stage.stale)
    stage.bench.spot.release()
    await wait_until(lambda: not stage.stale())
    assert stage.total() == Decimal(100)


async def test_a_feeds_totals_are_shown_before_the_call(stage: Stage) -> None:
    """What the feed does not tell is unknown until the call has told it; earning wallets wait for it."""
    feed = await stage.start()
    feed.publish(live())
    await wait_until(lambda: stage.total() == Decimal(100))
    stage.bench.spot.hold("balances")
    told = (a_balance("60", available=None, hold=None), a_balance("7", part="earn flex"))

    feed.publish(replace(live(changes=1), rows=told))

    await wait_until(lambda: stage.total() == Decimal(60))
    [row] = stage.sheet().rows
    assert (row.available, row.hold, row.told_at) == (None, None, stage.bench.clock.now())
    assert stage.sheet().feed == stage.bench.fleet.slots()[0].key_id
    stage.bench.spot.answer("balances", (a_balance("60"),))
    stage.bench.spot.release()
    await wait_until(lambda: stage.sheet().rows[0].available == Decimal(60))
    assert stage.sheet().rows[0].told_at is None


async def test_a_flood_of_changes_costs_few_calls(stage: Stage) -> None:
    """Three readings at once, then one in six seconds; totals come with the feed in any case."""
    feed = await stage.start()
    feed.publish(live())
    await wait_until(lambda: stage.total() == Decimal(100))
    now = asyncio.get_running_loop().time()
    place = (MAIN.account_id, Venue.SPOT)

    allowed = [stage.live._may_read(place, now + second) for second in range(60)]

    assert sum(allowed) == 2 + 3 * 3
    assert len(list(stage.bench.calls("balances"))) == 1


async def test_who_follows_again_begins_every_feed_anew(stage: Stage) -> None:
    """Meanwhile, as behind a lock, no feed counts as live and figures may be old."""
    feed = await stage.start()
    feed.publish(live())
    await wait_until(lambda: stage.total() == Decimal(100))
    for group in stage.scope.groups.value:
        stage.scope.cancel(group)
    await stage.scope.give_way(within_s=5)

    await wait_until(stage.stale)
    between = stage.status.status.value.feeds
    stage.bench.spot.answer("balances", (a_balance("60"),))
    stage.scope.start("desk:live", stage.live.follow())
    await wait_until(lambda: len(stage.feeds.made) == 2 and stage.feeds.made[1].running)
    stage.feeds.made[1].publish(live())

    await wait_until(lambda: stage.total() == Decimal(60))
    assert (between, feed.running, stage.stale()) == ((), False, False)


async def test_a_machine_that_slept_trusts_nothing(stage: Stage) -> None:
    """Figures are stale at once, the feed is made anew, and all is read again."""
    feed = await stage.start()
    feed.publish(live())
    await wait_until(lambda: stage.total() == Decimal(100))
    stage.bench.spot.hold("balances")

    stage.bench.clock.move(hours=3)

    await wait_until(stage.stale)
    assert stage.sheet().problem is not None
    await wait_until(lambda: len(stage.feeds.made) == 2 and not feed.running)
    stage.bench.spot.release()
    await wait_until(lambda: not stage.stale())


async def test_a_key_without_the_right_has_no_feed(store: Store, clock: FakeClock) -> None:
    """Polling serves accounts whose key may not make a WebSocket token."""
    bench = Bench(store, clock)
    await bench.move_in(MAIN)
    await bench.key(1, "query-funds", process=DESK)
    stage = Stage(bench)

    stage.live.look()

    assert stage.scope.groups.value == frozenset()


async def test_a_key_of_another_process_is_not_followed(store: Store, clock: FakeClock) -> None:
    """A feed costs a nonce of its key, so only the desk's own keys have one."""
    bench = Bench(store, clock)
    await bench.move_in(MAIN)
    await bench.key(1, *FOLLOWING, process="mm-bot")
    stage = Stage(bench)

    stage.live.look()

    assert stage.scope.groups.value == frozenset()


async def test_a_removed_key_ends_its_feed(stage: Stage) -> None:
    """Nothing is followed with a key that has left the desk."""
    feed = await stage.start()
    slot = stage.bench.fleet.slots()[0]

    await stage.bench.keys.remove(slot.slot_id)
    stage.live.look()

    await wait_until(lambda: not feed.running)
    assert stage.status.status.value.feeds == ()
