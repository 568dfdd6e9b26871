"""Parameters of a Spot call, read from a form or JSON body. Imports the standard library only."""

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import TypeAlias
from urllib.parse import parse_qsl

from kraken_desk.simulator.spot.refusals import invalid_arguments

Parameter: TypeAlias = "str | bool | list[Parameter] | dict[str, Parameter] | None"

_NONCE_LIMIT = 2**64
_NONCE_DIGITS = 20
_PLAIN_DIGITS = frozenset("0123456789.")


class Parameters:
    """The named values of one call. Numbers of a JSON body are kept as the text that was sent."""

    def __init__(self, values: Mapping[str, Parameter]) -> None:
        self.values = values

    def text(self, name: str, default: str = "") -> str:
        value = self.values.get(name)
        if isinstance(value, str):
            return value
        if value is None:
            return default
        raise invalid_arguments(name)

    def required(self, name: str) -> str:
        value = self.text(name).strip()
        if not value:
            raise invalid_arguments(name)
        return value

    def joined(self, others: Mapping[str, str]) -> "Parameters":
        """Add the values of a query string; those of the body come first."""
        return Parameters({**others, **self.values}) if others else self

    def whole(self, name: str, default: int) -> int:
        text = self.text(name)
        if not text:
            return default
        if not text.isascii() or not text.isdigit() or len(text) > _NONCE_DIGITS:
            raise invalid_arguments(name)
        return int(text)

    def moment(self, name: str) -> Decimal | None:
        """Read a time in Unix seconds, with or without fraction; None if there is none."""
        text = self.text(name).strip()
        if not text:
            return None
        try:
            value = Decimal(text)
        except InvalidOperation:
            raise invalid_arguments(name) from None
        if not value.is_finite() or value < 0:
            raise invalid_arguments(name)
        return value

    def flag(self, name: str) -> bool:
        value = self.values.get(name)
        return value is True or (isinstance(value, str) and value.lower() in {"true", "1", "yes"})

    def names(self, name: str, member: str = "asset") -> list[str]:
        """Read a comma list, or a JSON list of names or of objects with `member`."""
        value = self.values.get(name)
        if value is None:
            return []
        if isinstance(value, str):
            return [part.strip() for part in value.split(",") if part.strip()]
        if isinstance(value, list):
            return [_member(item, member, name) for item in value]
        raise invalid_arguments(name)

    def amount(self, name: str = "amount") -> Decimal:
        """Read a positive plain decimal without exponent."""
        text = self.required(name)
        try:
            value = Decimal(text)
        except InvalidOperation:
            raise invalid_arguments(name) from None
        if not set(text) <= _PLAIN_DIGITS or value <= 0:
            raise invalid_arguments(name)
        return value


def _member(item: Parameter, member: str, name: str) -> str:
    value = item.get(member) if isinstance(item, dict) else item
    if isinstance(value, str):
        return value
    raise invalid_arguments(name)


def read_body(body: bytes, content_type: str) -> Parameters | None:
    """Read a form or JSON body; give None if it cannot be read."""
    media_type = content_type.partition(";")[0].strip().lower()
    try:
        text = body.decode()
        if media_type == "application/json" or text.startswith("{"):
            values = json.loads(text, parse_int=str, parse_float=str)
            return Parameters(values) if isinstance(values, dict) else None
        return Parameters(dict(parse_qsl(text, keep_blank_values=True)))
    except (ValueError, RecursionError):
        return None


def nonce_text(parameters: Parameters) -> str:
    """Give the nonce as sent if it is an unsigned 64-bit integer, else an empty string."""
    value = parameters.values.get("nonce")
    if not isinstance(value, str) or not value.isascii() or not value.isdigit():
        return ""
    return value if len(value) <= _NONCE_DIGITS and int(value) < _NONCE_LIMIT else ""
