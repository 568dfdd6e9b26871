"""Mutants of a function: each with one condition changed, compiled beside the original."""

from __future__ import annotations

import ast
import copy
import inspect
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

Function = Callable[..., Any]

_OPPOSITE: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Lt: (ast.GtE, ast.LtE),
    ast.LtE: (ast.Gt, ast.Lt),
    ast.Gt: (ast.LtE, ast.GtE),
    ast.GtE: (ast.Lt, ast.Gt),
}


def mutants_of(function: Function) -> Iterator[tuple[str, Function]]:
    """Yield every mutant with the text of what was changed."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    definition = tree.body[0]
    assert isinstance(definition, ast.FunctionDef)
    definition.decorator_list = []
    places = [node for node in ast.walk(tree) if isinstance(node, ast.expr)]
    for place, node in enumerate(places):
        for changed in _changes(node, is_condition=_is_condition(tree, node)):
            yield f"{ast.unparse(node)} => {ast.unparse(changed)}", _compiled(function, tree, place, changed)


def _changes(node: ast.expr, *, is_condition: bool) -> Iterator[ast.expr]:
    if isinstance(node, ast.Compare):
        for number, operator in enumerate(node.ops):
            for other in _OPPOSITE[type(operator)]:
                changed = copy.deepcopy(node)
                changed.ops[number] = other()
                yield changed
    if isinstance(node, ast.BoolOp):
        swapped = copy.deepcopy(node)
        swapped.op = ast.And() if isinstance(node.op, ast.Or) else ast.Or()
        yield swapped
        for number in range(len(node.values)):
            kept = [value for n, value in enumerate(node.values) if n != number]
            yield kept[0] if len(kept) == 1 else ast.BoolOp(node.op, kept)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    if is_condition:
        yield ast.Constant(True)
        yield ast.Constant(False)


def _is_condition(tree: ast.AST, wanted: ast.expr) -> bool:
    return any(isinstance(node, ast.If | ast.IfExp) and node.test is wanted for node in ast.walk(tree))


def _compiled(function: Function, tree: ast.Module, place: int, changed: ast.expr) -> Function:
    fresh = copy.deepcopy(tree)
    target = [node for node in ast.walk(fresh) if isinstance(node, ast.expr)][place]

    class Replace(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            return copy.deepcopy(changed) if node is target else self.generic_visit(node)

    module = ast.fix_missing_locations(Replace().visit(fresh))
    assert isinstance(module, ast.Module)
    names = dict(function.__globals__)
    exec(compile(module, "<mutant>", "exec"), names)  # our own source with one condition changed
    made = names[function.__name__]
    assert callable(made)
    return made  # type: ignore[no-any-return]  # a function made at run time
