"""The lean dataclass behaves as the standard library's does, and leaves to it what is out of the ordinary."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import subprocess
import sys
from typing import Any, ClassVar

import pytest

from kraken_desk.domain import lean_dataclass, values


def _pair(define: Any) -> tuple[Any, Any]:
    """Return a class made by the lean decorator, and its like by the standard library."""
    return define(lean_dataclass.dataclass, lean_dataclass.field), define(
        dataclasses.dataclass, dataclasses.field
    )


def _plain(dataclass: Any, field: Any) -> Any:
    @dataclass(frozen=True, slots=True)
    class Point:
        """A point."""

        x: int
        y: int = 2
        name: str = field(default="p", repr=False)
        tags: list[str] = field(default_factory=list)

        @property
        def sum(self) -> int:
            return self.x + self.y

    return Point


@dataclasses.dataclass
class _Told:
    """What came of using a class: a value, or the kind and text of an error."""

    value: object = None
    error: str = ""


def _told(act: Any, kind: Any) -> _Told:
    try:
        return _Told(value=act(kind))
    except (TypeError, AttributeError, ValueError) as error:
        return _Told(error=f"{type(error).__name__}: {error}")


def _assign(kind: Any) -> None:
    kind(1).x = 2


def _delete(kind: Any) -> None:
    del kind(1).x


def _matched(kind: Any) -> object:
    match kind(1, 5):
        case kind(x, y):
            return (x, y)
    return None


@pytest.mark.parametrize(
    "act",
    [
        lambda kind: repr(kind(1)),
        lambda kind: kind(1).sum,
        lambda kind: kind(1) == kind(1, 2, "p"),
        lambda kind: kind(1) == kind(1, 3),
        lambda kind: kind(1) == (1, 2, "p", []),
        lambda kind: kind(1).tags is kind(1).tags,
        lambda kind: dataclasses.asdict(kind(1, tags=["a"])),
        lambda kind: repr(dataclasses.replace(kind(1), y=7)),
        lambda kind: [(f.name, f.type, f.repr) for f in dataclasses.fields(kind)],
        dataclasses.is_dataclass,
        lambda kind: repr(copy.copy(kind(1))),
        lambda kind: repr(copy.deepcopy(kind(1, tags=["a"]))),
        lambda kind: kind.__slots__,
        lambda kind: kind.__match_args__,
        lambda kind: (kind.__name__, kind.__qualname__, kind.__module__, kind.__doc__),
        lambda kind: hash(kind(1, tags=())) == hash(kind(1, tags=())),
        lambda kind: hash(kind(1)),
        _assign,
        _delete,
        _matched,
        lambda kind: kind(),
        lambda kind: kind(1, 2, "n", [], 5),
        lambda kind: kind(1, z=5),
        lambda kind: kind(1, x=5),
        lambda kind: kind(y=5),
        lambda kind: repr(kind(y=5, x=1, tags=None)),
    ],
)
@pytest.mark.parametrize("made_before", [0, lean_dataclass.FEW], ids=["by hand", "compiled"])
def test_it_does_what_the_standard_one_does(act: Any, made_before: int) -> None:
    """Making, comparing, showing, copying, replacing and refusing: the same values and the same errors."""
    pair = _pair(_plain)
    for kind in pair:
        for number in range(made_before):
            kind(number)

    lean, standard = (_told(act, kind) for kind in pair)

    assert lean == standard


@values.dataclass(frozen=True, slots=True)
class _Kept:
    """One that can be found by its name, as pickling needs."""

    first: str
    _: int = 0

    def __post_init__(self) -> None:
        if self.first == "wrong":
            raise ValueError("wrong")


def test_nothing_can_be_added() -> None:
    """An attribute that is no field is refused as an assignment to one is."""
    lean, _ = _pair(_plain)

    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot assign to field 'other'"):
        lean(1).other = 2


def test_it_is_replaced_without_the_standard_library() -> None:
    """A copy with other values; what is no field is refused, and a standard one is replaced as ever."""
    lean, standard = _pair(_plain)

    assert repr(lean_dataclass.replace(lean(1), y=7, name="q")) == repr(lean(1, 7, "q"))
    assert lean_dataclass.replace(standard(1), y=7) == standard(1, 7)
    with pytest.raises(TypeError, match="unexpected keyword argument 'z'"):
        lean_dataclass.replace(lean(1), z=7)


def test_it_is_pickled() -> None:
    """A copy through bytes is equal."""
    assert pickle.loads(pickle.dumps(_Kept("a", 3))) == _Kept("a", 3)


def test_it_is_looked_over_when_made() -> None:
    """`__post_init__` is called from the first instance on."""
    for _ in range(lean_dataclass.FEW + 1):
        with pytest.raises(ValueError, match="wrong"):
            _Kept("wrong")


def _partly_compared(dataclass: Any, field: Any) -> Any:
    @dataclass(frozen=True, slots=True)
    class Seen:
        name: str
        at: int = field(default=0, compare=False)
        count: int = 0

    return Seen


def _not_compared(dataclass: Any, field: Any) -> Any:
    @dataclass(frozen=True, slots=True)
    class Noted:
        at: int = field(default=0, compare=False)

    return Noted


@pytest.mark.parametrize("define", [_partly_compared, _not_compared])
def test_a_field_may_be_left_out_of_the_comparison(define: Any) -> None:
    """Such a field counts neither for equality nor for the hash, and the standard library knows of it."""
    for kind in _pair(define):
        one, other = kind(at=1, **_name(kind)), kind(at=2, **_name(kind))

        assert one == other
        assert hash(one) == hash(other)
        assert one.at != other.at
        assert [each.compare for each in dataclasses.fields(kind) if each.name == "at"] == [False]


def _name(kind: Any) -> dict[str, str]:
    return {"name": "a"} if "name" in kind.__match_args__ else {}


def test_one_field_compares_like_many() -> None:
    """A single field is no special case: equal, unequal, in a set."""

    @values.dataclass(frozen=True, slots=True)
    class Single:
        only: float

    nan = float("nan")

    assert Single(nan) == Single(nan)
    assert {Single(1.0), Single(1.0)} == {Single(1.0)}


def _derived(dataclass: Any, field: Any) -> Any:
    @dataclass(frozen=True, slots=True)
    class Longer(_plain(dataclass, field)):  # type: ignore[misc]  # made as the test goes
        z: int = 9
        known: ClassVar[int] = 4

    return Longer


def _with_own_equality(dataclass: Any, field: Any) -> Any:
    @dataclass(frozen=True, slots=True)
    class Same:
        x: int

        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = None  # type: ignore[assignment]  # as the standard library sets it

    return Same


def _ordered(dataclass: Any, field: Any) -> Any:
    @dataclass(frozen=True, slots=True, order=True)
    class Ranked:
        x: int
        tags: tuple[str, ...] = field(default=(), compare=False)

    return Ranked


@pytest.mark.parametrize("define", [_derived, _with_own_equality, _ordered])
def test_the_extraordinary_is_the_standard_librarys(define: Any) -> None:
    """Bases, class variables, order and methods of one's own end in what the standard library makes."""
    lean, standard = _pair(define)

    assert repr(lean(1)) == repr(standard(1))
    assert (lean(1) == lean(1), lean(1) == lean(2)) == (
        standard(1) == standard(1),
        standard(1) == standard(2),
    )
    assert [f.name for f in dataclasses.fields(lean)] == [f.name for f in dataclasses.fields(standard)]
    assert hasattr(lean, "__lt__") == hasattr(standard, "__lt__")


