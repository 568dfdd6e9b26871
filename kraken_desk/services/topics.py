"""Topics: the current immutable value of something, and who wants to hear of the next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Topic(Generic[T]):
    """Holds the current value; subscribers hear it at once and at every change.

    Equal values are not announced again. Used on the event loop's thread only.
    """

    def __init__(self, value: T) -> None:
        self._value = value
        self._subscribers: dict[int, Callable[[T], None]] = {}
        self._next = 0

    @property
    def value(self) -> T:
        return self._value

    def publish(self, value: T) -> None:
        if value != self._value:
            self.announce(value)

    def announce(self, value: T) -> None:
        """Publish a value that is known to differ: comparing large ones takes its time."""
        self._value = value
        for token, subscriber in tuple(self._subscribers.items()):
            if self._value is not value:
                return  # a subscriber has published the next value, which everybody has heard by now
            if token in self._subscribers:
                subscriber(value)

    def subscribe(self, callback: Callable[[T], None]) -> Callable[[], None]:
        """Call `callback` now and at every change; return a function that ends it."""
        token = self._next
        self._next += 1
        self._subscribers[token] = callback
        callback(self._value)
        return lambda: (self._subscribers.pop(token, None), None)[1]
