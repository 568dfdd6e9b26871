"""Other ways to make the same signed call: two SDKs, and a minimal signer over httpx and over httpx2."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlencode

from bench.our_stack import running_stack
from kraken_desk.domain.clients import DESK_CLIENT

PATH = "/0/private/BalanceEx"

Call = Callable[[], Awaitable[object]]
Caller = Callable[[dict[str, Any], list[dict[str, Any]], AsyncExitStack], Awaitable[list[Call]]]
"""Makes one call per key, each to be awaited as often as wanted, one after the other."""


def ours(home: Path | None) -> Caller:
    """Return our own stack as a contestant, durable with a home."""

    async def calls(told: dict[str, Any], keys: list[dict[str, Any]], stack: AsyncExitStack) -> list[Call]:
        desk = await stack.enter_async_context(running_stack(told, home))

        def of(key: dict[str, Any]) -> Call:
            signer = desk.signer(key | {"client": DESK_CLIENT})  # a desk key
            return lambda: desk.spot.balances(signer)

        return [of(key) for key in keys]

    return calls


async def python_kraken_sdk(
    told: dict[str, Any], keys: list[dict[str, Any]], stack: AsyncExitStack
) -> list[Call]:
    from kraken.spot import SpotAsyncClient

    def of(key: dict[str, Any]) -> Call:
        client: Any = SpotAsyncClient(key=key["api_key"], secret=key["api_secret"], url=told["spot_url"])
        stack.push_async_callback(client.close)
        return lambda: client.request("POST", PATH)

    return [of(key) for key in keys]


async def ccxt(told: dict[str, Any], keys: list[dict[str, Any]], stack: AsyncExitStack) -> list[Call]:
    from ccxt.async_support import kraken  # type: ignore[import-untyped]  # it has none

    def of(key: dict[str, Any]) -> Call:
        exchange: Any = kraken(
            {"apiKey": key["api_key"], "secret": key["api_secret"], "enableRateLimit": False}
        )
        exchange.urls["api"] |= {"public": told["spot_url"], "private": told["spot_url"]}
        stack.push_async_callback(exchange.close)
        call: Call = exchange.privatePostBalanceEx
        return call

    return [of(key) for key in keys]


async def httpx(told: dict[str, Any], keys: list[dict[str, Any]], stack: AsyncExitStack) -> list[Call]:
    import httpx as library

    return await _minimal(library, told, keys, stack)


async def httpx2(told: dict[str, Any], keys: list[dict[str, Any]], stack: AsyncExitStack) -> list[Call]:
    import httpx2 as library

    return await _minimal(library, told, keys, stack)


async def _minimal(
    library: ModuleType, told: dict[str, Any], keys: list[dict[str, Any]], stack: AsyncExitStack
) -> list[Call]:
    """Sign by hand over one client with a connection per key, which is as fast as it gets."""
    limits = library.Limits(max_connections=len(keys), max_keepalive_connections=len(keys))
    client = await stack.enter_async_context(library.AsyncClient(limits=limits, trust_env=False))

    def of(key: dict[str, Any]) -> Call:
        secret = base64.b64decode(key["api_secret"])

        async def call() -> object:
            nonce = str(time.time_ns())
            body = urlencode({"nonce": nonce})
            digest = hashlib.sha256((nonce + body).encode()).digest()
            signed = base64.b64encode(hmac.digest(secret, PATH.encode() + digest, "sha512")).decode()
            headers = {
                "API-Key": key["api_key"],
                "API-Sign": signed,
                "Content-Type": "application/x-www-form-urlencoded",
            }
            reply = await client.post(told["spot_url"] + PATH, content=body, headers=headers)
            answer = reply.json()
            if answer["error"]:
                raise RuntimeError(str(answer["error"]))
            return answer["result"]

        return call

    return [of(key) for key in keys]