def _mutable_default(dataclass: Any, _: Any) -> Any:
    @dataclass(frozen=True, slots=True)
    class Wrong:
        x: list[int] = []  # noqa: RUF012  # the mistake under test

    return Wrong


def _order_of_defaults(dataclass: Any, _: Any) -> Any:
    @dataclass(frozen=True, slots=True)
    class Wrong:
        x: int = 1
        y: int  # type: ignore[misc]  # the mistake under test

    return Wrong


@pytest.mark.parametrize("define", [_mutable_default, _order_of_defaults])
def test_mistakes_are_told_at_once(define: Any) -> None:
    """What the standard library refuses when a class is defined is refused then, in its words."""
    lean = _told(lambda make: make(lean_dataclass.dataclass, lean_dataclass.field), define)
    standard = _told(lambda make: make(dataclasses.dataclass, dataclasses.field), define)

    assert lean == standard
    assert lean.error


def test_a_lean_class_loads_no_dataclasses() -> None:
    """Neither defining nor making nor comparing one needs the standard library's module."""
    program = (
        "from __future__ import annotations\nimport sys\n"
        "from kraken_desk.domain.values import dataclass, field\n"
        "@dataclass(frozen=True, slots=True)\nclass A:\n    x: int\n"
        "    y: list[int] = field(default_factory=list)\n"
        "assert A(1) == A(1) and repr(A(1)) == 'A(x=1, y=[])'\n"
        "print('dataclasses' in sys.modules, 'inspect' in sys.modules)"
    )

    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert ended.stdout.split() == ["False", "False"]
