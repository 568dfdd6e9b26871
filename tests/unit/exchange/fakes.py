"""Fakes for the adapter's own tests: a clock moved by hand, nonces in memory, an open guard."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from kraken_desk.domain.environments import Environment, EnvironmentKind, EnvironmentName
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.secrets import ApiSecret
from kraken_desk.domain.signer import Signer

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SPOT_KEY = base64.b64encode(bytes(range(42))).decode()
SPOT_SECRET = base64.b64encode(bytes(range(100, 164))).decode()
FUTURES_SECRET = base64.b64encode(bytes(range(100, 166))).decode()


class FakeClock:
    """Stands still until moved."""

    def __init__(self, now: datetime = NOW) -> None:
        self.time = now

    def now(self) -> datetime:
        return self.time

    def move(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


class FakeNonces:
    """Allocates like the store, in memory, and remembers what it gave."""

    def __init__(self) -> None:
        self.given: list[tuple[str, int]] = []
        self._last: dict[str, int] = {}

    async def next_nonce(self, fingerprint: str, candidate: int) -> int:
        nonce = max(candidate, self._last.get(fingerprint, 0) + 1)
        self._last[fingerprint] = nonce
        self.given.append((fingerprint, nonce))
        return nonce


class RecordingGuard:
    """Admits everything, unless told what to raise, and remembers how each call ended."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.admitted: list[bool] = []
        self.ended: list[str] = []
        self.refusal: Exception | None = None

    @asynccontextmanager
    async def admit(self, signer: Signer, *, asked: bool = False) -> AsyncIterator[None]:
        if self.refusal is not None:
            raise self.refusal
        self.keys.append(signer.api_key)
        self.admitted.append(asked)
        try:
            yield
        except Exception as error:
            self.ended.append(type(error).__name__)
            raise
        self.ended.append("ok")


def local_environment(port: int) -> Environment:
    """Return an environment whose four services are one loopback port."""
    return Environment(
        EnvironmentName("local"),
        EnvironmentKind.CUSTOM,
        spot_url=f"http://127.0.0.1:{port}",
        spot_ws_url=f"ws://127.0.0.1:{port}",
        futures_url=f"http://127.0.0.1:{port}",
        futures_ws_url=f"ws://127.0.0.1:{port}",
    )


def a_signer(
    venue: Venue = Venue.SPOT,
    *,
    api_key: str = SPOT_KEY,
    secret: str | None = None,
    client: str = "kraken-desk",
) -> Signer:
    text = secret if secret is not None else (SPOT_SECRET if venue is Venue.SPOT else FUTURES_SECRET)

    async def source() -> ApiSecret:
        return ApiSecret(text)

    return Signer(EnvironmentName("local"), venue, api_key, client, source)
