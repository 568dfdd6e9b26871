"""Topics: everybody ends with the newest value."""

from __future__ import annotations

from kraken_desk.services.topics import Topic


def test_a_subscriber_hears_the_present_and_every_change() -> None:
    """The current value comes at once, equal values are not announced again."""
    topic, heard = Topic(1), list[int]()

    topic.subscribe(heard.append)
    topic.publish(2)
    topic.publish(2)

    assert heard == [1, 2]
    assert topic.value == 2


def test_who_has_left_hears_nothing() -> None:
    """Unsubscribing ends it, also in the middle of an announcement, and may be done twice."""
    topic, heard = Topic(1), list[int]()
    leavers = [topic.subscribe(lambda value: leavers[1]() if value == 2 else None)]
    leavers.append(topic.subscribe(heard.append))

    topic.publish(2)
    leavers[1]()
    topic.publish(3)

    assert heard == [1]


def test_the_newest_value_wins_when_a_subscriber_publishes() -> None:
    """Nobody hears an older value after a newer one."""
    topic, heard = Topic(1), list[int]()
    topic.subscribe(lambda value: topic.publish(3) if value == 2 else None)
    topic.subscribe(heard.append)

    topic.publish(2)

    assert heard == [1, 3]


def test_an_announced_value_is_not_compared() -> None:
    """A publisher that knows a large value to be another one spares everybody the comparison."""

    class Large:
        def __eq__(self, _: object) -> bool:
            raise AssertionError("compared")

        __hash__ = None  # type: ignore[assignment]  # as any class with an __eq__ of its own

    topic, heard = Topic(Large()), list[Large]()
    topic.subscribe(heard.append)

    topic.announce(second := Large())

    assert heard[1] is second
    assert topic.value is second
