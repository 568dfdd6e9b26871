"""The one HTTP client of the program: where requests go, over which connections, what a failure means.

httpx over aiohttp, on the event loop of the caller; `aiohttp_transport` says what is under the seam.
"""

from __future__ import annotations

import asyncio
import ssl
from contextlib import AbstractAsyncContextManager

import aiohttp
import httpx

from kraken_desk.domain.environments import Environment, is_loopback, origin_of
from kraken_desk.domain.errors import EnvironmentSealError, UnreachableError
from kraken_desk.exchange.aiohttp_transport import LEAVING, AiohttpTransport, Timeouts, Whole
from kraken_desk.exchange.seams import Clock, Confirm, NoReplyError, Reply

CONNECTIONS = 10
_SPARE_CONNECTIONS = 2  # public calls do not wait behind signed ones


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
        leaving: Confirm | None = None,
    ) -> Reply:
        """Send once and return the answer whatever its status; `fresh` takes a new connection.

        `leaving` is called with a connection in hand and may still stop the request.

        Raises UnreachableError when provably nothing was sent, NoReplyError otherwise.
        """
        target = self._target(url)
        transport = self._transports.get((target.scheme, fresh)) or await self._new_transport(
            target.scheme, fresh=fresh
        )
        extensions = {LEAVING: leaving} if leaving is not None else None
        request = httpx.Request(method, target, headers=headers, stream=Whole(content), extensions=extensions)
        sent_at = self._clock.now()
        try:
            answer = await transport.handle_async_request(request)
        except httpx.ConnectError as error:
            raise _unreachable(url, error) from error
        except httpx.TransportError as error:
            raise NoReplyError(str(error)) from error
        assert isinstance(answer.stream, Whole)
        received = {n.decode("latin-1").lower(): v.decode("latin-1") for n, v in answer.headers.raw}
        return Reply(answer.status_code, received, answer.stream.content, sent_at, self._clock.now())

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

    async def _new_transport(self, scheme: str, *, fresh: bool) -> AiohttpTransport:
        """Make a pool of connections; without https in play its TLS settings trust nobody."""
        context = await self.tls() if scheme == "https" else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._refuse_when_closed()
        known = self._transports.get((scheme, fresh))  # another call may have made it meanwhile
        if known is None:
            known = self._transports[scheme, fresh] = AiohttpTransport(
                context,
                headers=self._common_headers,
                timeouts=self._timeouts,
                connections=self._connections + _SPARE_CONNECTIONS,
                fresh=fresh,
            )
        return known


def secure_context() -> ssl.SSLContext:
    """Build the TLS settings; 20 ms of work or more, so it is done in a thread."""
    return httpx.create_ssl_context(trust_env=False)


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
