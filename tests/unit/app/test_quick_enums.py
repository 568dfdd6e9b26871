"""Enums made quickly are the enums that Python's `enum` makes."""

import enum
import pickle
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6 import QtCore, QtGui, QtWidgets

from kraken_desk.app import quick_enums
from kraken_desk.app.quick_enums import make_enums_quickly

Make = Callable[..., Any]

MAKERS: tuple[Any, ...] = (enum.Enum, enum.IntEnum, enum.Flag, enum.IntFlag)
PLAIN, INT, *_ = MAKERS

pytestmark = pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="left to Python's own enum elsewhere")


@pytest.fixture
def by_enum(monkeypatch: pytest.MonkeyPatch) -> Make:
    """Return Python's own making of enums, while `Enum(name, pairs)` is the quick one."""
    real: Make = vars(enum.EnumType)["_create_"]
    monkeypatch.setattr(enum.EnumType, "_create_", real)  # which puts it back
    make_enums_quickly()
    return real


def test_every_enum_of_qt_is_as_python_makes_it(by_enum: Make) -> None:
    """The members, aliases, masks and methods of several hundred real enums are the same."""
    looked_at = 0
    for kind, pairs in _enums_of_qt():
        quick = kind("Made", pairs, boundary=enum.KEEP)
        slow = by_enum(kind, "Made", pairs, module=__name__, boundary=enum.KEEP)

        assert _told(quick) == _told(slow), pairs
        looked_at += 1
    assert looked_at > 500


def test_what_pyside_asks_for_is_made_without_python_looking_at_members(
    by_enum: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python's own machinery is asked once for each kind of enum, and for no member."""
    asked: list[object] = []

    def note(cls: Any, name: str, names: Any, **how: Any) -> Any:
        asked.append(names)
        return by_enum(cls, name, names, **how)

    monkeypatch.setattr(quick_enums, "_by_enum", note)
    monkeypatch.setattr(quick_enums, "_patterns", {})

    for kind in MAKERS:
        kind("First", [("One", 1), ("Two", 2), ("Uno", 1)], boundary=enum.KEEP)
        kind("Second", [("Three", 3)], boundary=enum.KEEP)

    assert asked == [[], [], [], []]


@pytest.mark.parametrize(
    "names",
    [
        pytest.param([("name", 1), ("value", 2)], id="names of enum's own"),
        pytest.param([("real", 1), ("One", 2)], id="a name of int's own"),
        pytest.param([("One", "1"), ("Two", 2)], id="a text"),
        pytest.param([("Yes", True)], id="a truth"),
        pytest.param("One Two", id="a text of names"),
        pytest.param({"One": 1, "Two": 2}, id="a mapping"),
        pytest.param(["One", "Two"], id="a list of names"),
        pytest.param([], id="nothing"),
    ],
)
def test_anything_else_is_left_to_python(by_enum: Make, names: Any) -> None:
    """What is no list of plain names and integers becomes what it always became."""
    quick = PLAIN("Made", names, boundary=enum.KEEP)
    slow = by_enum(PLAIN, "Made", names, module=__name__, boundary=enum.KEEP)

    assert _told(quick) == _told(slow)


def test_a_name_given_twice_is_refused_as_ever(by_enum: Make) -> None:
    """Two members of one name are an error of whoever asks."""
    with pytest.raises(TypeError, match="already defined"):
        PLAIN("Made", [("One", 1), ("One", 2)], boundary=enum.KEEP)


Colour = PLAIN("Colour", [("RED", 1), ("ROT", 1)])


def test_an_enum_asked_for_by_others_knows_its_module_and_can_be_pickled(by_enum: Make) -> None:
    """Python's usual enums are told the module of whoever made them, plain or quick."""
    plain = PLAIN("Plain", "RED GREEN")
    quick = INT("Quick", [("RED", 1)], boundary=enum.KEEP)

    assert (plain.__module__, quick.__module__) == (__name__, __name__)
    assert pickle.loads(pickle.dumps(Colour.RED)) is Colour.ROT


def _enums_of_qt() -> Iterator[tuple[Any, list[tuple[str, int]]]]:
    """Yield the kind of every enum of these modules' classes, with its names and values."""
    for module in (QtCore, QtGui, QtWidgets):
        for scope in (getattr(module, name) for name in dir(module)):
            for made in (scope, *_inside(scope)):
                if isinstance(made, enum.EnumType) and made.__members__:
                    members: Any = made.__members__
                    yield made.__mro__[1], [(name, member.value) for name, member in members.items()]


def _inside(scope: object) -> Iterator[object]:
    if isinstance(scope, type) and not isinstance(scope, enum.EnumType):
        yield from (getattr(scope, name) for name in vars(scope) if name[0].isupper())


def _told(made: Any) -> dict[str, Any]:
    """Return all that a class of enum says about itself and its members, in plain words."""
    told = {name: _plain(value) for name, value in vars(made).items()}
    told["mro"] = made.__mro__[1:]
    told["iterated"] = [str(member) for member in made]
    told["values"] = {name: (_plain(member), repr(member)) for name, member in made.__members__.items()}
    told["all of it"] = dir(made)
    if issubclass(made, enum.Flag) and len(made):
        first, last = next(iter(made)), next(reversed(made))
        told["joined"] = [
            repr(either) for either in (first | last, first & last, ~first, made(0), made(1 << 30))
        ]
    for member in made:
        assert made(member.value) is member is made[member.name]
    return told


def _plain(value: Any) -> Any:
    if isinstance(value, staticmethod):
        return value.__func__
    if isinstance(value, enum.Enum):
        return {name: str(held) for name, held in vars(value).items()}
    if isinstance(value, dict):
        return [(name, _plain(held)) for name, held in value.items()]
    if isinstance(value, enum.property) or "_iter_member_by_def_" in str(value):
        return str(value).partition(" at 0x")[0]
    return value
