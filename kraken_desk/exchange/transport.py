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
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import SimpleNamespace

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from kraken_desk.domain.environments import Environment, is_loopback, origin_of
from kraken_desk.domain.errors import EnvironmentSealError, UnreachableError
from kraken_desk.exchange.seams import Clock, NoReplyError, Reply

CONNECTIONS = 10
_SPARE_CONNECTIONS = 2  # public calls do not wait behind signed ones


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds per phase; `whole` ends an answer that trickles."""

    connect: float = 5.0
    read: float = 15.0
    write: float = 5.0
    pool: float = 5.0
    whole: float = 45.0


class _ConnectionLostError(aiohttp.ClientError):
    """Takes the place of errors that aiohttp would answer by sending the request again."""


@dataclass(slots=True)
class _Flight:
    """One request on its way; `connected` once a connection could carry its bytes."""

    connected: bool = False


_flight: contextvars.ContextVar[_Flight] = contextvars.ContextVar("kraken_desk_flight")


class HttpTransport:
    """Sends requests inside one environment.

    The clients are made at the first request, on the running loop; `ssl_context` may be built
    beforehand in a thread. Changes go over a connection of their own: a kept one may have been
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
        self._user_agent = user_agent
        self._ssl_context = ssl_context
        self._timeouts = timeouts or Timeouts()
        self._connections = connections
        self._slots = asyncio.Semaphore(connections)
        self._clients: dict[bool, httpx.AsyncClient] = {}
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
        self._check_address(url)
        flight = _Flight()
        token = _flight.set(flight)
        sent_at = self._clock.now()
        try:
            async with asyncio.timeout(self._timeouts.whole):
                answer = await self._client(fresh=fresh).request(
                    method, url, headers=headers, content=content or None
                )
        except (httpx.HTTPError, httpx.StreamError, aiohttp.ClientError, OSError) as error:
            if flight.connected:
                raise NoReplyError(type(error).__name__) from error
            raise _unreachable(url, error) from error
        finally:
            _flight.reset(token)
        found = {name.lower(): value for name, value in answer.headers.items()}
        return Reply(answer.status_code, found, answer.content, sent_at, self._clock.now())

    @property
    def ssl_context(self) -> ssl.SSLContext:
        """The TLS settings, built now if they were not given."""
        if self._ssl_context is None:
            self._ssl_context = secure_context()
        return self._ssl_context

    async def close(self) -> None:
        """Close the connections; later requests raise UnreachableError."""
        self._closed = True
        clients = list(self._clients.values())
        self._clients.clear()
        for client in clients:
            await client.aclose()

    def _check_address(self, url: str) -> None:
        self._environment.check_seal(url)
        parts = httpx.URL(url)
        if parts.scheme != "https" and not is_loopback(parts.host):
            raise EnvironmentSealError(
                "Unencrypted address",
                f"{origin_of(url)} would carry the request unencrypted over a network.",
                "Nothing was sent. Plain http is accepted for this machine (loopback) only.",
            )
        if self._closed:
            raise UnreachableError("The connection is closed", "Kraken Desk is shutting down.", "")

    def _client(self, *, fresh: bool) -> httpx.AsyncClient:
        client = self._clients.get(fresh)
        if client is None:
            client = self._clients[fresh] = self._new_client(fresh=fresh)
        return client

    def _new_client(self, *, fresh: bool) -> httpx.AsyncClient:
        times = self._timeouts
        context = self.ssl_context
        return httpx.AsyncClient(
            transport=AiohttpTransport(
                verify=context, trust_env=False, client=self._session_maker(context, fresh=fresh)
            ),
            headers={"User-Agent": self._user_agent, "Accept": "application/json"},
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            timeout=httpx.Timeout(connect=times.connect, read=times.read, write=times.write, pool=times.pool),
            follow_redirects=False,
            trust_env=False,
        )

    def _session_maker(self, context: ssl.SSLContext, *, fresh: bool) -> Callable[[], aiohttp.ClientSession]:
        def session() -> aiohttp.ClientSession:
            limit = self._connections + _SPARE_CONNECTIONS
            return aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=limit, ssl=context, force_close=fresh),
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
                trace_configs=[_connection_trace()],
                middlewares=(_never_again,),
            )

        return session


def secure_context() -> ssl.SSLContext:
    """Build the TLS settings; 20 ms or more of work, so start-up does it in a thread."""
    return httpx.create_ssl_context(trust_env=False)


def _connection_trace() -> aiohttp.TraceConfig:
    """Mark the request that a connection was given to it."""

    async def connected(_session: aiohttp.ClientSession, _context: SimpleNamespace, _params: object) -> None:
        _flight.get().connected = True

    trace = aiohttp.TraceConfig()
    trace.on_connection_create_end.append(connected)
    trace.on_connection_reuseconn.append(connected)
    return trace


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
        "Check the internet connection, then try again.",
    )
