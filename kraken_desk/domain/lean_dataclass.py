"""A frozen dataclass with slots, made in a fraction of the time.

The standard library compiles half a dozen methods for every dataclass when it is defined, and its module
loads the whole of `inspect`; over some hundred classes that is most of the start of a short command.
Here the plain methods are shared, `__init__` is compiled for classes of many instances, and what
`fields`, `replace` and `asdict` look for is filled in by the standard library when they look. Everything
out of the ordinary (bases, methods of one's own in place of the generated ones, class variables) is the
standard library's from the beginning.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

_UNSET: Any = object()

FEW = 12
"""So many instances are filled by hand: to compile `__init__` takes as long as for some thirty."""

_GENERATED = frozenset(
    f"__{name}__"
    for name in ("init", "repr", "eq", "hash", "setattr", "delattr", "getstate", "setstate", "slots")
)
_OUT_OF_THE_ORDINARY = ("ClassVar", "InitVar", "KW_ONLY")


class LeanField:
    """What `field` was told: a default, or what makes one, and whether it is shown and compared."""

    __slots__ = ("compare", "default", "factory", "repr")

    def __init__(
        self, default: Any, factory: Callable[[], Any] | None, shown: bool, compared: bool = True
    ) -> None:
        self.default = default
        self.factory = factory
        self.repr = shown
        self.compare = compared


def field(
    *,
    default: Any = _UNSET,
    default_factory: Any = None,
    repr: bool = True,  # noqa: A002  # dataclasses' name
    compare: bool = True,
    **more: Any,
) -> Any:
    """Stand in for `dataclasses.field`."""
    if not more:
        return LeanField(default, default_factory, repr, compare)
    import dataclasses

    told = {"default": default, "default_factory": default_factory or _UNSET, "repr": repr}
    told["compare"] = compare
    return dataclasses.field(**{name: value for name, value in told.items() if value is not _UNSET}, **more)


def dataclass(cls: Any = None, /, **how: Any) -> Any:
    """Stand in for `dataclasses.dataclass`; lean with `frozen=True, slots=True` and nothing else."""
    if cls is None:
        return lambda its: _made(its, how)
    return _made(cls, how)


def replace(instance: Any, /, **changes: Any) -> Any:
    """Stand in for `dataclasses.replace`."""
    names = vars(type(instance)).get("__lean_fields__")
    if names is None:
        import dataclasses

        return dataclasses.replace(instance, **changes)
    return type(instance)(**({name: getattr(instance, name) for name in names} | changes))


def _made(cls: type[Any], how: dict[str, Any]) -> Any:
    fields = _fields(cls) if how == {"frozen": True, "slots": True} else None
    if fields is None:
        return _by_the_standard_library(cls, how)
    return _lean(cls, fields)


def _by_the_standard_library(cls: type[Any], how: dict[str, Any]) -> type[Any]:
    import dataclasses

    for name, value in list(vars(cls).items()):
        if isinstance(value, LeanField):
            setattr(cls, name, _standard_field(value))
    made: type[Any] = dataclasses.dataclass(**how)(cls)
    return made


def _standard_field(told: LeanField) -> Any:
    import dataclasses

    if told.factory is not None:
        return dataclasses.field(default_factory=told.factory, repr=told.repr, compare=told.compare)
    if told.default is not _UNSET:
        return dataclasses.field(default=told.default, repr=told.repr, compare=told.compare)
    return dataclasses.field(repr=told.repr, compare=told.compare)


def _fields(cls: type[Any]) -> dict[str, LeanField] | None:
    """Return the fields of an ordinary class, None for what the standard library has to look at."""
    content = vars(cls)
    annotations = content.get("__annotations__", {})
    if cls.__bases__ != (object,) or not annotations or _GENERATED & content.keys():
        return None
    found: dict[str, LeanField] = {}
    defaults = False
    for name, annotation in annotations.items():
        if not isinstance(annotation, str) or any(word in annotation for word in _OUT_OF_THE_ORDINARY):
            return None
        told = content.get(name, _UNSET)
        if not isinstance(told, LeanField):
            told = LeanField(told, None, shown=True)
        has_default = told.default is not _UNSET or told.factory is not None
        if (defaults and not has_default) or type(told.default).__hash__ is None:
            return None
        if type(told.default).__module__ == "dataclasses":
            return None
        defaults = has_default
        found[name] = told
    return found if any(told.compare for told in found.values()) else None


def _lean(cls: type[Any], fields: dict[str, LeanField]) -> Any:
    names = tuple(fields)
    content = {k: v for k, v in vars(cls).items() if k not in fields and k not in ("__dict__", "__weakref__")}
    content.update(_shared_methods(fields))
    content["__slots__"] = content["__match_args__"] = content["__lean_fields__"] = names
    content["__dataclass_fields__"] = _Later(cls, fields)
    content["__dataclass_params__"] = _Later(cls, fields)
    metaclass: Any = type(cls)
    made = metaclass(cls.__name__, (object,), content)
    made.__qualname__ = cls.__qualname__
    has_post_init = hasattr(cls, "__post_init__")

    left = FEW

    def __init__(self: Any, *given: Any, **named: Any) -> None:  # noqa: N807  # it stands in for one
        nonlocal left
        left -= 1
        if left >= 0 and _filled(self, fields, given, named):
            if has_post_init:
                self.__post_init__()
            return
        made.__init__ = _compiled_init(cls, fields, has_post_init)  # for all later ones
        made.__init__(self, *given, **named)

    made.__init__ = __init__
    return made


def _filled(
    instance: Any, fields: dict[str, LeanField], given: tuple[Any, ...], named: dict[str, Any]
) -> bool:
    """Set all fields of an instance; say False, and set none, where the arguments do not fit."""
    values = dict(zip(fields, given, strict=False))
    if len(given) > len(fields) or not named.keys().isdisjoint(values) or not named.keys() <= fields.keys():
        return False
    values.update(named)
    absent = [(name, told) for name, told in fields.items() if name not in values]
    if any(told.factory is None and told.default is _UNSET for _, told in absent):
        return False
    for name, told in absent:
        values[name] = told.default if told.factory is None else told.factory()
    for name in fields:
        object.__setattr__(instance, name, values[name])
    return True


def _shared_methods(fields: dict[str, LeanField]) -> dict[str, Any]:
    names = tuple(fields)
    shown = tuple(name for name, told in fields.items() if told.repr)
    compared = tuple(name for name, told in fields.items() if told.compare)
    made = (*_comparing(compared), _showing(shown), *_refusing(frozenset(names)), *_pickling(names))
    return {method.__name__: method for method in made}


def _comparing(names: tuple[str, ...]) -> tuple[Callable[..., Any], ...]:
    get: Callable[[Any], Any] = operator.attrgetter(*names)
    if len(names) == 1:
        one = get

        def get(self: Any) -> Any:
            return (one(self),)

    def __eq__(self: Any, other: object) -> Any:  # noqa: N807  # like all here, a method of a class to be
        if other.__class__ is self.__class__:
            return get(self) == get(other)
        return NotImplemented

    def __hash__(self: Any) -> int:  # noqa: N807
        return hash(get(self))

    return __eq__, __hash__


def _showing(names: tuple[str, ...]) -> Callable[[Any], str]:
    def __repr__(self: Any) -> str:  # noqa: N807
        texts = (f"{name}={getattr(self, name)!r}" for name in names)
        return f"{type(self).__qualname__}({', '.join(texts)})"

    return __repr__


def _refusing(names: frozenset[str]) -> tuple[Callable[..., None], ...]:
    """Refuse every change; a subclass that is no dataclass may have attributes of its own."""

    def __setattr__(self: Any, name: str, value: object) -> None:  # noqa: N807
        if name in names or "__dataclass_fields__" in vars(type(self)):
            raise _frozen(f"cannot assign to field {name!r}")
        object.__setattr__(self, name, value)

    def __delattr__(self: Any, name: str) -> None:  # noqa: N807
        if name in names or "__dataclass_fields__" in vars(type(self)):
            raise _frozen(f"cannot delete field {name!r}")
        object.__delattr__(self, name)

    return __setattr__, __delattr__


def _pickling(names: tuple[str, ...]) -> tuple[Callable[..., Any], ...]:
    def __getstate__(self: Any) -> list[Any]:  # noqa: N807
        return [getattr(self, name) for name in names]

    def __setstate__(self: Any, state: list[Any]) -> None:  # noqa: N807
        for name, value in zip(names, state, strict=True):
            object.__setattr__(self, name, value)

    return __getstate__, __setstate__


def _frozen(message: str) -> AttributeError:
    from dataclasses import FrozenInstanceError

    return FrozenInstanceError(message)


def _compiled_init(cls: type[Any], fields: dict[str, LeanField], has_post_init: bool) -> Any:
    """Write and compile `__init__` as the standard library does."""
    space: dict[str, Any] = {"_set": object.__setattr__, "_UNSET": _UNSET}
    parameters, lines = ["self"], []
    for name, told in fields.items():
        value = name
        if told.factory is not None:
            space[f"_make_{name}"] = told.factory
            parameters.append(f"{name}=_UNSET")
            value = f"_make_{name}() if {name} is _UNSET else {name}"
        elif told.default is not _UNSET:
            space[f"_default_{name}"] = told.default
            parameters.append(f"{name}=_default_{name}")
        else:
            parameters.append(name)
        lines.append(f" _set(self, {name!r}, {value})")
    if has_post_init:
        lines.append(" self.__post_init__()")
    exec(f"def __init__({', '.join(parameters)}):\n" + "\n".join(lines), space)  # noqa: S102  # of names of fields
    init = space["__init__"]
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    return init


class _Later:
    """What the standard library's functions look for on a class, made by it at the first look."""

    def __init__(self, cls: type[Any], fields: dict[str, LeanField]) -> None:
        self._cls = cls
        self._fields = fields

    def __set_name__(self, owner: type[Any], name: str) -> None:
        self._made: Any = owner
        self._name = name

    def __get__(self, instance: object, owner: type[Any]) -> Any:
        import dataclasses

        content = {name: _standard_field(told) for name, told in self._fields.items()}
        content |= {"__annotations__": self._cls.__annotations__, "__module__": self._cls.__module__}
        twin: Any = dataclasses.dataclass(frozen=True)(
            type(self._cls.__name__, (), content | {"__doc__": ""})
        )
        self._made.__dataclass_fields__ = twin.__dataclass_fields__
        self._made.__dataclass_params__ = twin.__dataclass_params__
        return getattr(twin, self._name)
