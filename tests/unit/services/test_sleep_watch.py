"""A jump between the clocks is a sleep; a slow loop is none."""

from __future__ import annotations

import pytest

from kraken_desk.services.sleep_watch import SleepWatch
from tests.helpers.fakes import FakeClock


@pytest.mark.parametrize(
    ("wall_s", "steady_s", "jump"),
    [
        (1.0, 1.0, None),
        (4.0, 4.2, None),
        (3600.0, 1.0, 3600.0),
        (3600.0, 3600.0, 3600.0),
        (-600.0, 1.0, -600.0),
        (7.9, 7.9, None),
    ],
    ids=["a look", "a slow look", "asleep, steady clock standing", "asleep, running", "set back", "busy"],
)
def test_a_jump_is_noticed(wall_s: float, steady_s: float, jump: float | None) -> None:
    """Whatever the system's steady clock does in sleep."""
    clock, steady = FakeClock(), [100.0]
    watch = SleepWatch(clock, lambda: steady[0])
    first = watch.jumped_s()

    clock.move(seconds=wall_s)
    steady[0] += steady_s

    assert first is None
    assert watch.jumped_s() == jump
    assert watch.jumped_s() is None
