"""A canary secret travels every way a call can end and must show nowhere."""

from __future__ import annotations

import asyncio
import base64
import logging
import traceback

import pytest

from kraken_desk.domain.errors import KrakenDeskError
from kraken_desk.domain.keys import Venue
from kraken_desk.exchange.aiohttp_transport import Timeouts
from kraken_desk.exchange.futures.gateway import FuturesGateway
from kraken_desk.exchange.key_channel import KeyChannel
from kraken_desk.exchange.spot.gateway import SpotGateway
from kraken_desk.exchange.transport import HttpTransport
from tests.unit.exchange.fakes import (
    FakeClock,
    FakeNonces,
    RecordingGuard,
    RecordingSleep,
    a_signer,
    local_environment,
)
from tests.unit.exchange.raw_server import Behaviour, Exchange, raw_server

CANARY = base64.b64encode(b"canary" * 11).decode()
KEY = base64.b64encode(b"public canary." * 3).decode()


async def rejects(exchange: Exchange) -> None:
    await exchange.answer(b'{"error":["EAPI:Invalid signature"],"result":{}}')


async def resets(exchange: Exchange) -> None:
    exchange.reset()


async def sends_html(exchange: Exchange) -> None:
    await exchange.answer(b"<html>", "520 Odd", "Content-Type: text/html")


async def sends_nonsense(exchange: Exchange) -> None:
    await exchange.answer(b'{"error":[],"result":{"permissions":7}}')


def everything_told(error: BaseException) -> str:
    """Return all that a log, a report or a crash presenter could print of an error and its causes."""
    seen = []
    current: BaseException | None = error
    while current is not None:
        seen += [repr(current), str(current), repr(current.args), repr(vars(current))]
        current = current.__cause__ or current.__context__
    return "\n".join([*seen, *traceback.format_exception(error)])


@pytest.mark.parametrize("behave", [rejects, resets, sends_html, sends_nonsense])
@pytest.mark.parametrize("venue", list(Venue))
async def test_a_failing_call_shows_neither_secret_nor_signature(
    venue: Venue, behave: Behaviour, caplog: pytest.LogCaptureFixture
) -> None:
    """Errors with their causes, and every log record at DEBUG, are free of key, secret and signature."""
    caplog.set_level(logging.DEBUG)
    clock = FakeClock()
    async with raw_server(behave) as server:
        environment = local_environment(server.port)
        transport = HttpTransport(
            environment, clock=clock, user_agent="KrakenDesk/test", timeouts=Timeouts(read=10.0)
        )
        channel = KeyChannel(
            environment.name, transport=transport, nonces=FakeNonces(), guard=RecordingGuard(), clock=clock
        )
        kind = SpotGateway if venue is Venue.SPOT else FuturesGateway
        gateway = kind(environment, transport=transport, channel=channel, clock=clock, sleep=RecordingSleep())
        with pytest.raises(KrakenDeskError) as caught:
            await gateway.check_key(a_signer(venue, api_key=KEY, secret=CANARY))
        await transport.close()
        await asyncio.sleep(0)

    told = everything_told(caught.value) + caplog.text
    sent = server.requests[0]
    signature = next(
        line.partition(": ")[2]
        for line in sent.splitlines()
        if line.lower().startswith(("api-sign", "authent"))
    )
    assert CANARY not in sent
    assert [hidden for hidden in (CANARY, "canarycanary", KEY, signature) if hidden in told] == []
