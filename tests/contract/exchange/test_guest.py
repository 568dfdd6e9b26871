"""The services as guests on bots' keys: schedule and requests, on all seven scales, on a real store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from kraken_desk.domain.accounts import AccountId, AccountKind
from kraken_desk.domain.clients import scale_of
from kraken_desk.domain.foreign_use import Quietness, UseState, quiet_since
from kraken_desk.domain.keys import CheckOutcome, KeyCheck, KeySlot, Venue
from kraken_desk.domain.secrets import ApiSecret
from kraken_desk.exchange.key_channel import KeyChannel
from kraken_desk.exchange.rate_budget import RateBudgets
from kraken_desk.exchange.spot.gateway import SpotGateway
from kraken_desk.services.check_schedule import CheckSchedule
from kraken_desk.services.fleet import FleetService
from kraken_desk.services.guard import LockoutGuard
from kraken_desk.services.keys import KeysService
from kraken_desk.services.use_watch import UseWatch
from kraken_desk.store import Store
from tests.contract.exchange.conftest import DEMO, Stage
from tests.contract.exchange.test_observer import CLIENTS, Bot
from tests.helpers.builders import a_slot, an_account
from tests.helpers.fakes import FakeVault
from tests.unit.exchange.fakes import RecordingSleep


class ScriptedBot(Bot):
    """Makes its nonces as its client does, second-counters included."""

    async def call(self, after_s: float = 0.3) -> list[str]:
        """Make one signed call `after_s` seconds after the last event."""
        self.wait(after_s)
        self._last = max(self._by_the_clock(), self._last + 1)
        return await self.send(self._last)

    def wait(self, seconds: float) -> None:
        self.clock.move(seconds=seconds)
        self.advance(seconds)

    def _by_the_clock(self) -> int:
        now = self.clock.now()
        if self.client == "api-go":  # seconds and a counter that starts anew
            return scale_of(self.client).at(now.replace(microsecond=0))
        return scale_of(self.client).at(now)


class Guest:
    """The desk's services around one bot's key, on a store of their own."""

    def __init__(self, stage: Stage, bot: ScriptedBot, store: Store, client: str) -> None:
        clock = bot.clock
        self.bot, self.store, self.vault = bot, store, FakeVault()
        self.guard = LockoutGuard(store.guard, clock)
        channel = KeyChannel(
            DEMO,
            transport=stage.transport,
            nonces=store.nonces,
            guard=self.guard,
            clock=clock,
            budgets=RateBudgets(clock, spot_tier="pro"),
        )
        environment = replace(stage.environment, futures_url="", futures_ws_url="")
        gateway = SpotGateway(
            environment, transport=stage.transport, channel=channel, clock=clock, sleep=RecordingSleep()
        )
        self.fleet = FleetService(
            environment, store.metadata, clock, findings=lambda: store.use.findings(environment.name)
        )
        use = UseWatch(store.nonces, store.use, store.leases.of_slot, self.fleet.note_use)
        self.keys = KeysService(environment, {Venue.SPOT: gateway}, self.vault, self.fleet, clock, use)
        self.schedule = CheckSchedule(self.fleet, self.keys.check, self._not_locked_out, store, clock)
        account = an_account(1, environment=environment.name, kind=AccountKind.MASTER)
        self._account = account
        self.slot: KeySlot = a_slot(
            environment=environment.name,
            account_id=AccountId(account.account_id),
            api_key=bot.key["api_key"],
            added_at=clock.now() - timedelta(days=9),
            process="bot",
            client=client,
        )

    async def _not_locked_out(self) -> None:
        return None

    async def move_in(self) -> None:
        await self.vault.put(self.slot.key_id, ApiSecret(self.bot.key["api_secret"]))
        await self.store.metadata.save_account(self._account)
        await self.store.metadata.save_slot(self.slot)
        await self.fleet.load()

    async def check(self, *, asked: bool = True) -> KeyCheck:
        [result] = await self.keys.check((self.slot.slot_id,), asked=asked)
        return result

    @property
    def use(self) -> UseState | None:
        finding = self.fleet.node_of(self.fleet.slot(self.slot.slot_id)).use
        return finding.state if finding else None


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(tmp_path / "desk.db")
    yield opened
    await opened.close()


@pytest.fixture
async def still(stage: Stage) -> Stage:
    """The local exchange with a clock that only the bots move."""
    stage.world.clock.freeze()
    return stage


async def a_guest(stage: Stage, store: Store, client: str, declared: str = "") -> tuple[ScriptedBot, Guest]:
    bot = ScriptedBot(stage, "mm-bot-1", client)
    guest = Guest(stage, bot, store, declared or client)
    await guest.move_in()
    return bot, guest


@pytest.mark.parametrize("client", CLIENTS)
async def test_a_hundred_checks_in_idle_gaps_harm_no_bot(still: Stage, store: Store, client: str) -> None:
    """Bursts of calls, a gap, a check, and the bot's next call at once: every call passes."""
    bot, guest = await a_guest(still, store, client)
    refused: list[str] = []
    outcomes = set()

    for _ in range(100):
        refused += [error for _ in range(2) for error in await bot.call()]
        bot.wait(4)  # longer than the burst, the unit and the margin
        outcomes.add((await guest.check()).outcome)
        refused += await bot.call(after_s=0.01)

    assert refused == []
    assert outcomes == {CheckOutcome.ACCEPTED}
    assert guest.use is not UseState.FOREIGN


