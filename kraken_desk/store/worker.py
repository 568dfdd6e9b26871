"""The one thread that owns the SQLite connection.

A daemon thread instead of an executor: an executor makes the exit of the process wait for its job.
Nothing is lost by that, since a write is promised only when its caller has been answered, and
`close` answers after everything queued before it.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")

_Job = Callable[[], None]


class StoreThread:
    """Runs jobs one after the other, in the order of asking.

    A job that was asked for is always run, even when its caller has been cancelled meanwhile: the
    fact that a transfer was confirmed must reach the disk although the window is closing.
    """

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._closed = False

    async def run(self, job: Callable[[], T]) -> T:
        """Run a blocking job on the thread and return its result or raise its exception."""
        if self._closed:
            raise RuntimeError("the store is closed")
        return await self._ask(job)

    async def close(self, last: Callable[[], None]) -> None:
        """Finish what was asked for, run `last`, and end the thread; a second call does nothing."""
        if self._closed:
            return
        self._closed = True
        try:
            await self._ask(last)
        finally:
            self._jobs.put(None)
        if self._thread is not None:
            self._thread.join()

    async def _ask(self, job: Callable[[], T]) -> T:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()
        self._jobs.put(lambda: _answer(loop, answer, job))
        if self._thread is None:
            self._thread = threading.Thread(target=self._serve, name="store", daemon=True)
            self._thread.start()
        return await answer

    def _serve(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()


def _answer(loop: asyncio.AbstractEventLoop, answer: asyncio.Future[T], job: Callable[[], T]) -> None:
    deliver: Callable[[Any], None]
    result: Any
    try:
        result = job()
        deliver = answer.set_result
    except BaseException as error:  # noqa: BLE001  # thread boundary: the caller gets it, whatever it is
        result = error
        deliver = answer.set_exception

    def settle() -> None:
        if not answer.done():
            deliver(result)

    try:
        loop.call_soon_threadsafe(settle)
    except RuntimeError:
        return  # the loop has ended meanwhile: nobody waits for the answer
