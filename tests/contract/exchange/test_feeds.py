"""Live balances of both venues from the local exchange, over real WebSockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from decimal import Decimal

import pytest

from kraken_desk.domain.live import FeedState, LiveBalances
from kraken_desk.domain.money import Asset
from kraken_desk.domain.transfers import TransferOrder
from kraken_desk.exchange import feed_driver
from kraken_desk.exchange.access import ExchangeAccess
from kraken_desk.exchange.feed_protocol import Patience
from kraken_desk.simulator.feeds import futures_feed
from tests.contract.exchange.conftest import Stage
from tests.helpers.wait import wait_until
from tests.unit.exchange.fakes import RecordingSleep

QUICK = Patience(first_s=0.0, restart_s=0.0)
LISTENERS = {"spot": "momentum monitor", "futures": "momentum futures"}


class Watcher:
    """Keeps what a feed publishes and lets a test wait for it."""

    def __init__(self) -> None:
        self.seen: list[LiveBalances] = []
        self._news = asyncio.Event()

    def __call__(self, shown: LiveBalances) -> None:
        self.seen.append(shown)
        self._news.set()

    @property
    def now(self) -> LiveBalances:
        return self.seen[-1]

    async def until(self, condition: Callable[[LiveBalances], bool]) -> LiveBalances:
        async with asyncio.timeout(20):
            while not (self.seen and condition(self.now)):
                self._news.clear()
                await self._news.wait()
        return self.now


@asynccontextmanager
async def watched(stage: Stage, key: str) -> AsyncIterator[tuple[Watcher, asyncio.Task[None]]]:
    access = ExchangeAccess(
        stage.environment,
        {stage.spot.venue: stage.spot, stage.futures.venue: stage.futures},
        stage.transport,
        stage.channel,
        stage.clock,
    )
    watcher = Watcher()
    driver = access.feed(stage.signer(key), patience=QUICK, sleep=RecordingSleep())
    task = asyncio.create_task(driver.run(watcher))
    try:
        yield watcher, task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def pay_in(stage: Stage, venue: str, quantity: str) -> None:
    """Move US dollars from the master to the account that listens."""
    source, destination = stage.account("Meridian Capital"), stage.account("Momentum")
    usd, amount = Asset("USD"), Decimal(quantity)
    if venue == "spot":
        order = TransferOrder(source["iiban"], destination["iiban"], "spot", "spot", usd, amount)
        await stage.spot.transfer(stage.signer("desk treasury"), order)
    else:
        uids = source["futures_uid"], destination["futures_uid"]
        await stage.futures.transfer(
            stage.signer("futures desk"), TransferOrder(*uids, "cash", "cash", usd, amount)
        )


def dollars(shown: LiveBalances) -> Decimal:
    return next(
        (r.total for r in shown.rows if r.asset == "USD" and r.wallet in ("spot", "cash") and not r.part),
        Decimal(0),
    )


def is_live(shown: LiveBalances) -> bool:
    return shown.state is FeedState.LIVE


@pytest.mark.parametrize("venue", LISTENERS)
async def test_a_transfer_arrives_live(stage: Stage, venue: str) -> None:
    """The snapshot equals what a call reads, and a transfer changes the figure without any call."""
    async with watched(stage, LISTENERS[venue]) as (watcher, _):
        before = dollars(await watcher.until(is_live))
        await pay_in(stage, venue, "12.5")
        after = await watcher.until(lambda shown: shown.changes == 1)

    assert dollars(after) == before + Decimal("12.5")
    assert after.problem is None
    assert after.as_of is not None


@pytest.mark.parametrize("venue", LISTENERS)
async def test_the_snapshot_agrees_with_the_call(stage: Stage, venue: str) -> None:
    """Totals of the plain rows are the same over the feed and by call."""
    async with watched(stage, LISTENERS[venue]) as (watcher, _):
        shown = await watcher.until(is_live)
    gateway = stage.spot if venue == "spot" else stage.futures
    called = await gateway.balances(stage.signer(LISTENERS[venue]))

    by_call = {(r.asset, r.wallet): r.total for r in called if not r.part and r.total and " " not in r.asset}
    live = {(r.asset, r.wallet): r.total for r in shown.rows if not r.part and r.total and " " not in r.asset}
    assert live == by_call


@pytest.mark.parametrize("venue", LISTENERS)
async def test_a_gap_is_noticed_and_mended(stage: Stage, venue: str) -> None:
    """A lost message makes the figures stale; the new snapshot has what was lost."""
    async with watched(stage, LISTENERS[venue]) as (watcher, _):
        before = dollars(await watcher.until(is_live))
        stage.world.faults.add("ws_sequence_gap")
        await pay_in(stage, venue, "1")
        await pay_in(stage, venue, "2")
        mended = await watcher.until(lambda shown: is_live(shown) and dollars(shown) == before + 3)

    stale = next(shown for shown in watcher.seen if shown.state is FeedState.STALE)
    assert stale.problem is not None
    assert "are missing" in stale.problem.detail
    assert dollars(stale) == before
    assert mended.problem is None


@pytest.mark.parametrize("fault", ["ws_close_1012", "ws_garbage"])
@pytest.mark.parametrize("venue", LISTENERS)
async def test_a_broken_connection_is_made_anew(stage: Stage, venue: str, fault: str) -> None:
    """After a close or a broken frame the feed is stale for a moment and live again."""
    async with watched(stage, LISTENERS[venue]) as (watcher, _):
        await watcher.until(is_live)
        stage.world.faults.add(fault)
        await watcher.until(lambda shown: shown.state is FeedState.STALE)
        await watcher.until(is_live)


@pytest.mark.parametrize("venue", LISTENERS)
async def test_a_dead_token_is_renewed(stage: Stage, venue: str) -> None:
    """A token or challenge that expired before its use costs one more connection."""
    stage.world.faults.add("ws_token_expired")

    async with watched(stage, LISTENERS[venue]) as (watcher, _):
        await watcher.until(is_live)

    assert [shown.state for shown in watcher.seen] == [FeedState.CONNECTING, FeedState.STALE, FeedState.LIVE]


@pytest.mark.parametrize("venue", LISTENERS)
async def test_a_policy_close_ends_the_feed(stage: Stage, venue: str) -> None:
    """Closed as not permitted, the feed ends by itself and says that calls must do."""
    async with watched(stage, LISTENERS[venue]) as (watcher, task):
        await watcher.until(is_live)
        stage.world.faults.add("ws_close_1008")
        ended = await watcher.until(lambda shown: shown.state is FeedState.ENDED)
        async with asyncio.timeout(10):
            await task

    assert ended.problem is not None
    assert "Figures are read at intervals instead." in ended.problem.detail


@pytest.mark.parametrize("key", ["mm-dashboard", "backtest-2025"])
async def test_a_key_without_the_right_ends_at_once(stage: Stage, key: str) -> None:
    """A key that may not open live connections is asked once and left alone."""
    async with watched(stage, key) as (watcher, task):
        async with asyncio.timeout(10):
            await task

    assert watcher.now.state is FeedState.ENDED
    assert stage.calls("/0/private/GetWebSocketsToken") == 1


async def test_a_token_that_cannot_be_had_is_asked_for_again(stage: Stage) -> None:
    """While Kraken cannot give a token the feed is stale; with a token it goes live."""
    stage.world.faults.add("unavailable", path="/0/private/GetWebSocketsToken", count=3)

    async with watched(stage, LISTENERS["spot"]) as (watcher, _):
        await watcher.until(is_live)

    assert [shown.state for shown in watcher.seen] == [FeedState.CONNECTING, FeedState.STALE, FeedState.LIVE]


async def test_silence_is_noticed(stage: Stage) -> None:
    """When not even heartbeats come, the figures turn stale after the channel's own patience."""
    async with watched(stage, LISTENERS["spot"]) as (watcher, _):
        await watcher.until(is_live)
        stage.world.faults.add("ws_silence")
        stale = await watcher.until(lambda shown: shown.state is FeedState.STALE)

    assert stale.problem is not None
    assert "silent" in stale.problem.detail


async def test_an_exchange_that_is_gone_is_tried_again(stage: Stage) -> None:
    """Without a connection the feed is stale and keeps trying."""
    async with watched(stage, LISTENERS["futures"]) as (watcher, task):
        await watcher.until(is_live)
        await stage.simulator.stop()
        stale = await watcher.until(lambda shown: shown.state is FeedState.STALE)

    assert stale.rows
    assert task.cancelled()


async def test_a_feed_that_is_never_silent_is_still_kept_alive(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Futures closes a connection without pings, and heartbeats from there are no pings from here."""
    monkeypatch.setattr(futures_feed, "IDLE_S", 1.2)
    monkeypatch.setattr(futures_feed, "HEARTBEAT_S", 0.1)
    monkeypatch.setattr(feed_driver, "PING_S", 0.3)
    loop = asyncio.get_running_loop()

    async with watched(stage, LISTENERS["futures"]) as (watcher, _):
        await watcher.until(is_live)
        later = loop.time() + 2.5
        await wait_until(lambda: loop.time() > later)

    assert [shown.state for shown in watcher.seen] == [FeedState.CONNECTING, FeedState.LIVE]
