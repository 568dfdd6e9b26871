"""Tasks are started in one place, so that each has a name, an owner and someone who sees its errors."""

import ast
from collections.abc import Iterable

from tests.architecture.source import PACKAGE, Module, modules_below, parse

STARTERS = {"create_task", "ensure_future", "run_coroutine_threadsafe"}

MAY_START_TASKS = {
    "kraken_desk/services/tasks.py": "the one place: TaskScope names, keeps and reports its tasks",
}


def bare_starts(modules: Iterable[Module]) -> list[str]:
    """Return `file:line` of every mention of a call that starts a task, imported names included."""
    return [
        f"{module.name}:{node.lineno}"
        for module in modules
        for node in ast.walk(module.tree)
        if (isinstance(node, ast.Attribute) and node.attr in STARTERS)
        or (isinstance(node, ast.ImportFrom) and STARTERS & {alias.name for alias in node.names})
    ]


def test_tasks_are_started_in_one_place() -> None:
    """No module starts a task by itself but those listed with their reason."""
    modules = [module for module in modules_below(PACKAGE) if module.name not in MAY_START_TASKS]

    assert bare_starts(modules) == []


def test_listed_exceptions_exist_and_start_tasks() -> None:
    """An exception that is no longer needed is taken off the list."""
    starting = {start.partition(":")[0] for start in bare_starts(modules_below(PACKAGE))}

    assert set(MAY_START_TASKS) <= starting


def test_every_spelling_is_seen() -> None:
    """Calls through the module, the loop, a group or an imported name are all found."""
    module = parse(
        "import asyncio\n"
        "from asyncio import ensure_future as later\n"
        "asyncio.create_task(work())\n"
        "loop.create_task(work())\n"
        "group.start(work())\n"
        "asyncio.run_coroutine_threadsafe(work(), loop)\n"
    )

    assert bare_starts([module]) == ["sample.py:2", "sample.py:3", "sample.py:4", "sample.py:6"]
