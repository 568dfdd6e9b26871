"""Work that acts at Kraken is seen to its end when the window locks or closes; none can be forgotten."""

import ast
import re
from collections.abc import Iterable

from kraken_desk.app.keeper import SEEN_TO_THEIR_END
from tests.architecture.source import PACKAGE, Module, modules_below, parse

MAY_BE_CANCELLED = {
    "accounts:describe": "writes to the store",
    "audit:": "reads, judges and writes files",
    "balances:": "reads",
    "cover:": "the end of a locked window's work itself",
    "desk:": "follows and reads; settling only judges what was sent before",
    "details:journal": "reads",
    "dialogs:": "asks first; what follows is carried out whoever cancels",
    "export:": "writes files",
    "form:": "works out what a person has not agreed to yet",
    "hosts:save": "writes to the store",
    "journal:settle": "asks; the decision is one write",
    "keys:add": "an add that is cut off is taken back",
    "keys:check": "reads; the lockout guard counts what is cut off",
    "keys:code": "a check with a code",
    "keys:guide": "reads and writes words",
    "keys:hand-over": "writes to the store",
    "keys:past": "reads",
    "keys:promote": "works out a form",
    "keys:remove": "carried out whoever cancels",
    "keys:process": "writes to the store",
    "keys:role": "writes to the store",
    "keys:schedule": "writes to the store",
    "ledgers:read": "reads",
    "legs:assets": "reads",
    "limits:edit": "writes to the store",
    "listen": "hears the desktop",
    "look": "looks at the store",
    "motion": "asks the desktop",
    "names:rename": "writes to the store",
    "profile:restore": "looks into a backup",
    "receipt:save": "writes a file",
    "repair": "no desk is open meanwhile; a repair that is cut off is taken up again",
    "roles:": "writes to the store",
    "settings:": "writes to the store",
    "unlock": "asks a person",
    "valuation:choose": "writes to the store",
    "withdraw": "takes notices back",
}
"""Groups, or how their names begin, that change nothing at Kraken or survive being cut off, and why."""


def groups_in(modules: Iterable[Module]) -> dict[str, str]:
    """Return the names of all groups of work, or how they begin, each with a module that has it."""
    return {
        name: module.name
        for module in modules
        for node in ast.walk(module.tree)
        if (name := _named_in(node) or _started_in(node))
    }


def _named_in(node: ast.AST) -> str:
    """Return the value of a constant that is called GROUP, or something of a GROUP."""
    if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
        return ""
    return _text(node.value) if re.fullmatch(r"(\w+_)?GROUP", node.targets[0].id) else ""


def _started_in(node: ast.AST) -> str:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "start":
        return _text(node.args[0]) if node.args else ""
    return ""


def _text(node: ast.expr) -> str:
    """Return a text, or the beginning of one that is put together."""
    if isinstance(node, ast.JoinedStr):
        return _text(node.values[0])
    return str(node.value) if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def is_judged(name: str) -> bool:
    return name.startswith((*SEEN_TO_THEIR_END, *MAY_BE_CANCELLED))


def test_every_group_of_work_is_seen_to_its_end_or_may_be_cancelled() -> None:
    """A new group is listed in the keeper when it acts at Kraken, else here with its reason."""
    found = groups_in(modules_below(PACKAGE / "ui", PACKAGE / "app"))

    assert {name: where for name, where in found.items() if not is_judged(name)} == {}


def test_what_moves_money_or_changes_rights_is_seen_to_its_end() -> None:
    """These are the dialogs whose work sends more than questions."""
    dialogs = ("transfer", "plan_run", "stop", "new_subaccount", "trading", "linking", "rotation")
    modules = [
        m
        for name in dialogs
        for m in modules_below(PACKAGE / "ui" / "dialogs")
        if m.name.endswith(f"/{name}.py")
    ]
    acting = {name for name in groups_in(modules) if not name.startswith("form:")}

    assert len(modules) == len(dialogs)
    assert [name for name in sorted(acting) if not name.startswith(SEEN_TO_THEIR_END)] == []


def test_nothing_is_listed_for_no_group() -> None:
    """A reason, and a place in the keeper, whose group has gone is taken away."""
    found = groups_in(modules_below(PACKAGE / "ui", PACKAGE / "app"))
    listed = (*SEEN_TO_THEIR_END, *MAY_BE_CANCELLED)

    assert [name for name in listed if not any(group.startswith(name) for group in found)] == []


def test_no_group_is_in_both_lists() -> None:
    """What is seen to its end and what may be cancelled do not overlap."""
    both = [
        (seen, other)
        for seen in SEEN_TO_THEIR_END
        for other in MAY_BE_CANCELLED
        if seen.startswith(other) or other.startswith(seen)
    ]

    assert both == []


def test_every_spelling_of_a_group_is_found() -> None:
    """Constants, texts given at the start, and texts put together."""
    module = parse(
        'GROUP = "one:a"\n'
        'SEND_GROUP = "two:b"\n'
        "_UNGROUPED = 3\n"
        'scope.start("three:c", work())\n'
        'scope.start(f"four:{number}", work())\n'
        "timer.start()\n"
        "timer.start(50)\n"
    )

    assert set(groups_in([module])) == {"one:a", "two:b", "three:c", "four:"}
