"""Runs a feed: sockets, credentials and waiting; every decision is `feed_protocol`'s.

aiohttp's WebSocket client on the caller's event loop. `run` is a plain coroutine: whoever shows
the feed starts it in a task scope and cancels it there.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import aiohttp

from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import (
    AuthRejectedError,
    ForbiddenError,
    KrakenDeskError,
    LockedOutError,
    NonceStaleError,
    RuleError,
)
from kraken_desk.domain.keys import Problem, Venue
from kraken_desk.domain.live import FeedState, LiveBalances
from kraken_desk.exchange.feed_protocol import (
    Action,
    Dialect,
    FeedProtocol,
    Patience,
    Reconnect,
    Send,
    Sign,
    Stop,
)
from kraken_desk.exchange.retry import Sleep
from kraken_desk.exchange.seams import Clock

Publish = Callable[[LiveBalances], None]

PING_S = 20.0
"""Futures closes a connection that sends no ping for a minute (Kraken docs: Futures WebSocket). aiohttp
puts its own pings off whenever data arrives, and heartbeats arrive all the time."""

_LOOK_S = 6.0
"""A silent peer that does not answer aiohttp's ping within half of this is gone: noticed in nine seconds."""

_CONNECT_S = 10.0
_LARGEST_MESSAGE = 1024 * 1024
_PACE_S = 0.005
"""A rest after each message that follows another closely: those that have arrived already are read
without any, and a flood of them would stop the window. The rest of the flood waits in the connection."""

_HOPELESS = (AuthRejectedError, ForbiddenError, NonceStaleError, LockedOutError, RuleError)
"""After these the key is left alone: the feed ends and a person decides."""


class _RedirectedError(aiohttp.ClientError):
    """The server sent us to another address."""


@dataclass(frozen=True, slots=True)
class FeedPlan:
    """What a driver needs to know of one account's feed.

    `dialect` makes a new dialect with new credentials for each connection; `sign` signs a
    challenge with the key's secret.
    """

    venue: Venue
    url: str
    dialect: Callable[[], Awaitable[Dialect]]
    sign: Callable[[str], Awaitable[str]]