@pytest.mark.parametrize("client", CLIENTS)
async def test_a_fortnight_of_scheduled_checks_harms_no_bot(still: Stage, store: Store, client: str) -> None:
    """Looks four times a day beside a bot that never rests: no call of it fails, and one of ours at most."""
    bot, guest = await a_guest(still, store, client)
    refused, failed, made = [], 0, 0

    for _ in range(56):
        bot.wait(6 * 3600)
        refused += await bot.call(after_s=0.7)
        for result in await guest.schedule.look():
            made += 1
            failed += result.outcome is CheckOutcome.REJECTED
        refused += [error for _ in range(2) for error in await bot.call(after_s=0.01)]

    assert refused == []
    assert failed <= 1
    assert 1 <= made <= 14


@pytest.mark.parametrize("client", [c for c in CLIENTS if c != "hummingbot"])
async def test_a_bot_of_a_larger_scale_costs_one_failed_call_ever(
    still: Stage, store: Store, client: str
) -> None:
    """Declared as Hummingbot: the first check is refused, and the schedule never tries again."""
    bot, guest = await a_guest(still, store, client, declared="hummingbot")
    refused = await bot.call()
    failed = 0

    for _ in range(20):
        bot.wait(12 * 3600)
        refused += await bot.call()
        bot.wait(5)
        failed += sum(result.outcome is CheckOutcome.REJECTED for result in await guest.schedule.look())
        await guest.check(asked=False)
        refused += await bot.call()

    assert refused == []
    assert failed == 1
    assert still.calls("/0/private/GetApiKeyInfo") == 1


async def test_a_larger_scale_after_good_checks_is_foreign_use(still: Stage, store: Store) -> None:
    """The key worked for ccxt; somebody signs in nanoseconds, and the next check tells."""
    bot, guest = await a_guest(still, store, "ccxt")
    await bot.call()
    bot.wait(5)
    await guest.check()
    intruder = ScriptedBot(still, "mm-bot-1", "kraken-cli")
    intruder.clock, intruder.held.nonce = bot.clock, bot.held.nonce
    await intruder.call()

    bot.wait(5)
    await guest.check()

    assert guest.use is UseState.FOREIGN


async def test_quiet_looks_find_the_straggler_on_the_old_key(still: Stage, store: Store) -> None:
    """Three looks prove the key quiet; one call of the bot, and it is not called quiet any more."""
    bot, guest = await a_guest(still, store, "ccxt")
    await bot.call()
    since = bot.clock.now()
    for _ in range(3):
        bot.wait(3600)
        await guest.keys.look_quietly(guest.slot)
    before = quiet_since(await guest.keys.observations(guest.slot), since)

    straggled = await bot.call()
    bot.wait(3600)
    await guest.keys.look_quietly(guest.slot)

    after = quiet_since(await guest.keys.observations(guest.slot), since)
    assert before.state is Quietness.QUIET
    assert before.until == since + timedelta(hours=3)
    assert after.state is Quietness.USED
    assert (straggled, await bot.call()) == ([], [])


@pytest.mark.parametrize(("only_here", "state"), [(False, UseState.UNDECIDABLE), (True, UseState.FOREIGN)])
async def test_use_between_checks_is_told_where_kraken_names_the_call_before(
    still: Stage, store: Store, only_here: bool, state: UseState
) -> None:
    """A call at the same scale leaves no nonce behind; its time does, if Kraken tells it."""
    still.world.switches.set("last_used", "call before")
    bot, guest = await a_guest(still, store, "ccxt")
    await guest.keys.say_only_here(guest.slot.slot_id, only_here)
    bot.wait(600)
    await guest.check()
    bot.wait(600)
    await bot.call()
    bot.wait(600)

    await guest.check()

    assert guest.use is state
