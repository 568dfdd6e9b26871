"""Makes the enums of PySide6 as Python's `enum` would, in a fraction of the time.

PySide6 makes some 250 enums with 3,500 members in every start, each by a call like `Enum(name, pairs)`, and
`enum` looks at every member as though it might be anything. These are plain names of plain integers. Whatever
is not is left to `enum`, and so is everything on a Python whose `enum` this has not been written beside.
"""

from __future__ import annotations

import enum
import sys
from collections.abc import Callable
from typing import Any

_WRITTEN_BESIDE = (3, 11)
_KINDS = frozenset({enum.Enum, enum.IntEnum, enum.Flag, enum.IntFlag})

_AS_PYSIDE_ASKS = {"qualname": None, "type": None, "start": 1, "boundary": enum.KEEP}

_by_enum: Callable[..., Any] = vars(enum.EnumType)["_create_"]
_patterns: dict[Any, tuple[dict[str, Any], frozenset[str]]] = {}


def make_enums_quickly() -> None:
    """Make PySide6's enums from now on, where Python's `enum` is the one this was written beside."""
    if sys.version_info[:2] == _WRITTEN_BESIDE:
        enum.EnumType._create_ = _create  # type: ignore[attr-defined]  # private, hence the version


def _create(cls: Any, class_name: str, names: Any, *, module: Any = None, **how: Any) -> Any:
    """Stand in for `EnumType._create_`, which `Enum(name, pairs)` calls."""
    if module is None:
        module = sys._getframe(2).f_globals.get("__name__")  # noqa: SLF001  # as `_create_`, which would find us
    members = _plain(names) if cls in _KINDS and module and how == _AS_PYSIDE_ASKS else None
    if members:
        pattern, taken = _patterns.get(cls) or _patterns.setdefault(cls, _pattern(cls))
        if taken.isdisjoint(members):
            return _made(cls, class_name, members, {**pattern, "__module__": module})
    return _by_enum(cls, class_name, names, module=module, **how)


def _plain(names: Any) -> dict[str, int] | None:
    """Return pairs of names and integers as a dictionary; None for anything else that `enum` takes."""
    if names.__class__ is not list:
        return None
    try:
        members = dict(names)
    except (TypeError, ValueError):
        return None
    if len(members) < len(names) or set(map(type, members)) != {str}:
        return None
    if set(map(type, members.values())) != {int} or any(name[:1] in {"_", ""} for name in members):
        return None
    return members


def _pattern(cls: Any) -> tuple[dict[str, Any], frozenset[str]]:
    """Return what an enum of this kind has beside its members, and the names that it uses itself."""
    empty = _by_enum(cls, "Empty", [], module=__name__, boundary=enum.KEEP)
    has = {name: value for name, value in vars(empty).items() if name not in {"__dict__", "__weakref__"}}
    return has, frozenset(name for base in empty.__mro__ for name in vars(base)) | {"mro"}


def _made(cls: Any, class_name: str, members: dict[str, int], has: dict[str, Any]) -> Any:
    by_name: dict[str, Any] = {}
    by_value: dict[int, Any] = {}
    listed: list[str] = []
    has.update(
        _member_names_=listed, _member_map_=by_name, _value2member_map_=by_value, _unhashable_values_=[]
    )
    made: Any = type.__new__(enum.EnumType, class_name, (cls,), has)
    is_int, is_flag = issubclass(cls, int), issubclass(cls, enum.Flag)
    mask = singles = 0
    for name, value in members.items():
        member = by_value.get(value)
        if member is None:
            member = by_value[value] = int.__new__(made, value) if is_int else object.__new__(made)
            member._value_ = value
            member._name_ = name
            member.__objclass__ = made
            member._sort_order_ = len(listed)
            is_single = value != 0 and value & (value - 1) == 0
            if not is_flag or is_single:
                listed.append(name)
            mask |= value
            singles |= value if is_single else 0
        by_name[name] = member
    for name, member in by_name.items():  # last: to change a class makes Python look up all of it anew
        type.__setattr__(made, name, member)
    if is_flag:
        _finish_flag(made, mask, singles)
    return made


def _finish_flag(made: Any, mask: int, singles: int) -> None:
    made._flag_mask_, made._singles_mask_ = mask, singles
    made._all_bits_ = 2 ** mask.bit_length() - 1
    values = [member._value_ for member in made]
    if values != sorted(values):
        made._iter_member_ = made._iter_member_by_def_