class FeedDriver:
    """Keeps one feed connected and publishes what it shows, whenever that changes."""

    def __init__(
        self,
        environment: Environment,
        plan: FeedPlan,
        *,
        clock: Clock,
        user_agent: str,
        tls: Callable[[], Awaitable[ssl.SSLContext]],
        patience: Patience | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        environment.check_seal(plan.url)
        self._plan = plan
        self._clock = clock
        self._user_agent = user_agent
        self._tls = tls
        self._sleep = sleep
        self._protocol = FeedProtocol(patience or Patience())
        self._shown = LiveBalances(plan.venue)
        self._rested_at = 0.0
        self._ping_at = 0.0

    async def run(self, publish: Publish) -> None:
        """Publish until the feed ends for good or the task is cancelled."""
        publish(self._shown)
        encrypted = self._plan.url.startswith("wss:")
        async with self._session(await self._tls() if encrypted else None) as session:
            while True:
                decision = await self._one_connection(session, publish)
                self._show(publish)
                if isinstance(decision, Stop):
                    return
                await self._sleep(decision.after_s)

    def _session(self, context: ssl.SSLContext | None) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=context or True),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": self._user_agent},
            trust_env=False,
            middlewares=(_stay_here,),
        )

    async def _one_connection(self, session: aiohttp.ClientSession, publish: Publish) -> Reconnect | Stop:
        protocol = self._protocol
        try:
            dialect = await self._plan.dialect()
            async with asyncio.timeout(_CONNECT_S):
                socket = await session.ws_connect(
                    self._plan.url, heartbeat=_LOOK_S, max_msg_size=_LARGEST_MESSAGE
                )
            try:
                return await self._converse(socket, dialect, publish)
            finally:
                await socket.close()
        except _HOPELESS as error:
            return _ending(protocol.given_up(error.title))
        except KrakenDeskError as error:
            return _ending(protocol.failed(error.title, _now()))
        except (aiohttp.ClientError, OSError) as error:
            return _ending(protocol.failed(f"no connection ({type(error).__name__})", _now()))

    async def _converse(
        self, socket: aiohttp.ClientWebSocketResponse, dialect: Dialect, publish: Publish
    ) -> Reconnect | Stop:
        decision = await self._perform(socket, self._protocol.opened(dialect, _now()))
        self._ping_at = _now() + PING_S
        while decision is None:
            await self._keep_alive(socket)
            decision = await self._perform(socket, await self._next(socket))
            self._show(publish)
            await self._rest()
        return decision

    async def _rest(self) -> None:
        """Rest between messages that follow closely; a single one needs none, and timers have a price."""
        if _now() - self._rested_at < _PACE_S:
            await asyncio.sleep(_PACE_S)
        self._rested_at = _now()

    async def _keep_alive(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        if _now() >= self._ping_at:
            self._ping_at = _now() + PING_S
            await socket.ping()

    async def _next(self, socket: aiohttp.ClientWebSocketResponse) -> list[Action]:
        """Wait for a message, for the protocol's deadline, or for the next ping."""
        until = min(self._protocol.deadline(), self._ping_at)
        try:
            async with asyncio.timeout(max(0.0, until - _now())):
                message = await socket.receive()
        except TimeoutError:
            return self._protocol.tick(_now())
        if message.type is aiohttp.WSMsgType.TEXT:
            return self._protocol.received(message.data, _now())
        if message.type is aiohttp.WSMsgType.BINARY:
            return self._protocol.received("", _now())
        if message.type is aiohttp.WSMsgType.CLOSE:
            # aiohttp forgets the code in `close_code` when the peer has dropped the connection meanwhile
            return self._protocol.closed(message.data, _now())
        return self._protocol.closed(socket.close_code, _now())

    async def _perform(
        self, socket: aiohttp.ClientWebSocketResponse, actions: list[Action]
    ) -> Reconnect | Stop | None:
        for action in actions:
            if isinstance(action, Send):
                await socket.send_str(action.text)
            elif isinstance(action, Sign):
                signature = await self._plan.sign(action.challenge)
                await self._perform(socket, self._protocol.signed(action.challenge, signature))
            else:
                return action
        return None

    def _show(self, publish: Publish) -> None:
        """Publish if anything but time has changed; figures keep the time at which they were live."""
        protocol, old = self._protocol, self._shown
        live = protocol.state is FeedState.LIVE
        rows = protocol.balances()
        told_anew = live and (
            rows != old.rows or protocol.changes != old.changes or old.state is not protocol.state
        )
        shown = LiveBalances(
            venue=self._plan.venue,
            state=protocol.state,
            rows=rows,
            as_of=self._clock.now() if told_anew else old.as_of,
            changes=protocol.changes,
            problem=None if live or not protocol.reason else _problem(protocol),
        )
        if shown != old:
            self._shown = shown
            publish(shown)


async def _stay_here(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Refuse redirects, which aiohttp would follow: the token must not go to another host."""
    answer = await handler(request)
    if 300 <= answer.status < 400:
        answer.close()
        raise _RedirectedError
    return answer


def _ending(actions: list[Action]) -> Reconnect | Stop:
    [action] = actions
    assert isinstance(action, Reconnect | Stop)
    return action


def _problem(protocol: FeedProtocol) -> Problem:
    if protocol.state is FeedState.ENDED:
        return Problem(
            "FeedEnded",
            "Live figures have ended",
            f"{protocol.reason}. Figures are read at intervals instead.",
            "Mend the key, then switch live figures on again.",
        )
    return Problem(
        "FeedStale",
        "Live figures are interrupted",
        f"{protocol.reason[:1].upper()}{protocol.reason[1:]}. The figures are those of the last message.",
        "Nothing to do: the connection is being made anew.",
    )


def _now() -> float:
    return asyncio.get_running_loop().time()
