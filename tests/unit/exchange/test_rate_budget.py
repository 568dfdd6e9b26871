"""The local model of Kraken's call counters."""

from __future__ import annotations

import pytest

from kraken_desk.domain.errors import RateLimitedError
from kraken_desk.exchange.futures.gateway import ACCOUNT_LOG, ACCOUNTS
from kraken_desk.exchange.rate_budget import RateBudgets
from kraken_desk.exchange.spot.gateway import BALANCE_EX, LEDGERS
from tests.unit.exchange.fakes import Bench, FakeClock, MovingSleep, a_signer, reply


class Desk:
    """Budgets on a clock that sleeping moves."""

    def __init__(self, tier: str = "starter") -> None:
        self.clock = FakeClock()
        self.sleep = MovingSleep(self.clock)
        self.budgets = RateBudgets(self.clock, spot_tier=tier, sleep=self.sleep)

    def used(self, key: str) -> float:
        [state] = self.budgets.state(key)
        return state.used


async def test_calls_within_the_limit_do_not_wait() -> None:
    """Fifteen calls of a starter key go out at once; the state shows them."""
    desk = Desk()

    for _ in range(15):
        await desk.budgets.wait("key", BALANCE_EX)

    [state] = desk.budgets.state("key")
    assert desk.sleep.slept == []
    assert (state.pool, state.used, state.limit, state.per_second) == ("spot", 15.0, 15, 0.33)
    assert round(state.free_again_in_s) == 45


async def test_the_next_call_waits_for_room() -> None:
    """The sixteenth call of a starter waits about three seconds, a ledger call twice as long."""
    desk = Desk()
    for _ in range(15):
        await desk.budgets.wait("key", BALANCE_EX)

    await desk.budgets.wait("key", BALANCE_EX)
    await desk.budgets.wait("key", LEDGERS)

    assert [round(pause, 1) for pause in desk.sleep.slept] == [3.0, 6.1]


async def test_time_empties_the_counter() -> None:
    """A pro key is free again after twenty seconds, and never below empty."""
    desk = Desk("pro")
    for _ in range(20):
        await desk.budgets.wait("key", BALANCE_EX)

    desk.clock.move(5)
    assert desk.used("key") == 15.0
    desk.clock.move(3600)
    assert desk.used("key") == 0.0


async def test_a_clock_set_back_frees_nothing() -> None:
    """When the machine's clock jumps back, the counter stands still."""
    desk = Desk()
    await desk.budgets.wait("key", BALANCE_EX)

    desk.clock.move(-3600)

    assert desk.used("key") == 1.0


async def test_keys_do_not_share_a_counter_on_spot() -> None:
    """A second key is free while the first is full."""
    desk = Desk()
    for _ in range(15):
        await desk.budgets.wait("one", BALANCE_EX)

    await desk.budgets.wait("two", BALANCE_EX)

    assert desk.sleep.slept == []


async def test_futures_keys_share_the_address() -> None:
    """Together the keys of an address stay below four fifths of the documented limit."""
    desk = Desk()

    for number in range(201):
        await desk.budgets.wait(f"key {number}", ACCOUNTS)

    assert [round(pause, 2) for pause in desk.sleep.slept] == [0.05]


async def test_the_account_log_has_its_own_small_pool() -> None:
    """A hundred log calls pass, then one each six seconds; wallet calls are not touched by it."""
    desk = Desk()
    for _ in range(100):
        await desk.budgets.wait("key", ACCOUNT_LOG)

    await desk.budgets.wait("key", ACCOUNT_LOG)
    await desk.budgets.wait("key", ACCOUNTS)

    assert [round(pause, 1) for pause in desk.sleep.slept] == [6.0]
    assert {state.pool for state in desk.budgets.state("key")} == {"history", "derivatives"}


async def test_krakens_refusal_fills_the_counter() -> None:
    """After a refusal the model takes Kraken's word: the next call waits for room."""
    desk = Desk()
    desk.budgets.refused("key", BALANCE_EX)

    await desk.budgets.wait("key", BALANCE_EX)

    assert [round(pause, 1) for pause in desk.sleep.slept] == [3.0]


async def test_a_wait_too_long_is_refused_here() -> None:
    """A cost that would wait beyond half a minute raises at once and names the time."""
    desk = Desk()
    dear = type(LEDGERS)("Dear", "to read", LEDGERS.venue, cost=15)
    await desk.budgets.wait("key", dear)

    with pytest.raises(RateLimitedError) as caught:
        await desk.budgets.wait("key", dear)

    assert caught.value.retry_after_s == pytest.approx(45.45, abs=0.01)
    assert desk.sleep.slept == []


async def test_a_refused_call_makes_the_next_one_wait() -> None:
    """Through the gateway: Kraken refuses once, the model fills, the next attempt passes later."""
    bench = Bench(
        {
            "/0/private/GetApiKeyInfo": [
                reply({"error": ["EAPI:Rate limit exceeded"]}),
                reply({"error": [], "result": {"permissions": []}}),
            ]
        }
    )
    signer = a_signer()
    with pytest.raises(RateLimitedError):
        await bench.spot().check_key(signer)
    [state] = bench.channel.budgets.state(signer.fingerprint)
    before = bench.clock.now()

    await bench.spot().check_key(signer)

    assert state.used == state.limit
    assert round((bench.clock.now() - before).total_seconds(), 1) == 3.0


async def test_a_clock_set_back_does_not_stop_the_counter() -> None:
    """A counter filled under a wrong, later time empties from the right time on."""
    desk = Desk()
    for _ in range(15):
        await desk.budgets.wait("key", BALANCE_EX)
    desk.clock.move(-86_400)
    before = desk.used("key")

    desk.clock.move(10)

    assert (before, round(desk.used("key"), 1)) == (15.0, 11.7)
