"""API keys of both venues: rights, allowlists, one-time codes and nonces.

Imports the standard library only. A Spot nonce must exceed the highest one seen minus the key's window; a
Futures nonce is optional, must be new, and may run a little late.
"""

import base64
import hmac
import ipaddress
import struct
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache

from kraken_desk.simulator.accounts import Account

_REMEMBERED_NONCES = 4096
_MILLISECOND_DIGITS = 13


class Access(Enum):
    """Level of a Futures right, as the key check spells it."""

    NONE = "NO_ACCESS"
    READ = "READ_ONLY"
    FULL = "FULL_ACCESS"


@dataclass(frozen=True, slots=True)
class OneTimeCode:
    """The second factor of a key: a static password or an authenticator secret in base32."""

    password: str = ""
    authenticator: str = ""

    def accepts(self, code: str, now: float) -> bool:
        if self.password:
            return hmac.compare_digest(code.encode(), self.password.encode())
        steps = range(int(now // 30) - 1, int(now // 30) + 2)
        return any(hmac.compare_digest(code, totp(self.authenticator, step)) for step in steps)


def totp(secret_base32: str, step: int) -> str:
    """Compute the six digits that an authenticator shows in a 30 s step (RFC 6238)."""
    key = base64.b32decode(secret_base32 + "=" * (-len(secret_base32) % 8), casefold=True)
    digest = hmac.digest(key, struct.pack(">Q", step), "sha1")
    offset = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def address_allowed(address: str, allowlist: Iterable[str]) -> bool:
    """Say whether `address` is in one of the addresses or ranges; an empty list allows every address."""
    rules = [rule for rule in allowlist if rule]
    if not rules:
        return True
    caller = ipaddress.ip_address(address)
    return any(caller in _network(rule) for rule in rules)


@lru_cache(maxsize=4096)
def _network(rule: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    return ipaddress.ip_network(rule, strict=False)


@dataclass(slots=True, eq=False)
class SpotKey:
    """A Spot key with all that Kraken keeps about it; times are Unix seconds, 0 means unlimited."""

    name: str
    api_key: str
    secret: bytes
    account: Account
    permissions: list[str]
    created_time: int
    modified_time: int
    nonce: int = 0
    nonce_window: int = 0
    ip_allowlist: list[str] = field(default_factory=list)
    valid_until: int = 0
    query_from: int = 0
    query_to: int = 0
    last_used: int | None = None
    used_before: int | None = None  # before the last call
    otp: OneTimeCode | None = None
    disabled: bool = False
    hints: dict[str, str | bool] = field(default_factory=dict)

    def usable(self, now: float) -> bool:
        return not self.disabled and (self.valid_until == 0 or now < self.valid_until)

    def take_nonce(self, nonce: int) -> bool:
        """Accept a nonce above the highest seen minus the window, and remember the highest."""
        if nonce <= self.nonce - self.nonce_window:
            return False
        self.nonce = max(self.nonce, nonce)
        return True


class NonceVerdict(Enum):
    """Outcome of a Futures nonce; the values are the error codes."""

    FRESH = ""
    TOO_LOW = "nonceBelowThreshold"
    DUPLICATE = "nonceDuplicate"


@dataclass(slots=True, eq=False)
class FuturesKey:
    """A Futures key. `transfer` is the right to withdraw; wallet transfers need `general` only."""

    name: str
    api_key: str
    secret: bytes
    account: Account
    general: Access
    transfer: Access
    created_at: float
    allowed_cidr_blocks: list[str] = field(default_factory=list)
    highest_nonce: int = 0
    disabled: bool = False
    hints: dict[str, str | bool] = field(default_factory=dict)
    _recent: deque[int] = field(default_factory=lambda: deque(maxlen=_REMEMBERED_NONCES))
    _used: set[int] = field(default_factory=set)

    def take_nonce(self, nonce: int, window_s: float) -> NonceVerdict:
        """Accept an unused nonce up to `window_s` below the highest, in the scale its digits suggest."""
        if nonce in self._used:
            return NonceVerdict.DUPLICATE
        per_second = 1000 * 10 ** max(0, len(str(nonce)) - _MILLISECOND_DIGITS)
        if nonce <= self.highest_nonce - int(window_s * per_second):
            return NonceVerdict.TOO_LOW
        if len(self._recent) == _REMEMBERED_NONCES:
            self._used.discard(self._recent[0])
        self._recent.append(nonce)
        self._used.add(nonce)
        self.highest_nonce = max(self.highest_nonce, nonce)
        return NonceVerdict.FRESH


Key = SpotKey | FuturesKey


class KeyRegistry:
    """All keys of both venues. A key of one venue is unknown to the other."""

    def __init__(self) -> None:
        self.spot: dict[str, SpotKey] = {}
        self.futures: dict[str, FuturesKey] = {}
        self._deleted: Counter[str] = Counter()

    def __iter__(self) -> Iterator[Key]:
        yield from self.spot.values()
        yield from self.futures.values()

    def add(self, key: Key) -> Key:
        if isinstance(key, SpotKey):
            self.spot[key.api_key] = key
        else:
            self.futures[key.api_key] = key
        return key

    def find(self, api_key: str) -> Key | None:
        return self.spot.get(api_key) or self.futures.get(api_key)

    def delete(self, api_key: str) -> bool:
        gone = self.spot.pop(api_key, None) or self.futures.pop(api_key, None)
        if gone is not None:
            self._deleted[type(gone).__name__] += 1
        return gone is not None

    def made(self) -> tuple[int, int]:
        """Count the keys ever made, Spot and Futures: what a new key is drawn from must not come twice."""
        deleted = self._deleted
        return len(self.spot) + deleted[SpotKey.__name__], len(self.futures) + deleted[FuturesKey.__name__]

    def of(self, account: Account) -> list[Key]:
        return [key for key in self if key.account is account]
