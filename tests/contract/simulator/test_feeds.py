"""The feeds over real WebSocket connections."""

import asyncio
import base64
import hashlib
import hmac
import json
from typing import Any

import aiohttp
import pytest

from tests.contract.simulator.conftest import Client


async def spot_socket(client: Client) -> aiohttp.ClientWebSocketResponse:
    return await client.session.ws_connect(f"{client.simulator.description['spot_ws_url']}/v2")


async def subscribe(client: Client, socket: aiohttp.ClientWebSocketResponse, key_name: str) -> Any:
    """Subscribe to balances and give the snapshot."""
    token = (await client.spot(client.spot_key(key_name), "GetWebSocketsToken"))["result"]["token"]
    await socket.send_json({"method": "subscribe", "params": {"channel": "balances", "token": token}})
    while True:
        message = await socket.receive_json(timeout=5)
        if message.get("type") == "snapshot":
            return message


async def next_update(socket: aiohttp.ClientWebSocketResponse) -> Any:
    while True:
        message = await socket.receive_json(timeout=5)
        if message.get("type") == "update" and message.get("channel") == "balances":
            return message


async def test_a_transfer_arrives_on_the_spot_feed(client: Client) -> None:
    """The subscriber of the destination sees the money come in."""
    socket = await spot_socket(client)
    await subscribe(client, socket, "basis monitor")
    basis = client.spot_key("basis monitor").account

    await client.spot(
        client.spot_key("desk treasury"),
        "AccountTransfer",
        {"asset": "ZUSD", "amount": "250.25", "from": "AA88 N84G WOAK NMOI", "to": basis.iiban},
    )
    update = await next_update(socket)
    await socket.close()

    assert update["data"][0]["amount"] == 250.25
    assert update["sequence"] == 2


async def test_a_policy_close_reaches_the_client(client: Client) -> None:
    """The close code of a fault is what the client sees."""
    socket = await spot_socket(client)
    await subscribe(client, socket, "basis monitor")

    client.simulator.world.faults.add("ws_close_1008")
    while (message := await socket.receive(timeout=5)).type != aiohttp.WSMsgType.CLOSE:
        assert message.type is aiohttp.WSMsgType.TEXT

    assert message.data == 1008


async def test_a_reset_restarts_the_feeds(client: Client) -> None:
    """When the world begins anew, connections are closed with the restart code."""
    socket = await spot_socket(client)
    await subscribe(client, socket, "basis monitor")

    await client.control("POST", "/reset")
    while (message := await socket.receive(timeout=5)).type != aiohttp.WSMsgType.CLOSE:
        assert message.type is aiohttp.WSMsgType.TEXT

    assert message.data == 1012


async def test_a_futures_feed_follows_its_account(client: Client) -> None:
    """With a signed challenge the balances of the key's account come, and protocol pings are answered."""
    key = client.futures_key("futures desk")
    url = f"{client.simulator.description['futures_ws_url']}/ws/v1"
    async with client.session.ws_connect(url, autoping=False) as socket:
        assert await socket.receive_json(timeout=5) == {"event": "info", "version": 1}
        await socket.send_json({"event": "challenge", "api_key": key.api_key})
        challenge = (await socket.receive_json(timeout=5))["message"]
        digest = hashlib.sha256(challenge.encode()).digest()
        signed = base64.b64encode(hmac.new(key.secret, digest, hashlib.sha512).digest()).decode()
        await socket.send_json(
            {
                "event": "subscribe",
                "feed": "balances",
                "api_key": key.api_key,
                "original_challenge": challenge,
                "signed_challenge": signed,
            }
        )
        acknowledgement = await socket.receive_json(timeout=5)
        snapshot = await socket.receive_json(timeout=5)
        await socket.ping(b"alive")
        pong = await socket.receive(timeout=5)
        await client.futures(
            key,
            "POST",
            "/derivatives/api/v3/transfer",
            {"fromAccount": "cash", "toAccount": "flex", "unit": "usd", "amount": "1"},
        )
        delta = json.loads((await socket.receive(timeout=5)).data)

    assert acknowledgement == {"event": "subscribed", "feed": "balances"}
    assert snapshot["holding"]["USD"] == 60000.0
    assert (pong.type, pong.data) == (aiohttp.WSMsgType.PONG, b"alive")
    assert (delta["seq"], delta["holding"]) == (1, {"USD": 59999.0})


async def test_a_vanished_client_is_forgotten(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    """When a connection breaks off, the simulator follows nothing for it any more and logs no error."""
    socket = await spot_socket(client)
    await subscribe(client, socket, "basis monitor")
    observers = client.simulator.world.spot_observers
    assert len(observers) == 1

    connection = socket._response.connection
    assert connection is not None
    assert connection.transport is not None
    connection.transport.abort()
    async with asyncio.timeout(5):
        while observers:  # noqa: ASYNC110 - the simulator announces nothing
            await asyncio.sleep(0.01)
    await socket.close()

    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


async def test_stopping_closes_feeds(client: Client) -> None:
    """Stopping the simulator ends its connections normally and leaves no observer."""
    socket = await spot_socket(client)
    await subscribe(client, socket, "basis monitor")

    async with asyncio.timeout(5):
        await client.simulator.stop()
        while (message := await socket.receive()).type != aiohttp.WSMsgType.CLOSE:
            assert message.type is aiohttp.WSMsgType.TEXT

    assert message.data in {1000, 1001}
    assert client.simulator.world.spot_observers == []


@pytest.mark.parametrize("path", ["/v2", "/ws/v1"])
async def test_a_feeds_path_without_upgrade_is_not_found(client: Client, path: str) -> None:
    """An ordinary request to a WebSocket path is answered with a page."""
    async with client.session.get(f"{client.simulator.description['spot_url']}{path}") as response:
        status = response.status

    assert status == 404
