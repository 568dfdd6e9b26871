"""Repeating reads: what is worth it, how long to wait, when to stop."""

from __future__ import annotations

import pytest

from kraken_desk.domain.errors import (
    AuthRejectedError,
    ForbiddenError,
    KrakenDeskError,
    LockedOutError,
    NonceStaleError,
    RateLimitedError,
    UnavailableError,
    UnreachableError,
)
from kraken_desk.exchange.retry import CHECKS, READS, read_with_retry
from tests.unit.exchange.fakes import RecordingSleep


class Attempts:
    """Fails with each error in turn, then answers “done”."""

    def __init__(self, *errors: KrakenDeskError) -> None:
        self.errors = list(errors)
        self.made = 0

    async def __call__(self) -> str:
        self.made += 1
        if self.errors:
            raise self.errors.pop(0)
        return "done"


async def test_an_unavailable_read_is_repeated_with_growing_pauses() -> None:
    """Two failures are followed by two pauses, the second about three times the first."""
    attempts, sleep = Attempts(UnavailableError("a"), UnavailableError("b")), RecordingSleep()

    result = await read_with_retry(attempts, sleep=sleep)

    assert (result, attempts.made) == ("done", 3)
    assert 0.3 <= sleep.slept[0] <= 0.5
    assert 0.9 <= sleep.slept[1] <= 1.5


async def test_the_last_failure_is_passed_on() -> None:
    """After the last attempt the error comes out, without a further pause."""
    attempts, sleep = Attempts(*(UnavailableError(str(n)) for n in range(5))), RecordingSleep()

    with pytest.raises(UnavailableError, match="2"):
        await read_with_retry(attempts, sleep=sleep)

    assert (attempts.made, len(sleep.slept)) == (3, 2)


@pytest.mark.parametrize(
    "kind", [AuthRejectedError, NonceStaleError, LockedOutError, ForbiddenError, UnreachableError]
)
async def test_refusals_are_never_repeated(kind: type[KrakenDeskError]) -> None:
    """A refusal, or a network that is not there, ends the read at once."""
    attempts, sleep = Attempts(kind("no")), RecordingSleep()

    with pytest.raises(kind):
        await read_with_retry(attempts, sleep=sleep)

    assert (attempts.made, sleep.slept) == (1, [])


async def test_a_named_time_is_waited_for() -> None:
    """When Kraken names the time, exactly that is waited."""
    attempts, sleep = Attempts(RateLimitedError("slow", retry_after_s=7.5)), RecordingSleep()

    await read_with_retry(attempts, sleep=sleep)

    assert sleep.slept == [7.5]


async def test_a_wait_beyond_the_budget_is_not_begun() -> None:
    """A pause longer than the budget is left to the caller, who is told how long it is."""
    attempts, sleep = Attempts(RateLimitedError("slow", retry_after_s=60)), RecordingSleep()

    with pytest.raises(RateLimitedError) as caught:
        await read_with_retry(attempts, sleep=sleep)

    assert caught.value.retry_after_s == 60
    assert sleep.slept == []


async def test_a_full_counter_is_given_time_to_empty() -> None:
    """Without a named time a refused call waits some seconds, within the budget."""
    attempts, sleep = Attempts(*(RateLimitedError(str(n)) for n in range(3))), RecordingSleep()

    with pytest.raises(RateLimitedError):
        await read_with_retry(attempts, sleep=sleep)

    assert 1.5 <= sleep.slept[0] <= 2.5
    assert 4.5 <= sleep.slept[1] <= 7.5


async def test_a_check_leaves_a_full_counter_to_the_keys_process() -> None:
    """A check is repeated once when Kraken is unavailable, and not at all when calls are too many."""
    limited, down = Attempts(RateLimitedError("slow")), Attempts(*[UnavailableError("down")] * 3)

    with pytest.raises(RateLimitedError):
        await read_with_retry(limited, backoff=CHECKS, sleep=RecordingSleep())
    with pytest.raises(UnavailableError):
        await read_with_retry(down, backoff=CHECKS, sleep=RecordingSleep())

    assert (limited.made, down.made) == (1, 2)


def test_the_waiting_of_a_read_stays_below_a_quarter_minute() -> None:
    """A read that cannot be answered says so in time for the operator to notice."""
    assert READS.budget_s <= 15
