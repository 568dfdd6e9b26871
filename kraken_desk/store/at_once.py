"""Jobs of the store in the thread that asks for them, for a process that has no event loop to keep free."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class AtOnce:
    """Stands in for the store's thread: a job has been done when `run` is awaited, without any waiting."""

    def __init__(self) -> None:
        self._closed = False

    async def run(self, job: Callable[[], T]) -> T:
        if self._closed:
            raise RuntimeError("the store is closed")
        return job()

    async def close(self, last: Callable[[], None]) -> None:
        """Run `last` and take no more; a second call does nothing."""
        if not self._closed:
            self._closed = True
            last()
