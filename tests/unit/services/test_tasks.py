"""Tasks: each has an owner, a group and someone who hears how it ended."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest

from kraken_desk.domain.errors import InputError, KrakenDeskError, StoreBusyError
from kraken_desk.services.tasks import TaskScope, all_of, carried_out
from tests.helpers.wait import wait_until


@pytest.fixture
async def scope() -> AsyncIterator[TaskScope]:
    scope = TaskScope("test")
    yield scope
    await scope.close()


async def forever() -> None:
    await asyncio.Event().wait()


async def failing(error: BaseException) -> None:
    await asyncio.sleep(0)
    raise error


async def test_a_busy_group_refuses_a_second_start(scope: TaskScope) -> None:
    """The first goes on, and the refused work is closed without a warning."""
    first = scope.start("transfer", forever())

    assert scope.start("transfer", forever()) is None
    assert first is not None
    assert not first.done()
    assert scope.groups.value == {"transfer"}


async def test_a_group_may_be_replaced(scope: TaskScope) -> None:
    """The newer run cancels the older one and keeps the group."""
    first = scope.start("refresh", forever())
    second = scope.start("refresh", forever(), replace=True)

    assert first is not None
    await asyncio.wait((first,))
    assert first.cancelled()
    assert second is not None
    assert scope.running("refresh")
    assert second.get_name() == "test:refresh"


async def test_a_finished_group_is_free(scope: TaskScope) -> None:
    """The group leaves the list when its task ends, and its result is there."""
    task = scope.start("work", asyncio.sleep(0, "done"))
    assert task is not None

    assert await task == "done"
    await wait_until(lambda: not scope.running("work"))
    assert scope.groups.value == frozenset()


async def test_errors_go_to_who_asked_or_to_all(scope: TaskScope) -> None:
    """An error of ours reaches `on_error`, without one the common topic."""
    taken: list[KrakenDeskError] = []
    mine, nobodys = InputError("mine"), InputError("nobody's")

    scope.start("a", failing(mine), on_error=taken.append)
    scope.start("b", failing(nobodys))
    await wait_until(lambda: scope.groups.value == frozenset())

    assert taken == [mine]
    assert scope.failures.value is nobodys


async def test_a_defect_reaches_the_loops_handler(scope: TaskScope) -> None:
    """Anything that is no error of ours is announced under the task's name."""
    seen: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: seen.append(context))

    scope.start("work", failing(ZeroDivisionError("defect")))
    await wait_until(lambda: seen)

    assert seen[0]["message"] == "task test:work failed"
    assert isinstance(seen[0]["exception"], ZeroDivisionError)


async def test_closing_ends_everything_and_lets_nothing_in() -> None:
    """After close no task is left, and a late start is refused."""
    scope = TaskScope("test")
    tasks = [scope.start(name, forever()) for name in ("a", "b")]

    await scope.close()

    assert all(task is not None and task.cancelled() for task in tasks)
    assert scope.start("c", forever()) is None


async def test_close_waits_for_cancelled_work_to_tidy_up() -> None:
    """A task that cleans up after its cancellation is not abandoned."""
    scope, tidied = TaskScope("test"), list[str]()

    async def careful() -> None:
        try:
            await forever()
        finally:
            await asyncio.sleep(0)
            tidied.append("done")

    scope.start("work", careful())
    await asyncio.sleep(0)
    scope.cancel("work")
    assert not scope.running("work")

    await scope.close()

    assert tidied == ["done"]


async def test_finishing_waits_for_some_groups_only(scope: TaskScope) -> None:
    """A transfer on its way may end by itself, within limits; other work is not waited for."""
    go, ended = asyncio.Event(), list[str]()

    async def transfer() -> None:
        await go.wait()
        ended.append("transfer")

    scope.start("transfers:send", transfer())
    scope.start("balances", forever())
    asyncio.get_running_loop().call_soon(go.set)

    await scope.finish("transfer", within_s=5)
    await scope.finish("balances", within_s=0)

    assert ended == ["transfer"]
    assert scope.running("balances")


async def test_all_of_returns_results_in_order() -> None:
    """Results stand where their works stood."""
    assert await all_of([asyncio.sleep(0.001, "slow"), asyncio.sleep(0, "quick")]) == ["slow", "quick"]
    assert await all_of([]) == []


async def test_all_of_raises_the_error_itself_and_ends_the_others() -> None:
    """No group is wrapped around the error, and no task goes on."""
    with pytest.raises(StoreBusyError):
        await all_of([forever(), failing(StoreBusyError("busy"))])

    assert len(asyncio.all_tasks()) == 1


async def test_carried_out_work_survives_cancellation() -> None:
    """The work is finished first, however often its caller is cancelled, and then the caller ends."""
    go, finished = asyncio.Event(), list[str]()

    async def work() -> str:
        await go.wait()
        finished.append("done")
        return "result"

    task = asyncio.get_running_loop().create_task(carried_out(work()))
    for _ in range(2):
        await asyncio.sleep(0)
        task.cancel()
    await asyncio.sleep(0)
    assert not task.done()

    go.set()
    await asyncio.wait((task,))
    assert finished == ["done"]
    assert task.cancelled()
    assert await carried_out(work()) == "result"


async def test_carried_out_work_that_fails_after_a_cancellation_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The cancellation wins, but the failure does not vanish."""
    go = asyncio.Event()

    async def work() -> None:
        await go.wait()
        raise StoreBusyError("busy")

    task = asyncio.get_running_loop().create_task(carried_out(work()))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0)
    with caplog.at_level(logging.ERROR):
        go.set()
        await asyncio.wait((task,))

    assert task.cancelled()
    assert "StoreBusyError" in caplog.text
