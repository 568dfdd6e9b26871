"""httpx's transport seam over aiohttp, for one kind of connection: kept ones, or one per request.

Our own instead of a published one, because every call passes here: it makes a third of the objects,
reads an answer whole, and tells in the exception's class the one thing that matters about a failure.
httpx.ConnectError means that no connection was ever handed to the request, so nothing left this
machine; httpx.ReadError means that Kraken may have read and executed it. aiohttp's own classes do not
tell: a reset after the request looks like a failed connection.
"""

from __future__ import annotations

import asyncio
import contextvars
import ssl
import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import httpx
from aiohttp.tracing import Trace
from yarl import URL

from kraken_desk.exchange.seams import Confirm, read_deadline

LARGEST_ANSWER = 8 * 1024 * 1024
"""Kraken's largest answers, lists of all markets, have 1 to 2 MB."""

LEAVING = "leaving"
"""The extension of a request that is called with a connection in hand, and may still stop it."""

_PACKED = ("gzip", "x-gzip", "deflate")
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS  # zlib's word for “look which of the two it is”


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds per phase; `whole` ends an answer that trickles, and a write, which aiohttp does not time."""

    connect: float = 5.0
    read: float = 15.0
    pool: float = 5.0
    whole: float = 45.0


class Whole(httpx.AsyncByteStream):
    """A body that is in memory; httpx's own kind would be copied and looked at once more."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self.content


class AiohttpTransport(httpx.AsyncBaseTransport):
    """Makes a request once and returns its answer, whatever its status, with a stream of kind Whole.

    The time limits and the common headers are the transport's. A request's body is Whole too.
    """

    def __init__(
        self,
        context: ssl.SSLContext,
        *,
        headers: dict[str, str],
        timeouts: Timeouts,
        connections: int,
        fresh: bool,
    ) -> None:
        self._limits = aiohttp.ClientTimeout(
            total=None, connect=timeouts.pool, sock_connect=timeouts.connect, sock_read=timeouts.read
        )
        self._whole_s = timeouts.whole
        self._session = aiohttp.ClientSession(
            connector=_MarkingConnector(limit=connections, ssl=context, force_close=fresh),
            headers=headers,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=self._limits,
            auto_decompress=False,
            trust_env=False,
            middlewares=(_never_again,),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        flight = _Flight(request.extensions.get(LEAVING))
        token = _flight.set(flight)
        try:
            async with asyncio.timeout(self._seconds_left()):
                return await self._exchange(request)
        except (aiohttp.ClientError, OSError) as error:
            kind = httpx.ReadError if flight.connected else httpx.ConnectError
            raise kind(type(error).__name__, request=request) from error
        finally:
            _flight.reset(token)

    def _seconds_left(self) -> float:
        """Return how long this request may take: a change its own time, a read what is left of all of it."""
        until = read_deadline.get()
        if until is None:
            return self._whole_s
        return min(self._whole_s, max(0.0, until - asyncio.get_running_loop().time()))

    async def aclose(self) -> None:
        await self._session.close()

    async def _exchange(self, request: httpx.Request) -> httpx.Response:
        assert isinstance(request.stream, Whole)
        answer = await self._session.request(
            request.method,
            URL(str(request.url), encoded=True),  # what was signed is what is sent
            headers=[(name.decode("ascii"), value.decode("ascii")) for name, value in request.headers.raw],
            data=request.stream.content or None,
            allow_redirects=False,
        )
        body = await _body(answer)
        return httpx.Response(answer.status, headers=answer.raw_headers, stream=Whole(body), request=request)


@dataclass(slots=True)
class _Flight:
    """One request on its way; `connected` once a connection could carry its bytes."""

    leaving: Confirm | None = None
    connected: bool = False


_flight: contextvars.ContextVar[_Flight] = contextvars.ContextVar("kraken_desk_flight")


class _ConnectionLostError(aiohttp.ClientError):
    """Takes the place of errors that aiohttp would answer by sending the request again."""


class _TooLargeError(aiohttp.ClientError):
    """The answer is larger than any of Kraken's."""


class _UnpackError(aiohttp.ClientError):
    """The answer is packed in a way that cannot be undone."""


class _MarkingConnector(aiohttp.TCPConnector):
    """Marks the request that a connection, new or kept, has been handed to it."""

    async def connect(
        self,
        req: aiohttp.ClientRequest,
        traces: list[Trace],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109  # aiohttp's signature
    ) -> aiohttp.connector.Connection:
        connection = await super().connect(req, traces, timeout)
        flight = _flight.get()
        if flight.leaving is not None:
            try:
                flight.leaving()
            except BaseException:
                connection.close()
                raise
        flight.connected = True
        return connection


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


async def _body(answer: aiohttp.ClientResponse) -> bytes:
    """Read an answer to its end and free its connection; an answer packed unasked is unpacked."""
    try:
        body = await _to_the_end(answer.content)
    except BaseException:
        answer.close()
        raise
    answer.release()
    return _unpacked(body) if body and _is_packed(answer) else body


async def _to_the_end(content: aiohttp.StreamReader) -> bytes:
    """Read all; raises _TooLargeError early, since an endless answer must not fill the memory."""
    chunks, size = [], 0
    while chunk := await content.readany():
        chunks.append(chunk)
        size += len(chunk)
        if size > LARGEST_ANSWER:
            raise _TooLargeError("the answer does not end")
    return b"".join(chunks)


def _is_packed(answer: aiohttp.ClientResponse) -> bool:
    encoding = answer.headers.get("Content-Encoding")
    return encoding is not None and encoding.strip().lower() in _PACKED


def _unpacked(body: bytes) -> bytes:
    try:
        unpacking = zlib.decompressobj(_GZIP_OR_ZLIB)
        plain = unpacking.decompress(body, LARGEST_ANSWER)
    except zlib.error as error:
        raise _UnpackError(str(error)) from error
    if not unpacking.eof:
        raise _TooLargeError("the answer does not end when unpacked")
    return plain
