"""JSON text with exact numbers: a Decimal is written digit by digit, never through a float.

Imports the standard library only. Kraken mixes numbers as text, numbers with a fixed count of places and tiny
exponents in one answer; the standard encoder cannot write any of them from a Decimal.
"""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TypeAlias, cast

JsonValue: TypeAlias = "bool | int | str | Decimal | Mapping[str, JsonValue] | Sequence[JsonValue] | None"

_SMALLEST_PLAIN_EXPONENT = -7


def render(value: JsonValue) -> str:
    """Write `value` compactly, as Kraken does."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{render(name)}:{render(member)}" for name, member in value.items()) + "}"
    return "[" + ",".join(render(item) for item in value) + "]"


def parse(text: bytes | str) -> JsonValue:
    """Read JSON; numbers with a point or exponent become Decimal. Raises ValueError."""
    return cast("JsonValue", json.loads(text, parse_float=Decimal, parse_constant=_no_constant))


def as_double(value: Decimal) -> Decimal:
    """Shape a number as a server that prints doubles would: `5000.0`, but a bare `0`."""
    if not value:
        return Decimal(0)
    plain = value.normalize()
    exponent = plain.as_tuple().exponent
    return plain.quantize(Decimal("0.1")) if isinstance(exponent, int) and exponent >= 0 else plain


def fixed(value: Decimal, places: int) -> str:
    """Write an amount with exactly `places` decimals."""
    return format(value, f".{places}f")


def places(value: Decimal) -> int:
    """Count the decimals that carry information: 1.50 has one. Exact for any number of digits."""
    _, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)
    significant = "".join(map(str, digits)).rstrip("0")
    return max(0, -exponent - (len(digits) - len(significant))) if significant else 0


def _number(value: Decimal) -> str:
    if value and value.adjusted() <= _SMALLEST_PLAIN_EXPONENT:
        return str(value.normalize()).lower()
    return format(value, "f")


def _no_constant(name: str) -> Decimal:
    raise ValueError(f"{name} is not JSON")
