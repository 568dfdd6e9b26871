"""Imports PySide6 without the parts of it that only its error messages and its help texts need.

PySide6 carries 110 kB of Python source inside its libraries, and compiles them anew in every start:
nothing of it is kept on disk, and it takes as long as the whole rest of the import. The modules that
make signatures for error messages, `help` and stub files are put off until something asks for them,
and so is the choice of snake_case names; they then work as ever. It also puts itself before every
import, and reads the source of every module that is imported after it, to see whether that one may ask
for snake_case names by `from __feature__ import …`; we never do, so imports are Python's own again. And it
imports `tempfile`, which brings `random`, in advance for help texts alone.

WORKAROUND: there is no switch for either (PySide6 6.11.3: signature_bootstrap.py, feature.py). Where a
later PySide6 does otherwise, nothing of this applies, and it is imported as it wishes.
"""

from __future__ import annotations

import builtins
import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType, ModuleType
from typing import Any

from kraken_desk.app.quick_enums import make_enums_quickly

_PACKAGE = "shibokensupport.signature"
_LATE = frozenset(
    f"{_PACKAGE}.{name}"
    for name in (
        "errorhandler",
        "layout",
        "lib.enum_sig",
        "lib.pyi_generator",
        "lib.tool",
        "mapping",
        "parser",
    )
)
_ENUM_OPTION = "pyside6_option_python_enum"
"""What `parser` tells the library about enums when it is imported: that they are Python's own."""

_STUB = f"from {__name__} import late\n__getattr__, update_mapping = late(__name__, globals())\n"
"""The library looks for `update_mapping` in the dictionary of `mapping`, without `__getattr__`."""

_FEATURE = "shibokensupport.feature"
_FEATURE_STUB = f"""\
from {__name__} import late
__getattr__, _ = late(__name__, globals())
_real = __getattr__

def feature_import(name, *rest):
    return _real("feature_import")(name, *rest) if name == "__feature__" else None

def feature_imported(module):
    pass
"""
"""What the library asks at each import while PySide6 itself is imported; the real one brings `inspect`."""

_sources: dict[str, bytes | str] = {}


def import_qt() -> None:
    """Import PySide6's core, unless somebody has done so before."""
    if "PySide6" in sys.modules:
        return
    setattr(sys, _ENUM_OPTION, getattr(sys, _ENUM_OPTION, True))
    make_enums_quickly()
    with _putting_off(), _standing_in("tempfile"):
        import PySide6.QtCore  # noqa: F401  # for its effect
    builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)


def late(name: str, space: dict[str, Any]) -> tuple[Callable[[str], object], Callable[[], object]]:
    """Return `__getattr__` and `update_mapping` of a module that has been put off; either loads it."""

    def load() -> None:
        source = _sources.pop(name, None)
        if source is not None:
            space.pop("update_mapping", None)
            del space["__getattr__"]
            exec(compile(source, space["__file__"], "exec"), space)  # noqa: S102  # as PySide6 itself does

    def get(wanted: str) -> object:
        if wanted.startswith("__"):  # what the import system asks about
            raise AttributeError(f"module {name!r} has no attribute {wanted!r}")
        load()
        return getattr(sys.modules[name], wanted)

    def update_mapping() -> object:
        load()
        return space["update_mapping"]()

    return get, update_mapping


@contextmanager
def _putting_off() -> Iterator[None]:
    """Answer the requests to compile such a module by a stub of a few lines."""
    real = builtins.compile

    def compile_(source: Any, filename: Any, mode: str, *rest: Any, **options: Any) -> CodeType:
        name = _module(filename)
        if name in _LATE:
            _sources[name] = source
            source = _STUB
        elif name == _FEATURE:
            _sources[name] = source
            source = _FEATURE_STUB
        code: CodeType = real(source, filename, mode, *rest, **options)
        return code

    builtins.compile = compile_  # type: ignore[assignment]  # one of its overloads is all that is used
    try:
        yield
    finally:
        builtins.compile = real


@contextmanager
def _standing_in(name: str) -> Iterator[None]:
    """Give whoever imports a module meanwhile something that becomes it when it is used."""
    if name in sys.modules:
        yield
        return

    def end() -> None:
        if sys.modules.get(name) is stand_in:
            del sys.modules[name]

    def get(wanted: str) -> object:
        if wanted.startswith("__"):  # what the import system asks about
            raise AttributeError(f"module {name!r} has no attribute {wanted!r}")
        end()
        return getattr(importlib.import_module(name), wanted)

    stand_in = sys.modules[name] = ModuleType(name)
    stand_in.__getattr__ = get  # type: ignore[method-assign]  # what a module has for that (PEP 562)
    try:
        yield
    finally:
        end()


def _module(filename: object) -> str:
    return str(filename).removesuffix(".py").replace("/", ".")
