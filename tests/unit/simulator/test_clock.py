"""The movable clock."""

from kraken_desk.simulator.clock import MovableClock


def test_the_clock_follows_its_source_with_an_offset() -> None:
    """An advanced clock keeps running at the source's pace."""
    source = [100.0]
    clock = MovableClock(lambda: source[0])

    clock.advance(50)
    source[0] = 101.0

    assert clock.now() == 151.0


def test_a_frozen_clock_stands_until_thawed() -> None:
    """Freezing stops time, moving still works, thawing goes on from there."""
    source = [100.0]
    clock = MovableClock(lambda: source[0])
    clock.freeze()
    source[0] = 500.0

    clock.advance(7)
    frozen = clock.now()
    clock.thaw()
    source[0] = 501.0

    assert frozen == 107.0
    assert clock.now() == 108.0
    assert not clock.frozen


def test_the_clock_can_be_set() -> None:
    """Setting moves to an exact moment, frozen or not."""
    clock = MovableClock(lambda: 100.0)

    clock.set(1_803_859_200.0)
    running = clock.now()
    clock.freeze()
    clock.set(5.0)

    assert (running, clock.now()) == (1_803_859_200.0, 5.0)
