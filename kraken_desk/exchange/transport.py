"""The one HTTP client of the program: limits, time-outs, and what a failure says about the bytes.

httpx over aiohttp, on the event loop of the caller. A failure is sorted by one question only:
was a connection ever handed to the request? If not, nothing left this machine; if so, Kraken may
have read and executed it. The exception classes of the libraries do not tell: a reset after the
request reaches us as httpx.ConnectTimeout.
"""

from __future__ import annotations

import asyncio
import contextvars
import ssl
import zlib
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

import aiohttp
import httpx
from aiohttp.tracing import Trace
from httpx_aiohttp import AiohttpTransport

from kraken_desk.domain.environments import Environment, is_loopback, origin_of
from kraken_desk.domain.errors import EnvironmentSealError, UnreachableError
from kraken_desk.exchange.seams import Clock, NoReplyError, Reply

LARGEST_ANSWER = 8 * 1024 * 1024
"""Kraken's largest answers, lists of all markets, have 1 to 2 MB."""

_PACKED = ("gzip", "x-gzip", "deflate")
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS  # zlib's word for “look which of the two it is”

CONNECTIONS = 10
_SPARE_CONNECTIONS = 2  # public calls do not wait behind signed ones


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds per phase; `whole` ends an answer that trickles, and a write, which aiohttp does not time."""

    connect: float = 5.0
    read: float = 15.0
    write: float = 5.0
    pool: float = 5.0
    whole: float = 45.0

    def phases(self) -> dict[str, float | None]:
        return httpx.Timeout(connect=self.connect, read=self.read, write=self.write, pool=self.pool).as_dict()


class _ConnectionLostError(aiohttp.ClientError):
    """Takes the place of errors that aiohttp would answer by sending the request again."""


class _TooLargeError(aiohttp.ClientError):
    """The answer is larger than any of Kraken's."""


class _UnpackError(aiohttp.ClientError):
    """The answer is packed in a way that cannot be undone."""


@dataclass(slots=True)
class _Flight:
    """One request on its way; `connected` once a connection could carry its bytes."""

    connected: bool = False


_flight: contextvars.ContextVar[_Flight] = contextvars.ContextVar("kraken_desk_flight")


class HttpTransport:
    """Sends requests inside one environment.

    Everything is made at the first request: the TLS settings in a thread, unless they are given.
    Changes go over a connection of their own: a kept one may have been
    closed by Kraken at that very moment, and then nobody could tell whether the request arrived.
    """

    def __init__(
        self,
        environment: Environment,
        *,
        clock: Clock,
        user_agent: str,
        ssl_context: ssl.SSLContext | None = None,
        timeouts: Timeouts | None = None,
        connections: int = CONNECTIONS,
    ) -> None:
        self._environment = environment
        self._clock = clock
        self._common_headers = {
            "User-Agent": user_agent,
            "Accept": "application/json",
            "Accept-Encoding": "identity",  # answers are small; unpacking costs more than it saves
        }
        self._ssl_context = ssl_context
        self._ssl_lock = asyncio.Lock()
        self._timeouts = timeouts or Timeouts()
        self._phases = self._timeouts.phases()
        self._connections = connections
        self._slots = asyncio.Semaphore(connections)
        self._transports: dict[tuple[str, bool], AiohttpTransport] = {}
        self._urls: dict[str, httpx.URL] = {}
        self._closed = False

    def slot(self) -> AbstractAsyncContextManager[None]:
        """Wait for one of the connections before a nonce is taken, so that it is used at once."""
        return self._slots

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: dict[str, str] | None = None,
        content: bytes = b"",
        fresh: bool = False,
    ) -> Reply:
        """Send once and return the answer whatever its status; `fresh` takes a new connection.

        Raises UnreachableError when provably nothing was sent, NoReplyError otherwise.
        """
        target = self._target(url)
        flight = _Flight()
        token = _flight.set(flight)
        sent_at = self._clock.now()
        try:
            async with asyncio.timeout(self._timeouts.whole):
                status, received, body = await self._exchange(
                    method, target, headers or {}, content, fresh=fresh
                )
        except (httpx.HTTPError, httpx.StreamError, aiohttp.ClientError, OSError) as error:
            if flight.connected:
                raise NoReplyError(type(error).__name__) from error
            raise _unreachable(url, error) from error
        finally:
            _flight.reset(token)
        return Reply(status, received, body, sent_at, self._clock.now())

    async def _exchange(
        self, method: str, target: httpx.URL, headers: dict[str, str], content: bytes, *, fresh: bool
    ) -> tuple[int, dict[str, str], bytes]:
        """Make one request below httpx's client, whose cookies, redirects and logs are not wanted."""
        request = httpx.Request(
            method,
            target,
            headers={**self._common_headers, **headers},
            content=content or None,
            extensions={"timeout": self._phases},
        )
        request.headers.encoding = "ascii"  # else httpx tries encodings at every look
        transport = self._transports.get((target.scheme, fresh)) or await self._new_transport(
            target, fresh=fresh
        )
        answer = await transport.handle_async_request(request)
        received = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in answer.headers.raw
        }
        return answer.status_code, received, await _body(answer, received)

    async def tls(self) -> ssl.SSLContext:
        """Return the TLS settings of the environment; built once, off the event loop's thread."""
        async with self._ssl_lock:
            if self._ssl_context is None:
                self._ssl_context = await asyncio.to_thread(secure_context)
            return self._ssl_context

    async def close(self) -> None:
        """Close the connections; later requests raise UnreachableError."""
        self._closed = True
        transports = list(self._transports.values())
        self._transports.clear()
        for transport in transports:
            await transport.aclose()

    def _target(self, url: str) -> httpx.URL:
        """Return the URL as httpx wants it, after checking that it may be used at all."""
        self._refuse_when_closed()
        bare, _, query = url.partition("?")
        target = self._urls.get(bare)
        if target is None:
            self._check_address(url)
            target = self._urls[bare] = httpx.URL(bare)
        return httpx.URL(url) if query else target

    def _refuse_when_closed(self) -> None:
        if self._closed:
            raise UnreachableError("The connection is closed", "Kraken Desk is shutting down.", "")

    def _check_address(self, url: str) -> None:
        self._environment.check_seal(url)
        parts = httpx.URL(url)
        if parts.scheme != "https" and not is_loopback(parts.host):
            raise EnvironmentSealError(
                "Unencrypted address",
                f"{origin_of(url)} would carry the request unencrypted over a network.",
                "Nothing was sent. Plain http is accepted for this machine (loopback) only.",
            )

    async def _new_transport(self, target: httpx.URL, *, fresh: bool) -> AiohttpTransport:
        """Make a pool of connections; without https in play its TLS settings trust nobody."""
        context = await self.tls() if target.scheme == "https" else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._refuse_when_closed()
        known = self._transports.get((target.scheme, fresh))  # another call may have made it meanwhile
        if known is None:
            known = self._transports[target.scheme, fresh] = AiohttpTransport(
                verify=context, trust_env=False, client=self._session_maker(context, fresh=fresh)
            )
        return known

    def _session_maker(self, context: ssl.SSLContext, *, fresh: bool) -> Callable[[], aiohttp.ClientSession]:
        def session() -> aiohttp.ClientSession:
            limit = self._connections + _SPARE_CONNECTIONS
            return aiohttp.ClientSession(
                connector=_MarkingConnector(limit=limit, ssl=context, force_close=fresh),
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
                middlewares=(_never_again,),
            )

        return session


