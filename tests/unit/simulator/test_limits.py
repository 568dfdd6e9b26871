"""Counters, pools and lockouts by their numbers."""

import pytest

from kraken_desk.simulator.accounts import Tier
from kraken_desk.simulator.limits import Lockout, RefillingPool, SpotCounter, WindowPool
from kraken_desk.simulator.request_log import RequestLog
from kraken_desk.simulator.switches import Switches


@pytest.mark.parametrize(
    ("tier", "calls", "seconds"),
    [(Tier.STARTER, 15, 3.1), (Tier.INTERMEDIATE, 20, 2.0), (Tier.PRO, 20, 1.0)],
)
def test_each_tier_has_its_counter_and_decay(tier: Tier, calls: int, seconds: float) -> None:
    """Starter 15 at 0.33/s, Intermediate 20 at 0.5/s, Pro 20 at 1/s; a refused call counts too."""

    def full() -> SpotCounter:
        counter = SpotCounter(at=1000.0)
        assert [counter.charge(1, tier, 1000.0) for _ in range(calls + 1)] == [True] * calls + [False]
        return counter

    early = full().charge(1, tier, 1000.0 + 2 * seconds - 0.2)
    late = full().charge(1, tier, 1000.0 + 2 * seconds)

    assert (early, late) == (False, True)


def test_calling_on_does_not_grow_the_counter_for_ever() -> None:
    """However often a refused caller asks, the counter stays within one call of the limit."""
    counter = SpotCounter(at=0.0)

    for _ in range(500):
        counter.charge(1, Tier.PRO, 0.0)

    assert counter.value == 21.0
    assert counter.charge(1, Tier.PRO, 2.0)


def test_a_clock_moved_back_gives_nothing_away() -> None:
    """Time that runs backwards neither decays the counter nor refills a pool."""
    counter, pool = SpotCounter(at=100.0), RefillingPool(at=100.0)
    counter.charge(20, Tier.PRO, 100.0)
    pool.charge(100, 100.0)

    assert not counter.charge(1, Tier.PRO, 50.0)
    assert pool.charge(1, 50.0) == pytest.approx(6.0)


def test_the_derivatives_budget_is_whole_again_in_each_window() -> None:
    """Five hundred units in ten seconds; what does not fit is not charged."""
    pool = WindowPool()

    results = [pool.charge(100, 1000.0 + second) for second in (0, 1, 2, 3, 4, 5)]
    small = pool.charge(0, 1006.0)
    following = pool.charge(500, 1010.0)

    assert results == [True] * 5 + [False]
    assert small
    assert following


def test_the_history_pool_names_the_wait() -> None:
    """One token comes back every six seconds."""
    pool = RefillingPool(at=0.0)

    emptied = pool.charge(100, 0.0)
    wait = pool.charge(3, 0.0)
    after = pool.charge(3, 18.0)

    assert emptied == 0.0
    assert wait == pytest.approx(18.0)
    assert after == 0.0


def test_a_lockout_that_does_not_extend_ends_on_time() -> None:
    """With extension off, asking changes nothing; its length and threshold are switches."""
    switches = Switches(lockout_failures=2, lockout_s=60.0, lockout_extends=False)
    lockout = Lockout()
    lockout.count_failure("192.0.2.1", 0.0, switches)
    lockout.count_failure("192.0.2.1", 1.0, switches)

    blocked = [lockout.blocks("192.0.2.1", at, switches) for at in (1.0, 60.9, 61.0)]

    assert blocked == [True, True, False]
    assert not lockout.blocks("192.0.2.2", 1.0, switches)


def test_the_request_log_is_bounded() -> None:
    """Only the latest entries are kept, and the total goes on."""
    log = RequestLog(kept=3)
    for number in range(5):
        log.add(
            at=float(number),
            method="GET",
            path="/",
            api_key="",
            nonce="",
            caller="",
            verdict="ok",
            status=200,
        )

    assert [entry.sequence for entry in log.since()] == [3, 4, 5]
    assert [entry.sequence for entry in log.since(4)] == [5]
    assert (len(log), log.total) == (3, 5)
