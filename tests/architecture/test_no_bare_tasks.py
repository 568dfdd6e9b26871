"""Tasks are started in one place, so that each has a name, an owner and someone who sees its errors."""

import ast
from collections.abc import Iterable

from tests.architecture.source import PACKAGE, Module, modules_below, parse

STARTERS = {"create_task", "ensure_future", "run_coroutine_threadsafe"}

MAY_START_TASKS = {
    "kraken_desk/services/tasks.py": "the one place: TaskScope names, keeps and reports its tasks",
}


def bare_starts(modules: Iterable[Module]) -> list[str]:
    """Return `file:line` of every mention of a call that starts a task, imported names included.

    A group entered with `async with` is no bare start: it waits for its tasks and raises their errors.
    """
    return [
        f"{module.name}:{node.lineno}"
        for module in modules
        for groups in [entered_groups(module)]
        for node in ast.walk(module.tree)
        if (
            isinstance(node, ast.Attribute)
            and node.attr in STARTERS
            and ast.unparse(node.value) not in groups
        )
        or (isinstance(node, ast.ImportFrom) and STARTERS & {alias.name for alias in node.names})
    ]


def entered_groups(module: Module) -> set[str]:
    """Return the names that `async with asyncio.TaskGroup() as name` gives."""
    items = [item for node in ast.walk(module.tree) if isinstance(node, ast.AsyncWith) for item in node.items]
    return {
        ast.unparse(item.optional_vars)
        for item in items
        if item.optional_vars and ast.unparse(item.context_expr) == "asyncio.TaskGroup()"
    }


def test_tasks_are_started_in_one_place() -> None:
    """No module starts a task by itself but those listed with their reason."""
    modules = [module for module in modules_below(PACKAGE) if module.name not in MAY_START_TASKS]

    assert bare_starts(modules) == []


def test_listed_exceptions_exist_and_start_tasks() -> None:
    """An exception that is no longer needed is taken off the list."""
    starting = {start.partition(":")[0] for start in bare_starts(modules_below(PACKAGE))}

    assert set(MAY_START_TASKS) <= starting


def test_nobody_waits_in_a_way_that_swallows_a_cancellation() -> None:
    """In Python 3.11 `wait_for` returns a result that came in the moment of its cancellation, and goes on.

    Who ends the program waits for such a task for ever; `asyncio.timeout` is cancelled as it should be.
    """
    found = [
        f"{module.name}:{node.lineno}"
        for module in modules_below(PACKAGE)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and node.attr == "wait_for"
    ]

    assert found == []


def test_every_spelling_is_seen() -> None:
    """Calls through the module, the loop, a stored group or an imported name are all found."""
    module = parse(
        "import asyncio\n"
        "from asyncio import ensure_future as later\n"
        "asyncio.create_task(work())\n"
        "loop.create_task(work())\n"
        "self.group.create_task(work())\n"
        "asyncio.run_coroutine_threadsafe(work(), loop)\n"
    )

    assert bare_starts([module]) == [
        "sample.py:2",
        "sample.py:3",
        "sample.py:4",
        "sample.py:5",
        "sample.py:6",
    ]


def test_a_task_group_around_its_tasks_is_fine() -> None:
    """A group that is entered where it is used ends with its tasks; the loop under another name does not."""
    module = parse(
        "import asyncio\n"
        "async def both():\n"
        "    async with asyncio.TaskGroup() as group:\n"
        "        group.create_task(one())\n"
        "    asyncio.get_running_loop().create_task(two())\n"
    )

    assert bare_starts([module]) == ["sample.py:5"]
