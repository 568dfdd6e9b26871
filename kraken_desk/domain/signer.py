"""What the exchange adapter needs to sign for one key, and nothing more."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime

from kraken_desk.domain.clients import NonceScale, observers_nonce, scale_of
from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.secrets import ApiSecret
from kraken_desk.domain.values import dataclass, field

SecretSource = Callable[[], Awaitable[ApiSecret]]


@dataclass(frozen=True, slots=True)
class Signer:
    """One key, ready to sign: the secret is asked for at the moment of signing.

    `client` is the declared client library whose nonce scale must not be exceeded. `otp` is the
    one-time password of a key with 2FA, for this one call. With `count_from`
    the nonces count on from that number instead of following the clock.
    """

    environment: EnvironmentName
    venue: Venue
    api_key: str = field(repr=False)
    client: str
    secret: SecretSource = field(repr=False, compare=False)
    otp: str = field(default="", repr=False, compare=False)
    count_from: int | None = None

    @property
    def fingerprint(self) -> str:
        """Name the key for nonces and failures, also before it is stored, without showing it."""
        return _fingerprint(self.environment, self.venue, self.api_key)

    @property
    def scale(self) -> NonceScale:
        return scale_of(self.client)

    def nonce_at(self, now: datetime) -> int:
        """Return the nonce to sign with at `now`, unless a later one has been used."""
        return observers_nonce(self.client, now) if self.count_from is None else self.count_from


@functools.lru_cache(maxsize=4096)
def _fingerprint(environment: EnvironmentName, venue: Venue, api_key: str) -> str:
    """Remember the names, which every call asks for many times."""
    return hashlib.sha256(f"{environment}\n{venue}\n{api_key}".encode()).hexdigest()[:32]
