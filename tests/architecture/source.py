"""Readings of the source tree that the architecture tests judge: parsed modules, imports, functions."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "kraken_desk"

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Module:
    """One parsed source file; `name` is its path below the root it was read from, with forward slashes."""

    name: str
    text: str
    tree: ast.Module

    @property
    def lines(self) -> int:
        return len(self.text.splitlines())


def parse(text: str, name: str = "sample.py") -> Module:
    return Module(name, text, ast.parse(text))


def modules_below(*folders: Path, root: Path = ROOT) -> list[Module]:
    """Parse every Python file below the folders, in a stable order."""
    paths = sorted(path for folder in folders for path in folder.rglob("*.py"))
    return [_read(path, root) for path in paths]


@cache
def _read(path: Path, root: Path) -> Module:
    return parse(path.read_text("utf-8"), path.relative_to(root).as_posix())


def functions(module: Module) -> Iterator[tuple[str, FunctionNode]]:
    """Yield every function and method with its dotted name, nested ones included."""
    yield from _functions_in(module.tree, "")


def _functions_in(node: ast.AST, prefix: str) -> Iterator[tuple[str, FunctionNode]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, FunctionNode):
            yield prefix + child.name, child
        inner = f"{prefix}{child.name}." if isinstance(child, FunctionNode | ast.ClassDef) else prefix
        yield from _functions_in(child, inner)


def imported_modules(module: Module) -> set[str]:
    """Return the dotted names that absolute imports of the module mention, wherever they stand."""
    names: set[str] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
    return names
