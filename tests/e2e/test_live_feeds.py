"""What befalls a live feed: figures go stale where they are seen, and live again without a restart.

The services, HTTP and WebSockets are real, the exchange is the local one.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio

from kraken_desk.app.demo_world import DemoWorld
from kraken_desk.domain.balances import BalanceSheet, BalancesSnapshot
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.live import FeedState
from kraken_desk.exchange import feed_driver
from kraken_desk.exchange.feed_protocol import ANSWER_S, PROBE_AFTER_S, Patience
from kraken_desk.exchange.spot.feed import SpotBalancesFeed
from kraken_desk.services.live import SLEEP_LOOK_S
from kraken_desk.simulator.feed_server import FeedConnection
from kraken_desk.ui.models.balances_rows import build_view
from tests.helpers.wait import wait_until

STALE_WITHIN_S = 10.0
SPOT_SILENCE_S = SpotBalancesFeed.silence_s
ACCOUNT, KEY = "Momentum", "momentum monitor"


class Scene:
    """One account with a live feed, and everything that the window was told of it."""

    def __init__(self, world: DemoWorld) -> None:
        self.desk = world.open_desk.desk
        self.exchange: Any = world.simulator.world  # the simulator is another program to this suite
        keys = [key for account in world.description["accounts"] for key in account["keys"]]
        self.api_key = next(key["api_key"] for key in keys if key["name"] == KEY)
        self.account_id = self.desk.fleet.account_named(ACCOUNT).account_id
        self.stale_at: list[float] = []
        self.sockets: list[Any] = []
        self.desk.balances.snapshot.subscribe(self._on_snapshot)

    def _on_snapshot(self, snapshot: BalancesSnapshot) -> None:
        """Note when the pane would show a stale line."""
        lines = build_view(self.desk.fleet.snapshot.value, snapshot, self.account_id).lines
        if any(line.stale for line in lines):
            self.stale_at.append(time.monotonic())

    @property
    def sheet(self) -> BalanceSheet:
        sheet = self.desk.balances.snapshot.value.sheet(self.account_id, Venue.SPOT)
        assert sheet is not None
        return sheet

    def is_live(self) -> bool:
        feeds = self.desk.status.status.value.feeds
        mine = [r.live.state for r in feeds if (r.account_id, r.venue) == (self.account_id, Venue.SPOT)]
        return mine == [FeedState.LIVE] and not self.sheet.stale and self.sheet.feed is not None

    def strike(self, fault: str) -> None:
        self.exchange.faults.add(fault, api_key=self.api_key)

    def pay_in(self, amount: str) -> None:
        self.exchange.post_spot(
            self._held(),
            refid=self.exchange.ids.trade_refid(),
            type_="deposit",
            subtype="",
            asset_id="ZUSD",
            amount=Decimal(amount),
        )

    def is_exact(self) -> bool:
        """Say whether total and hold shown are the exchange's."""
        told = self._held().spot.holdings["ZUSD"]
        rows = [row for row in self.sheet.rows if row.asset == "USD" and not row.part]
        return [(row.total, row.hold) for row in rows] == [(told.balance, told.hold_trade)]

    def _held(self) -> Any:
        return next(account for account in self.exchange.accounts if account.label == ACCOUNT)

    async def lives_again(self, begun: float) -> None:
        """Wait for stale figures, then for live and exact ones."""
        await wait_until(lambda: bool(self.stale_at), limit_s=STALE_WITHIN_S)
        assert self.stale_at[0] - begun < STALE_WITHIN_S
        await wait_until(lambda: self.is_live() and self.is_exact(), limit_s=30)
        self.pay_in("3.5")
        await wait_until(lambda: self.is_live() and self.is_exact(), limit_s=30)


@pytest_asyncio.fixture
async def scene(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    """The demo with one monitor key, its feed live; connections come back after a moment."""
    monkeypatch.setattr(feed_driver, "Patience", lambda: Patience(first_s=0.1, restart_s=0.1))
    monkeypatch.setattr(SpotBalancesFeed, "silence_s", 2.5)
    sockets: list[Any] = []
    run = FeedConnection.run

    async def noted(self: FeedConnection, http: Any) -> Any:
        sockets.append(http)
        return await run(self, http)

    monkeypatch.setattr(FeedConnection, "run", noted)
    async with DemoWorld.running(seed=7) as world:
        desk = world.open_desk.desk
        await world.open_desk.connect()
        made = Scene(world)
        made.sockets = sockets
        await world.check_desk_keys()
        await desk.balances.refresh(automatic=True)
        desk.scope.start("desk:live", world.open_desk.live.follow())
        await wait_until(lambda: made.is_live() and made.is_exact(), limit_s=20)
        made.stale_at.clear()
        yield made
        await desk.scope.close()


async def test_a_killed_connection(scene: Scene) -> None:
    """A connection that ends without a word is made anew, with a new snapshot."""
    begun = time.monotonic()

    for socket in scene.sockets:
        if socket.transport is not None:
            socket.transport.abort()
    scene.pay_in("1.25")

    await scene.lives_again(begun)


async def test_a_gap_in_the_sequence(scene: Scene) -> None:
    """A lost message is noticed with the next one; the figures are exact again although it never came."""
    scene.strike("ws_sequence_gap")
    begun = time.monotonic()

    scene.pay_in("1.25")
    scene.pay_in("2.5")

    await scene.lives_again(begun)


async def test_a_feed_that_falls_silent(scene: Scene) -> None:
    """An open connection that says nothing, not even heartbeats, is given up and made anew."""
    begun = time.monotonic()

    scene.strike("ws_silence")

    await scene.lives_again(begun)


async def test_a_token_that_has_expired(scene: Scene) -> None:
    """A subscription refused for its token is made again at once with a new one."""
    scene.strike("ws_token_expired")
    begun = time.monotonic()

    scene.strike("ws_close_1012")
    scene.pay_in("1.25")

    await scene.lives_again(begun)


async def test_a_feed_that_kraken_ends(scene: Scene) -> None:
    """A close for policy ends the feed for good; calls go on telling exact figures."""
    begun = time.monotonic()

    scene.strike("ws_close_1008")
    await wait_until(lambda: bool(scene.stale_at), limit_s=STALE_WITHIN_S)
    assert scene.stale_at[0] - begun < STALE_WITHIN_S
    await wait_until(lambda: not scene.sheet.stale and scene.is_exact(), limit_s=20)
    scene.pay_in("1.25")
    await scene.desk.balances.refresh(automatic=True)

    assert scene.is_exact()
    assert not scene.sheet.stale


def test_silence_is_noticed_in_time() -> None:
    """The real times are under ten seconds: on Futures by a probe that nobody answers."""
    assert (SPOT_SILENCE_S, PROBE_AFTER_S + ANSWER_S, SLEEP_LOOK_S) == (8.0, 8.0, 1.0)
