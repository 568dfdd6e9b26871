"""Builds the gateways of one environment over one transport: what start-up needs of this package."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass

import kraken_desk
from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import UnreachableError
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.rate_state import RateState
from kraken_desk.domain.secrets import ApiSecret
from kraken_desk.domain.signer import Signer
from kraken_desk.exchange.feed_driver import FeedDriver, FeedPlan
from kraken_desk.exchange.feed_protocol import Patience
from kraken_desk.exchange.futures import feed as futures_feed
from kraken_desk.exchange.futures.feed import FuturesBalancesFeed
from kraken_desk.exchange.futures.gateway import ACCOUNTS, FuturesGateway
from kraken_desk.exchange.futures.signing import signed_text
from kraken_desk.exchange.key_channel import KeyChannel
from kraken_desk.exchange.rate_budget import RateBudgets
from kraken_desk.exchange.retry import Sleep
from kraken_desk.exchange.seams import Clock, Guard, Nonces
from kraken_desk.exchange.spot import feed as spot_feed
from kraken_desk.exchange.spot.feed import SpotBalancesFeed
from kraken_desk.exchange.spot.gateway import SpotGateway
from kraken_desk.exchange.transport import HttpTransport

USER_AGENT = f"KrakenDesk/{kraken_desk.__version__}"

Gateway = SpotGateway | FuturesGateway


@dataclass(frozen=True, slots=True)
class ExchangeAccess:
    """The gateways of an environment; a venue without a URL has none."""

    environment: Environment
    gateways: dict[Venue, Gateway]
    transport: HttpTransport
    channel: KeyChannel
    clock: Clock

    def rate_state(self, signer: Signer) -> tuple[RateState, ...]:
        """Return how much of the key's call allowance the desk has used."""
        return self.channel.budgets.state(signer.fingerprint)

    def feed(
        self, signer: Signer, *, patience: Patience | None = None, sleep: Sleep = asyncio.sleep
    ) -> FeedDriver:
        """Return a feed of the balances of the key's account; its `run` does the work.

        A Spot key needs `create-ws-token`, a Futures key general access.
        """
        url = self.environment.spot_ws_url if signer.venue is Venue.SPOT else self.environment.futures_ws_url
        if not url:
            raise UnreachableError(
                "No live figures here",
                f"“{self.environment.name}” has no WebSocket address for {signer.venue.label}.",
                "Figures are read at intervals instead.",
            )
        plan = self._spot_plan(signer) if signer.venue is Venue.SPOT else self._futures_plan(signer)
        return FeedDriver(
            self.environment,
            plan,
            clock=self.clock,
            user_agent=USER_AGENT,
            tls=self.transport.tls,
            patience=patience,
            sleep=sleep,
        )

    async def websocket_token(self, signer: Signer) -> ApiSecret:
        """Return a token that opens live connections of a Spot key for 15 minutes."""
        gateway = self.gateways[Venue.SPOT]
        assert isinstance(gateway, SpotGateway)
        return await gateway.websocket_token(signer)

    async def close(self) -> None:
        await self.transport.close()

    def _spot_plan(self, signer: Signer) -> FeedPlan:
        async def dialect() -> SpotBalancesFeed:
            return SpotBalancesFeed(await self.websocket_token(signer))

        async def sign(challenge: str) -> str:
            raise AssertionError(f"Spot sends no challenge: {challenge[:8]}")

        return FeedPlan(Venue.SPOT, self.environment.spot_ws_url.rstrip("/") + spot_feed.PATH, dialect, sign)

    def _futures_plan(self, signer: Signer) -> FeedPlan:
        async def dialect() -> FuturesBalancesFeed:
            return FuturesBalancesFeed(signer.api_key)

        async def sign(challenge: str) -> str:
            return await self.channel.sign_text(
                signer, ACCOUNTS, lambda secret: signed_text(secret, challenge)
            )

        url = self.environment.futures_ws_url.rstrip("/") + futures_feed.PATH
        return FeedPlan(Venue.FUTURES, url, dialect, sign)


def create_gateways(
    environment: Environment,
    *,
    nonces: Nonces,
    guard: Guard,
    clock: Clock,
    ssl_context: ssl.SSLContext | None = None,
    spot_tier: str = "starter",
) -> ExchangeAccess:
    """Build everything, without I/O.

    `spot_tier` is a name of `rate_budget.SPOT_TIERS`; without `ssl_context` one is made when it
    is first needed.
    """
    transport = HttpTransport(environment, clock=clock, user_agent=USER_AGENT, ssl_context=ssl_context)
    channel = KeyChannel(
        environment.name,
        transport=transport,
        nonces=nonces,
        guard=guard,
        clock=clock,
        budgets=RateBudgets(clock, spot_tier=spot_tier),
    )
    gateways: dict[Venue, Gateway] = {}
    if environment.spot_url:
        gateways[Venue.SPOT] = SpotGateway(environment, transport=transport, channel=channel, clock=clock)
    if environment.futures_url:
        gateways[Venue.FUTURES] = FuturesGateway(
            environment, transport=transport, channel=channel, clock=clock
        )
    return ExchangeAccess(environment, gateways, transport, channel, clock)
