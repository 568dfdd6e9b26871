"""What a Futures endpoint is, and the call it receives. Imports the standard library only."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import Enum
from urllib.parse import parse_qs

from kraken_desk.simulator.accounts import Account
from kraken_desk.simulator.credentials import Access, FuturesKey
from kraken_desk.simulator.futures import refusals
from kraken_desk.simulator.futures.refusals import FuturesRefusal
from kraken_desk.simulator.jsontext import JsonValue
from kraken_desk.simulator.messages import Request
from kraken_desk.simulator.world import World

_PLAIN_DIGITS = frozenset("0123456789.")


class Need(Enum):
    """The right that an endpoint asks for."""

    ANY_KEY = "any key"
    READ = "general, reading"
    FULL = "general, full"
    WITHDRAW = "withdrawal, full"
    TRANSFER = "transfer between wallets"

    def met_by(self, key: FuturesKey, world: World) -> bool:
        full = key.general is Access.FULL
        withdraw = key.transfer is Access.FULL
        if self is Need.ANY_KEY:
            return True
        if self is Need.READ:
            return key.general is not Access.NONE
        if self is Need.WITHDRAW:
            return withdraw
        if self is Need.TRANSFER and world.switches.futures_transfer_needs == "both":
            return full and withdraw
        return full


class Parameters:
    """Values from query and form body together; a name may repeat."""

    def __init__(self, values: Mapping[str, Sequence[str]]) -> None:
        self._values = values

    @classmethod
    def of(cls, request: Request) -> "Parameters":
        body = request.body.decode("utf-8", "replace")
        joined = "&".join(part for part in (request.query, body) if part)
        return cls(parse_qs(joined, keep_blank_values=True))

    def all(self, name: str) -> Sequence[str]:
        return self._values.get(name, ())

    def text(self, name: str, default: str = "") -> str:
        values = self.all(name)
        return values[-1] if values else default

    def required(self, name: str) -> str:
        value = self.text(name).strip()
        if not value:
            raise FuturesRefusal(refusals.MISSING_ARGUMENT)
        return value

    def amount(self) -> Decimal:
        """Read a positive plain decimal."""
        text = self.required("amount")
        try:
            value = Decimal(text)
        except InvalidOperation:
            raise FuturesRefusal(refusals.INVALID_AMOUNT) from None
        if not set(text) <= _PLAIN_DIGITS or value <= 0:
            raise FuturesRefusal(refusals.INVALID_AMOUNT)
        return value

    def whole(self, name: str, default: int) -> int:
        text = self.text(name)
        if not text:
            return default
        if not text.isascii() or not text.isdigit():
            raise FuturesRefusal(f"{refusals.INVALID_ARGUMENT}: {name}")
        return int(text[:32])


@dataclass(frozen=True, slots=True)
class FuturesCall:
    """An admitted call. `segments` are the variable parts of the path."""

    world: World
    key: FuturesKey
    parameters: Parameters
    now: float
    segments: tuple[str, ...] = ()

    @property
    def account(self) -> Account:
        return self.key.account


@dataclass(frozen=True, slots=True)
class PublicCall:
    """A call without a key."""

    world: World
    parameters: Parameters
    now: float
    segments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A signed endpoint of `/derivatives`. `enveloped` answers carry result and serverTime."""

    answer: Callable[[FuturesCall], dict[str, JsonValue]]
    need: Need
    cost: int = 2
    enveloped: bool = True


@dataclass(frozen=True, slots=True)
class PublicEndpoint:
    """An endpoint that needs no key and costs nothing."""

    answer: Callable[[PublicCall], dict[str, JsonValue]]


Route = tuple[str, str, Endpoint | PublicEndpoint]
"""Method, path pattern under /derivatives/api/v3 with `*` for one variable segment, endpoint."""
