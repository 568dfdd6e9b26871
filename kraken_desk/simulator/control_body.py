"""Typed reading of control requests. Imports the standard library only."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from kraken_desk.simulator.jsontext import JsonValue, parse


class ControlError(Exception):
    """A control request cannot be done; the message says why."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class Body:
    """The members of a JSON object; each reader refuses a value of another kind."""

    def __init__(self, members: Mapping[str, JsonValue]) -> None:
        self.members = members

    @classmethod
    def read(cls, text: bytes) -> "Body":
        try:
            content = parse(text or b"{}")
        except ValueError as error:
            raise ControlError(f"the body is not JSON: {error}") from None
        if not isinstance(content, Mapping):
            raise ControlError("the body is not a JSON object")
        return cls(content)

    def __contains__(self, name: object) -> bool:
        return name in self.members

    def only(self, *names: str) -> None:
        """Refuse members that nobody would read."""
        unknown = sorted(set(self.members) - set(names))
        if unknown:
            raise ControlError(f"unknown: {', '.join(unknown)}; known: {', '.join(names)}")

    def text(self, name: str, default: str | None = None) -> str:
        value = self.members.get(name, default)
        if isinstance(value, str):
            return value
        raise ControlError(f"{name} must be text")

    def optional_text(self, name: str) -> str | None:
        return None if self.members.get(name) is None else self.text(name)

    def flag(self, name: str, default: bool) -> bool:
        value = self.members.get(name, default)
        if isinstance(value, bool):
            return value
        raise ControlError(f"{name} must be true or false")

    def whole(self, name: str, default: int = 0) -> int:
        value = self.members.get(name, default)
        if isinstance(value, str) and value.isascii() and value.isdigit():
            return int(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        raise ControlError(f"{name} must be a whole number")

    def number(self, name: str, default: float = 0.0) -> float:
        value = self.members.get(name, default)
        if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            return float(value)
        raise ControlError(f"{name} must be a number")

    def amount(self, name: str) -> Decimal:
        value = self.members.get(name)
        try:
            amount = Decimal(value) if isinstance(value, str | int | Decimal) else Decimal("NaN")
        except InvalidOperation:
            amount = Decimal("NaN")
        if not amount.is_finite():
            raise ControlError(f"{name} must be a decimal, best as text")
        return amount

    def texts(self, name: str) -> list[str]:
        value = self.members.get(name, [])
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return [str(item) for item in value]
        raise ControlError(f"{name} must be a list of texts")

    def part(self, name: str) -> "Body":
        value = self.members.get(name, {})
        if isinstance(value, Mapping):
            return Body(value)
        raise ControlError(f"{name} must be an object")
