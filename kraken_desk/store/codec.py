"""Between the domain's values and the text in columns.

Times are ISO 8601 in UTC with microseconds and a fixed width, so that they sort as text. Amounts
are plain digits. Problems and reported facts are JSON whose shape belongs to the schema version:
a field that is absent or unexpected is damage, not a guess. “Not reported by Kraken” is the object
`{"not_reported": true}`, so that it never reads like null or empty.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from kraken_desk.domain.accounts import Iiban
from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.errors import InputError, RuleError
from kraken_desk.domain.handover_form import HandOver, HandOverForm, VariableNames
from kraken_desk.domain.keys import (
    ApiKeyInfo,
    FuturesAccess,
    Permissions,
    Problem,
    SpotPermissions,
    Venue,
)
from kraken_desk.domain.reported import NOT_REPORTED
from kraken_desk.store.errors import unreadable_row

if TYPE_CHECKING:
    from decimal import Decimal

Json = Any  # what json.loads returns; every use is checked by the readers below

_NOT_REPORTED = {"not_reported": True}
_INFO_FIELDS: tuple[str, ...] = ApiKeyInfo.__match_args__
_PROBLEM_FIELDS: tuple[str, ...] = Problem.__match_args__
_TIMES = {"read_at", "valid_until", "query_from", "query_to", "created_time", "modified_time", "last_used"}


@contextlib.contextmanager
def reading(what: str) -> Iterator[None]:
    """Turn whatever an unreadable value raises into a StoreCorruptError that names its place."""
    try:
        yield
    except (ValueError, KeyError, TypeError, ArithmeticError, InputError, RuleError) as error:
        raise unreadable_row(what, type(error).__name__) from error


def time_text(time: datetime) -> str:
    """Write an aware time; raises ValueError for a naive one."""
    if time.tzinfo is None:
        raise ValueError("a time without zone cannot be stored")
    return time.astimezone(UTC).isoformat(timespec="microseconds")


def optional_time_text(time: datetime | None) -> str | None:
    return None if time is None else time_text(time)


def time_from(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError("the stored time has no zone")
    return time.astimezone(UTC)


def optional_time_from(text: str | None) -> datetime | None:
    return None if text is None else time_from(text)


def quantity_text(quantity: Decimal) -> str:
    """Write a quantity exactly, in plain digits; raises ValueError for NaN and infinity."""
    if not quantity.is_finite():
        raise ValueError("a quantity that is no number cannot be stored")
    return format(quantity, "f")


def quantity_from(text: str) -> Decimal:
    from decimal import Decimal  # a run reads no amounts

    quantity = Decimal(text)
    if not quantity.is_finite():
        raise ValueError("the stored quantity is no number")
    return quantity


def problem_text(problem: Problem | None) -> str | None:
    if problem is None:
        return None
    return _dump({name: getattr(problem, name) for name in _PROBLEM_FIELDS})


def problem_from(text: str | None) -> Problem | None:
    if text is None:
        return None
    raw = _load(text, _PROBLEM_FIELDS)
    return Problem(**{**raw, "kraken": tuple(raw["kraken"])})


def info_text(info: ApiKeyInfo | None) -> str | None:
    if info is None:
        return None
    return _dump({name: _plain(getattr(info, name)) for name in _INFO_FIELDS})


def info_from(text: str | None) -> ApiKeyInfo | None:
    if text is None:
        return None
    raw = _load(text, _INFO_FIELDS)
    return ApiKeyInfo(**{name: _fact(name, value) for name, value in raw.items()})


def hand_over_text(way: HandOver) -> str:
    from dataclasses import asdict  # brings much that reading does without

    return _dump(asdict(way))


def hand_over_from(text: str | None) -> HandOver | None:
    if text is None:
        return None
    raw = _load(text, ("form", "preset", "names", "ws_token", "mask"))
    names = raw["names"] and VariableNames(**raw["names"])
    return HandOver(HandOverForm(raw["form"]), raw["preset"], names, raw["ws_token"], raw["mask"])


def _plain(value: object) -> Json:
    if value is NOT_REPORTED:
        return _NOT_REPORTED
    if isinstance(value, datetime):
        return time_text(value)
    if isinstance(value, IpAllowlist):
        return list(value.entries)
    if isinstance(value, SpotPermissions):
        return {"spot": list(value.strings())}
    if isinstance(value, FuturesAccess):
        return {"futures": {"general": value.general, "transfer": value.transfer}}
    return value


def _fact(name: str, value: Json) -> Json:
    if value == _NOT_REPORTED:
        return NOT_REPORTED
    if value is None:
        return None
    if name in _TIMES:
        return time_from(value)
    if name == "venue":
        return Venue(value)
    if name == "permissions":
        return _permissions(value)
    if name == "ip_allowlist":
        return IpAllowlist(tuple(value))
    return Iiban(value) if name == "iiban" else value


def _permissions(value: Json) -> Permissions:
    if "spot" in value:
        return SpotPermissions.from_strings(tuple(value["spot"]))
    return FuturesAccess(**value["futures"])


def _dump(value: dict[str, Json]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _load(text: str, names: tuple[str, ...]) -> dict[str, Json]:
    value = json.loads(text)
    if not isinstance(value, dict) or set(value) != set(names):
        raise ValueError("the stored facts have another shape")
    return value
