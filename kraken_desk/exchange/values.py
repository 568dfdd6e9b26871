"""Single values off the wire: quantities, numbers and times, whether written as text or number.

Everything unusable raises WireError, which `outcomes.reading` turns into our own error.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Context, Decimal, Inexact, InvalidOperation
from typing import Any

import msgspec

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_DIGITS_AFTER = 30
_SMALLEST = Decimal(1).scaleb(-_MOST_DIGITS_AFTER)
_BOUNDS = Context(prec=25 + _MOST_DIGITS_AFTER, traps=[InvalidOperation, Inexact])
_ISO = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]00:?00)?")


class WireError(ValueError):
    """A value of an answer has a form that nothing can be made of; the text says which."""


any_json = msgspec.json.Decoder(Any, float_hook=Decimal)
"""Decodes JSON of unknown shape without losing a digit."""


def quantity(value: Decimal) -> Decimal:
    """Pass a quantity that later arithmetic can carry exactly; refuse NaN and absurd sizes."""
    if not value:
        if abs(int(value.as_tuple().exponent)) > _MOST_DIGITS_AFTER:
            raise WireError("a zero is written absurdly")
        return value
    try:
        finite = _BOUNDS.quantize(value, _SMALLEST).is_finite()
    except ArithmeticError:
        finite = False
    if not finite:
        raise WireError("a quantity is no number or absurdly large or small")
    return value


def whole_number(value: object) -> int:
    """Read an integer written as number or text."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,40}", value.strip(), re.ASCII):
        return int(value)
    if isinstance(value, Decimal) and value.is_finite() and value == value.to_integral_value():
        return int(quantity(value))
    raise WireError("a whole number is not one")


def unix_moment(value: object) -> datetime | None:
    """Read UNIX seconds written as number or text; 0, null and empty text mean “none”."""
    if value is None or value == "":
        return None
    if isinstance(value, str) and re.fullmatch(r"\d{1,12}(\.\d{1,9})?", value.strip(), re.ASCII):
        value = Decimal(value.strip())
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise WireError("a time is not in UNIX seconds")
    seconds = Decimal(value)
    if not seconds.is_finite() or not 0 <= seconds < 10**11:
        raise WireError("a time is out of range")
    return moment(seconds) if seconds else None


def moment(seconds: Decimal) -> datetime:
    """Turn UNIX seconds into an aware time, exact to the microsecond."""
    if not seconds.is_finite() or not 0 <= seconds < 10**11:
        raise WireError("a time is out of range")
    return _EPOCH + timedelta(microseconds=int(seconds * 1_000_000))


def unix_seconds(when: datetime) -> Decimal:
    """Return UNIX seconds exactly; the inverse of `moment`."""
    elapsed = when - _EPOCH
    micros = (elapsed.days * 86_400 + elapsed.seconds) * 1_000_000 + elapsed.microseconds
    return Decimal(micros).scaleb(-6)


def iso_moment(text: object) -> datetime:
    """Read a UTC time with any number of fraction digits (Kraken: 0 to 9 occur)."""
    match = _ISO.fullmatch(re.sub(r"\s*:\s*", ":", text.strip())) if isinstance(text, str) else None
    if match is None:
        raise WireError("a time is not in ISO 8601 UTC")
    whole = datetime.fromisoformat(f"{match[1]}T{match[2]}:{match[3]}:{match[4]}+00:00")
    fraction = (match[5] or "").ljust(6, "0")[:6]
    return whole.replace(microsecond=int(fraction))


def strings(value: object) -> tuple[str, ...]:
    """Read a list of texts; null is an empty list, and empty texts are dropped."""
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise WireError("a list of texts is not one")
    return tuple(item.strip() for item in value if item.strip())


def text_or(value: object, missing: str = "") -> str:
    """Read a text; null and absence become `missing`."""
    if value is None:
        return missing
    if not isinstance(value, str):
        raise WireError("a text is not one")
    return value
