"""Signed requests for tests of the exchange's rules, built from the published algorithms alone."""

import base64
import hashlib
import hmac
import itertools
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from kraken_desk.simulator.credentials import FuturesKey, SpotKey
from kraken_desk.simulator.exchange import Exchange
from kraken_desk.simulator.messages import Reply, Request

_nonces = itertools.count(2_000_000_000_000_000_000)


def spot_signature(secret: bytes, path: str, nonce: str, body: str) -> str:
    digest = hashlib.sha256((nonce + body).encode()).digest()
    return base64.b64encode(hmac.new(secret, path.encode() + digest, hashlib.sha512).digest()).decode()


def futures_signature(secret: bytes, data: str, nonce: str, path: str) -> str:
    digest = hashlib.sha256((data + nonce + path.removeprefix("/derivatives")).encode()).digest()
    return base64.b64encode(hmac.new(secret, digest, hashlib.sha512).digest()).decode()


def spot_request(
    key: SpotKey,
    name: str,
    parameters: Mapping[str, str] | None = None,
    *,
    nonce: int | None = None,
    secret: bytes | None = None,
    caller: str = "127.0.0.1",
    as_json: bool = False,
    query: str = "",
) -> Request:
    """Sign a private call as a client would."""
    number = next(_nonces) if nonce is None else nonce
    members = {"nonce": str(number), **(parameters or {})}
    body = json.dumps(members) if as_json else urlencode(members)
    path = f"/0/private/{name}"
    return Request(
        method="POST",
        path=path,
        query=query,
        headers={
            "api-key": key.api_key,
            "api-sign": spot_signature(secret or key.secret, path, str(number), body),
            "content-type": "application/json" if as_json else "application/x-www-form-urlencoded",
        },
        body=body.encode(),
        caller=caller,
    )


def futures_request(
    key: FuturesKey,
    method: str,
    path: str,
    parameters: Mapping[str, str] | None = None,
    *,
    nonce: str = "",
    secret: bytes | None = None,
    caller: str = "127.0.0.1",
) -> Request:
    """Sign a Futures call: parameters in the query of a GET or PUT, in the body of a POST."""
    data = urlencode(parameters or {})
    headers = {
        "apikey": key.api_key,
        "authent": futures_signature(secret or key.secret, data, nonce, path),
        "user-agent": "tests",
    }
    if nonce:
        headers["nonce"] = nonce
    in_body = method == "POST"
    return Request(method, path, "" if in_body else data, headers, data.encode() if in_body else b"", caller)


def content(reply: Reply) -> Any:  # a JSON document of any shape
    return json.loads(reply.body)


class Asker:
    """Asks an exchange in a line: `ask.spot(key, "Balance")` gives the decoded answer."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange

    def spot(self, key: SpotKey, name: str, parameters: Mapping[str, str] | None = None, **how: Any) -> Any:
        how.setdefault("caller", self.exchange.world.caller_address)
        return content(self.exchange.handle(spot_request(key, name, parameters, **how)))

    def error(self, key: SpotKey, name: str, parameters: Mapping[str, str] | None = None, **how: Any) -> str:
        """Give the one error string of a refused Spot call."""
        [error] = self.spot(key, name, parameters, **how)["error"]
        return str(error)

    def futures(
        self,
        key: FuturesKey,
        path: str,
        parameters: Mapping[str, str] | None = None,
        *,
        method: str = "GET",
        **how: Any,
    ) -> Any:
        return content(self.futures_reply(key, path, parameters, method=method, **how))

    def futures_reply(
        self,
        key: FuturesKey,
        path: str,
        parameters: Mapping[str, str] | None = None,
        *,
        method: str = "GET",
        **how: Any,
    ) -> Reply:
        how.setdefault("caller", self.exchange.world.caller_address)
        return self.exchange.handle(futures_request(key, method, path, parameters, **how))

    def get(self, path: str, query: str = "") -> Any:
        return content(self.exchange.handle(Request("GET", path, query)))
