"""Small rooms: what the top level holds, how long files and functions are, what modules say first."""

import ast
from collections.abc import Iterable
from pathlib import Path

from tests.architecture.source import PACKAGE, ROOT, Module, functions, modules_below, parse

TOP_LEVEL = {"CHANGELOG.md", "README.md", "kraken_desk", "packaging", "pyproject.toml", "resources", "tests"}
GENERATED = {"build", "dist", "snapshots"}
MAX_FILE_LINES = 500
MAX_FUNCTION_LINES = 60


def unexpected_entries(root: Path) -> set[str]:
    """Return what stands at the top level beside the layout, generated folders and dot-files."""
    return {path.name for path in root.iterdir() if not path.name.startswith(".")} - TOP_LEVEL - GENERATED


def long_files(modules: Iterable[Module], limit: int = MAX_FILE_LINES) -> dict[str, int]:
    return {module.name: module.lines for module in modules if module.lines > limit}


def long_functions(modules: Iterable[Module], limit: int = MAX_FUNCTION_LINES) -> dict[str, int]:
    """Return the functions longer than the limit, from `def` to their last line, decorators left out."""
    lengths = {
        f"{module.name}:{name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for module in modules
        for name, node in functions(module)
    }
    return {name: length for name, length in lengths.items() if length > limit}


def silent_modules(modules: Iterable[Module]) -> list[str]:
    return [module.name for module in modules if not ast.get_docstring(module.tree)]


def folders_without_package(folder: Path) -> list[str]:
    """Return the folders that hold Python files but no `__init__.py`."""
    folders = {path.parent for path in folder.rglob("*.py")}
    return sorted(
        path.relative_to(folder).as_posix() for path in folders if not (path / "__init__.py").exists()
    )


def test_top_level_holds_the_layout_and_nothing_else() -> None:
    """The top level holds the entries of the design, generated folders and dot-files."""
    assert unexpected_entries(ROOT) == set()


def test_no_file_is_longer_than_its_limit() -> None:
    """No Python file has more than 500 lines."""
    assert long_files(modules_below(PACKAGE, ROOT / "tests", ROOT / "packaging")) == {}


def test_no_function_is_longer_than_its_limit() -> None:
    """No function of the program or of its developer command has more than 60 lines."""
    assert long_functions(modules_below(PACKAGE, ROOT / "packaging")) == {}


def test_every_module_says_what_it_is_for() -> None:
    """Every package and module of the program opens with a docstring."""
    assert silent_modules(modules_below(PACKAGE)) == []


def test_every_folder_with_code_is_a_package() -> None:
    """Folders with Python files are packages, in the program and in its tests."""
    assert folders_without_package(PACKAGE) == []
    assert folders_without_package(ROOT / "tests") == []


def test_a_stray_entry_at_the_top_is_found(tmp_path: Path) -> None:
    """A folder beside the layout is reported; dot-files and generated folders are not."""
    for name in ("kraken_desk", ".ci", "snapshots", "utils"):
        (tmp_path / name).mkdir()

    assert unexpected_entries(tmp_path) == {"utils"}


def test_lengths_are_counted_in_lines() -> None:
    """A file or function one line above its limit is reported with its length, one at the limit is not."""
    method = "    @property\n    def name(self):\n        x = 1\n        return x\n"
    module = parse(f"class A:\n{method}\ndef f():\n    pass\n")

    assert long_files([module], limit=8) == {}
    assert long_files([module], limit=7) == {"sample.py": 8}
    assert long_functions([module], limit=3) == {}
    assert long_functions([module], limit=2) == {"sample.py:A.name": 3}


def test_a_module_without_docstring_is_found() -> None:
    """A comment does not replace the docstring."""
    assert silent_modules([parse("# what it is for\nx = 1\n"), parse('"""What it is for."""\n')]) == [
        "sample.py"
    ]


def test_a_folder_without_init_is_found(tmp_path: Path) -> None:
    """A folder of modules without `__init__.py` is reported by its path."""
    (tmp_path / "__init__.py").touch()
    (tmp_path / "loose").mkdir()
    (tmp_path / "loose" / "module.py").touch()

    assert folders_without_package(tmp_path) == ["loose"]
