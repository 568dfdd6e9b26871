"""TaskScope: the one place that starts tasks, so that each has a name, a group and an owner.

Closing the scope cancels what it owns. A group runs once at a time: a second start is refused, or
replaces the first when asked to.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

from kraken_desk.domain.errors import KrakenDeskError
from kraken_desk.services.topics import Topic

T = TypeVar("T")
_log = logging.getLogger(__name__)


async def all_of(works: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Run works side by side and return their results; the first error ends the others and is raised.

    Unlike a bare TaskGroup it raises the error itself, not a group around it.
    """
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(work) for work in works]
    except BaseExceptionGroup as errors:
        raise _first(errors) from errors
    return [task.result() for task in tasks]


async def carried_out(work: Coroutine[Any, Any, T]) -> T:
    """Await `work` to its end even when the caller is cancelled; the cancellation follows it."""
    task = asyncio.get_running_loop().create_task(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait((task,))
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is None:
        return task.result()
    if not task.cancelled() and task.exception() is not None:
        _log.error("work that was to be carried out failed: %r", task.exception())
    raise cancelled


def _first(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    first = errors.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first


class TaskScope:
    """Owns tasks by group; `groups` names the running ones, `failures` the last error nobody took."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._tasks: dict[str, asyncio.Task[Any]] = {}
        self._ending: set[asyncio.Task[Any]] = set()
        self._closed = False
        self.groups: Topic[frozenset[str]] = Topic(frozenset())
        self.failures: Topic[KrakenDeskError | None] = Topic(None)

    def start(
        self,
        group: str,
        work: Coroutine[Any, Any, T],
        *,
        replace: bool = False,
        on_error: Callable[[KrakenDeskError], None] | None = None,
    ) -> asyncio.Task[T] | None:
        """Start `work` under `group`; None when the group is busy and may not be replaced, or when closed.

        KrakenDeskErrors go to `on_error`, else to `failures`; anything else is a defect and goes to
        the event loop's exception handler under the task's name.
        """
        if self._closed or (self.running(group) and not replace):
            work.close()
            return None
        self.cancel(group)
        loop = asyncio.get_running_loop()
        task = loop.create_task(work, name=f"{self._name}:{group}")
        self._tasks[group] = task
        task.add_done_callback(lambda done: self._on_done(group, done, on_error))
        self._announce()
        return task

    def running(self, group: str) -> bool:
        return group in self._tasks

    def cancel(self, group: str) -> None:
        """Cancel a group's task; its end is awaited by `close`."""
        task = self._tasks.pop(group, None)
        if task is not None:
            self._ending.add(task)
            task.cancel()
            self._announce()

    async def finish(self, prefix: str | tuple[str, ...], *, within_s: float) -> None:
        """Wait for the groups whose name starts with `prefix` or one of several, at most so long."""
        waiting = [task for group, task in self._tasks.items() if group.startswith(prefix)]
        if waiting:
            await asyncio.wait(waiting, timeout=within_s)

    async def give_way(self, *, within_s: float) -> None:
        """Wait until what was cancelled has ended, at most so long."""
        if self._ending:
            await asyncio.wait(tuple(self._ending), timeout=within_s)

    async def close(self) -> None:
        """Cancel everything and wait until it has ended."""
        self._closed = True
        for group in tuple(self._tasks):
            self.cancel(group)
        if self._ending:
            await asyncio.wait(tuple(self._ending))

    def _on_done(
        self, group: str, task: asyncio.Task[Any], on_error: Callable[[KrakenDeskError], None] | None
    ) -> None:
        self._ending.discard(task)
        if self._tasks.get(group) is task:
            del self._tasks[group]
            self._announce()
        if task.cancelled():
            return
        error = task.exception()
        if isinstance(error, KrakenDeskError):
            _log.info("%s: %s", task.get_name(), error.category)
            if on_error is not None:
                on_error(error)
            else:
                self.failures.publish(error)
        elif error is not None:
            task.get_loop().call_exception_handler(
                {"message": f"task {task.get_name()} failed", "exception": error, "task": task}
            )

    def _announce(self) -> None:
        self.groups.publish(frozenset(self._tasks))
