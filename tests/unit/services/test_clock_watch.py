"""A check never spends a nonce of the future on a key that another process uses."""

from __future__ import annotations

import pytest

from kraken_desk.domain.errors import ClockAheadError, UnavailableError
from kraken_desk.domain.keys import CheckOutcome, Venue
from kraken_desk.domain.venue_facts import ServerStatus
from tests.helpers.builders import NOW, a_master, a_public_key, a_secret
from tests.helpers.fakes import FakeClock
from tests.unit.services.bench import Bench


def clocks_differ(bench: Bench, offset_s: float) -> None:
    """Let Kraken's clock be `offset_s` seconds from ours."""
    bench.spot.answer("server_status", ServerStatus("online", NOW, offset_s))


@pytest.fixture
async def bench(bench: Bench) -> Bench:
    await bench.move_in(a_master(1))
    await bench.key(1, process="mm-bot")
    await bench.key(2, process="Kraken Desk")
    return bench


async def test_a_clock_ahead_spares_the_keys_of_other_processes(bench: Bench) -> None:
    """Nothing is signed, and the check says why."""
    clocks_differ(bench, -3600)
    slots = {slot.process: slot for slot in bench.fleet.slots()}

    (check,) = await bench.keys.check((slots["mm-bot"].slot_id,))

    assert check.outcome is CheckOutcome.UNREACHED
    assert check.problem is not None
    assert check.problem.category == "ClockAheadError"
    assert list(bench.calls("check_key")) == []


async def test_a_pasted_pair_is_not_tried_by_a_clock_ahead(bench: Bench) -> None:
    """The pair may belong to a process that signs by a right clock."""
    clocks_differ(bench, -61)

    with pytest.raises(ClockAheadError):
        await bench.keys.try_pair(Venue.SPOT, a_public_key(9), a_secret())

    assert list(bench.calls("check_key")) == []


async def test_a_desk_key_is_checked_all_the_same(bench: Bench) -> None:
    """The desk's own nonces only ever rise, so its keys survive a clock set back."""
    clocks_differ(bench, -3600)
    slots = {slot.process: slot for slot in bench.fleet.slots()}

    (check,) = await bench.keys.check((slots["Kraken Desk"].slot_id,))

    assert check.outcome is CheckOutcome.ACCEPTED


@pytest.mark.parametrize("offset_s", [0.0, -59.0, 86_400.0])
async def test_a_clock_that_is_right_or_behind_is_no_danger(bench: Bench, offset_s: float) -> None:
    """A nonce that is too low is refused by Kraken and spoils nothing."""
    clocks_differ(bench, offset_s)
    slot = next(s for s in bench.fleet.slots() if s.process == "mm-bot")

    (check,) = await bench.keys.check((slot.slot_id,))

    assert check.outcome is CheckOutcome.ACCEPTED


async def test_the_clock_is_asked_for_again_after_a_while(bench: Bench, clock: FakeClock) -> None:
    """A clock that jumps ahead later is noticed before the next signature."""
    slot = next(s for s in bench.fleet.slots() if s.process == "mm-bot")
    await bench.keys.check((slot.slot_id,))
    clock.move(minutes=11)
    clocks_differ(bench, -660)

    (check,) = await bench.keys.check((slot.slot_id,))

    assert check.problem is not None
    assert check.problem.category == "ClockAheadError"


async def test_without_krakens_time_nothing_is_refused(bench: Bench) -> None:
    """The time is a public call of its own; its failure says nothing about the clock."""
    bench.spot.answer("server_status", UnavailableError("Kraken does not answer"))
    slot = next(s for s in bench.fleet.slots() if s.process == "mm-bot")

    (check,) = await bench.keys.check((slot.slot_id,))

    assert check.outcome is CheckOutcome.ACCEPTED
