"""The one task of a dialog: its result, its error, its cancelling, and what happens once it is let go."""

import asyncio

from kraken_desk.domain.errors import KrakenDeskError, UnreachableError
from kraken_desk.services.tasks import TaskScope
from kraken_desk.ui.dialogs.work import Work


class Heard:
    """Remembers what a Work reported."""

    def __init__(self) -> None:
        self.results: list[str] = []
        self.errors: list[KrakenDeskError] = []
        self.idle = 0

    def on_idle(self) -> None:
        self.idle += 1


class Step:
    """A coroutine that waits until it is told how to end."""

    def __init__(self) -> None:
        self.runs = 0
        self.gate = asyncio.Event()
        self.error: Exception | None = None

    async def run(self) -> str:
        self.runs += 1
        await self.gate.wait()
        if self.error is not None:
            raise self.error
        return "done"


async def turns(number: int = 5) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


def a_work(heard: Heard) -> tuple[Work, TaskScope]:
    scope = TaskScope("test")
    return Work(scope, "group", heard.on_idle), scope


async def test_a_result_is_reported_once() -> None:
    """The result reaches the dialog, and the dialog hears that nothing runs any more."""
    heard, step = Heard(), Step()
    work, _ = a_work(heard)

    started = work.run(step.run, heard.results.append, heard.errors.append)
    step.gate.set()
    await turns()

    assert started
    assert (heard.results, heard.errors, heard.idle) == (["done"], [], 1)


async def test_an_error_is_reported() -> None:
    """An error of ours reaches the dialog and not the window's presenter."""
    heard, step = Heard(), Step()
    work, scope = a_work(heard)
    step.error = UnreachableError("No connection")

    work.run(step.run, heard.results.append, heard.errors.append)
    step.gate.set()
    await turns()

    assert [e.title for e in heard.errors] == ["No connection"]
    assert scope.failures.value is None


async def test_a_second_start_is_refused() -> None:
    """While a task runs a second one is not even created."""
    heard, step = Heard(), Step()
    work, _ = a_work(heard)

    first = work.run(step.run, heard.results.append, heard.errors.append)
    second = work.run(step.run, heard.results.append, heard.errors.append)
    await turns()
    step.gate.set()
    await turns()

    assert (first, second, step.runs) == (True, False, 1)
    assert heard.errors == []


async def test_work_that_an_earlier_dialog_has_let_go_is_told_of() -> None:
    """A dialog that cannot begin because of it says why; nothing begins."""
    earlier, heard, step = Heard(), Heard(), Step()
    work, scope = a_work(earlier)
    work.run(step.run, earlier.results.append, earlier.errors.append)
    work.let_go()

    started = Work(scope, "group", heard.on_idle).run(step.run, heard.results.append, heard.errors.append)
    await turns()
    step.gate.set()
    await turns()

    assert (started, step.runs) == (False, 1)
    assert [error.title for error in heard.errors] == ["An earlier one is still under way"]
    assert (earlier.errors, heard.results, heard.idle) == ([], [], 0)


async def test_a_replaced_task_reports_nothing() -> None:
    """Only the newest task's result is heard when it replaces the first."""
    heard, old, new = Heard(), Step(), Step()
    work, _ = a_work(heard)

    work.run(old.run, heard.results.append, heard.errors.append)
    await turns()
    work.run(new.run, lambda text: heard.results.append(f"new {text}"), heard.errors.append, replace=True)
    old.gate.set()
    new.gate.set()
    await turns()

    assert heard.results == ["new done"]


async def test_cancelling_ends_the_task_silently() -> None:
    """A cancelled task reports neither result nor error."""
    heard, step = Heard(), Step()
    work, scope = a_work(heard)

    work.run(step.run, heard.results.append, heard.errors.append)
    await turns()
    work.cancel()
    await turns()

    assert (heard.results, heard.errors, heard.idle) == ([], [], 0)
    assert not scope.running("group")


async def test_a_task_let_go_runs_on_and_its_error_goes_to_the_window() -> None:
    """After the dialog is gone the task still ends by itself, and its error is not lost."""
    heard, step = Heard(), Step()
    work, scope = a_work(heard)
    step.error = UnreachableError("No connection")

    work.run(step.run, heard.results.append, heard.errors.append)
    await turns()
    work.let_go()
    step.gate.set()
    await turns()

    assert (heard.results, heard.errors) == ([], [])
    assert scope.failures.value is step.error