async def _body(answer: httpx.Response, headers: dict[str, str]) -> bytes:
    """Read an answer to its end and free its connection; an answer packed unasked is unpacked.

    Raises _TooLargeError early: an endless answer must not fill the memory, nor a packed one.
    """
    assert isinstance(answer.stream, httpx.AsyncByteStream)
    chunks, size = [], 0
    try:
        async for chunk in answer.stream:
            chunks.append(chunk)
            size += len(chunk)
            if size > LARGEST_ANSWER:
                raise _TooLargeError("the answer does not end")
    finally:
        await answer.stream.aclose()
    body = b"".join(chunks)
    return _unpacked(body) if body and headers.get("content-encoding") in _PACKED else body


def _unpacked(body: bytes) -> bytes:
    try:
        unpacking = zlib.decompressobj(_GZIP_OR_ZLIB)
        plain = unpacking.decompress(body, LARGEST_ANSWER)
    except zlib.error as error:
        raise _UnpackError(str(error)) from error
    if not unpacking.eof:
        raise _TooLargeError("the answer does not end when unpacked")
    return plain


class _MarkingConnector(aiohttp.TCPConnector):
    """Marks the request that a connection, new or kept, has been handed to it."""

    async def connect(
        self,
        req: aiohttp.ClientRequest,
        traces: list[Trace],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109  # aiohttp's signature
    ) -> aiohttp.connector.Connection:
        connection = await super().connect(req, traces, timeout)
        _flight.get().connected = True
        return connection


def secure_context() -> ssl.SSLContext:
    """Build the TLS settings; 20 ms of work or more, so it is done in a thread."""
    return httpx.create_ssl_context(trust_env=False)


async def _never_again(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Keep aiohttp from resending: it repeats GETs whose kept connection was closed.

    A repetition would carry the same nonce and hide a lost reply.
    """
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError) as error:
        raise _ConnectionLostError(str(error)) from error


def _unreachable(url: str, error: BaseException) -> UnreachableError:
    host = httpx.URL(url).host
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, aiohttp.ClientConnectorDNSError):
            detail = f"The name {host} could not be resolved."
            break
        if isinstance(cause, aiohttp.ClientSSLError | ssl.SSLError):
            detail = f"No trusted encrypted connection to {host} could be made."
            break
        if isinstance(cause, ConnectionRefusedError):
            detail = f"{host} refuses connections."
            break
        cause = cause.__cause__
    else:
        detail = f"No connection to {host} could be made in time."
    return UnreachableError(
        "Kraken cannot be reached",
        f"{detail} Nothing was sent.",
        "Check the internet connection, then try again. Proxy settings of the system are not used.",
    )
