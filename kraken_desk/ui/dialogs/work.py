"""Work: the one task a dialog runs at a time, whose late answers never reach a changed dialog."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from kraken_desk.domain.errors import KrakenDeskError, RuleError
from kraken_desk.services.tasks import TaskScope

T = TypeVar("T")


class Work:
    """Runs coroutines of one group in a scope; `on_idle` is called when the current one has ended."""

    def __init__(self, scope: TaskScope, group: str, on_idle: Callable[[], None]) -> None:
        self._scope = scope
        self._group = group
        self._on_idle = on_idle
        self._turn = 0
        self._task: asyncio.Task[Any] | None = None
        self._let_go: set[int] = set()

    def run(
        self,
        make: Callable[[], Coroutine[Any, Any, T]],
        done: Callable[[T], None],
        failed: Callable[[KrakenDeskError], None],
        *,
        replace: bool = False,
    ) -> bool:
        """Start a coroutine; False when the group is busy and may not be replaced.

        `done` or `failed` is called unless the work was cancelled, replaced or let go. `failed` also tells
        of work that an earlier dialog has let go and that still keeps the group busy; of its own a dialog
        knows.
        """
        if self._scope.running(self._group) and not replace:
            if self._task is None or self._task.done():
                failed(_earlier())
            return False
        self._turn += 1
        turn = self._turn

        def on_error(error: KrakenDeskError) -> None:
            if turn == self._turn:
                failed(error)
            elif turn in self._let_go:
                self._scope.failures.publish(error)

        def on_end(task: asyncio.Task[T]) -> None:
            if turn != self._turn:
                return
            if not task.cancelled() and task.exception() is None:
                done(task.result())
            if turn == self._turn:
                self._on_idle()

        task = self._scope.start(self._group, make(), replace=replace, on_error=on_error)
        assert task is not None
        self._task = task
        task.add_done_callback(on_end)  # after the scope's own: by then the group is free again
        return True

    @property
    def running(self) -> bool:
        return self._scope.running(self._group)

    def cancel(self) -> None:
        """Cancel what runs; nothing of it is reported."""
        self._turn += 1
        self._scope.cancel(self._group)

    def let_go(self) -> None:
        """Let the task run on without the dialog; its error, if any, goes to the window's presenter."""
        if self._scope.running(self._group):
            self._let_go.add(self._turn)
        self._turn += 1


def _earlier() -> RuleError:
    return RuleError(
        "An earlier one is still under way",
        "What was begun before goes on although its window was closed. Nothing new was begun or sent.",
        "Wait for its end, then try again.",
    )
