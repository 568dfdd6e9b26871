"""Fakes for the adapter's own tests: clock, nonces, guard, and a transport with written answers."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

from kraken_desk.domain.environments import Environment, EnvironmentKind, EnvironmentName
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.secrets import ApiSecret
from kraken_desk.domain.signer import Signer
from kraken_desk.exchange.futures.gateway import FuturesGateway
from kraken_desk.exchange.key_channel import KeyChannel
from kraken_desk.exchange.rate_budget import RateBudgets
from kraken_desk.exchange.seams import Confirm, Reply
from kraken_desk.exchange.spot.gateway import SpotGateway

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
        self.ahead: list[int] = []
        self._last: dict[str, int] = {}

    async def next_nonce(
        self, fingerprint: str, candidate: int, *, at: datetime | None = None, ahead: int = 0
    ) -> int:
        del at
        self.ahead.append(ahead)
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
        self.late_refusal: Exception | None = None

    @asynccontextmanager
    async def admit(self, signer: Signer, *, asked: bool = False) -> AsyncIterator[Callable[[], None]]:
        if self.refusal is not None:
            raise self.refusal
        self.keys.append(signer.api_key)
        self.admitted.append(asked)
        try:
            yield self._confirm
        except Exception as error:
            self.ended.append(type(error).__name__)
            raise
        self.ended.append("ok")

    def _confirm(self) -> None:
        if self.late_refusal is not None:
            raise self.late_refusal


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


@dataclass(frozen=True)
class Sent:
    """One request that reached the scripted transport."""

    method: str
    url: str
    headers: dict[str, str]
    content: str
    fresh: bool

    @property
    def path(self) -> str:
        return self.url.removeprefix("http://127.0.0.1:1")

    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.content, keep_blank_values=True))


class ScriptedTransport:
    """Answers each path from a list, the last answer again and again; remembers what was sent.

    An answer is JSON as a Python value, raw bytes, a Reply, or an exception to raise.
    """

    def __init__(self, clock: FakeClock, answers: dict[str, list[object]] | None = None) -> None:
        self.clock = clock
        self.answers = answers or {}
        self.sent: list[Sent] = []
        self.connecting_s = 0.0
        self.under_way = 0
        self.most_under_way = 0

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        yield

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: dict[str, str] | None = None,
        content: bytes = b"",
        fresh: bool = False,
        leaving: Confirm | None = None,
    ) -> Reply:
        self.clock.move(self.connecting_s)
        if leaving is not None:
            leaving()
        request = Sent(method, url, headers or {}, content.decode(), fresh)
        self.sent.append(request)
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            await asyncio.sleep(0)
            return self._answer(request)
        finally:
            self.under_way -= 1

    def paths(self) -> list[str]:
        return [request.path.partition("?")[0] for request in self.sent]

    def _answer(self, request: Sent) -> Reply:
        script = self.answers[request.path.partition("?")[0]]
        answer = script.pop(0) if len(script) > 1 else script[0]
        if isinstance(answer, BaseException):
            raise answer
        return answer if isinstance(answer, Reply) else reply(answer, now=self.clock.now())


def reply(
    answer: object,
    status: int = 200,
    content_type: str = "application/json",
    *,
    now: datetime = NOW,
    headers: dict[str, str] | None = None,
) -> Reply:
    """Build an answer from a JSON value or raw bytes."""
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    return Reply(status, {"content-type": content_type, **(headers or {})}, body, now, now)


class RecordingSleep:
    """Takes no time and remembers how long it should have taken."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)


class MovingSleep(RecordingSleep):
    """Moves the clock instead of taking time."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self._clock = clock

    async def __call__(self, seconds: float) -> None:
        await super().__call__(seconds)
        self._clock.move(seconds)


@dataclass
class Bench:
    """A scripted Kraken with a channel to it."""

    answers: dict[str, list[object]] = field(default_factory=dict)
    clock: FakeClock = field(default_factory=FakeClock)
    nonces: FakeNonces = field(default_factory=FakeNonces)
    guard: RecordingGuard = field(default_factory=RecordingGuard)
    sleep: RecordingSleep = field(default_factory=RecordingSleep)

    def __post_init__(self) -> None:
        self.environment = local_environment(1)
        self.transport = ScriptedTransport(self.clock, self.answers)
        self.channel = KeyChannel(
            self.environment.name,
            transport=self.transport,
            nonces=self.nonces,
            guard=self.guard,
            clock=self.clock,
            budgets=RateBudgets(self.clock, sleep=MovingSleep(self.clock)),
        )

    def spot(self) -> SpotGateway:
        return SpotGateway(
            self.environment,
            transport=self.transport,
            channel=self.channel,
            clock=self.clock,
            sleep=self.sleep,
        )

    def futures(self) -> FuturesGateway:
        return FuturesGateway(
            self.environment,
            transport=self.transport,
            channel=self.channel,
            clock=self.clock,
            sleep=self.sleep,
        )
