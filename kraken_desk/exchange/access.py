"""Builds the gateways of one environment over one transport: what start-up needs of this package."""

from __future__ import annotations

import ssl
from dataclasses import dataclass

import kraken_desk
from kraken_desk.domain.environments import Environment
from kraken_desk.domain.keys import Venue
from kraken_desk.exchange.futures.gateway import FuturesGateway
from kraken_desk.exchange.key_channel import KeyChannel
from kraken_desk.exchange.rate_budget import RateBudgets
from kraken_desk.exchange.seams import Clock, Guard, Nonces
from kraken_desk.exchange.spot.gateway import SpotGateway
from kraken_desk.exchange.transport import HttpTransport

USER_AGENT = f"KrakenDesk/{kraken_desk.__version__}"

Gateway = SpotGateway | FuturesGateway


@dataclass(frozen=True, slots=True)
class ExchangeAccess:
    """The gateways of an environment; a venue without a URL has none."""

    gateways: dict[Venue, Gateway]
    transport: HttpTransport
    budgets: RateBudgets

    async def close(self) -> None:
        await self.transport.close()


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

    `ssl_context` may have been made in a thread (`transport.secure_context`); `spot_tier` is a
    name of `rate_budget.SPOT_TIERS`.
    """
    transport = HttpTransport(environment, clock=clock, user_agent=USER_AGENT, ssl_context=ssl_context)
    budgets = RateBudgets(clock, spot_tier=spot_tier)
    channel = KeyChannel(
        environment.name, transport=transport, nonces=nonces, guard=guard, clock=clock, budgets=budgets
    )
    gateways: dict[Venue, Gateway] = {}
    if environment.spot_url:
        gateways[Venue.SPOT] = SpotGateway(environment, transport=transport, channel=channel, clock=clock)
    if environment.futures_url:
        gateways[Venue.FUTURES] = FuturesGateway(
            environment, transport=transport, channel=channel, clock=clock
        )
    return ExchangeAccess(gateways, transport, budgets)
