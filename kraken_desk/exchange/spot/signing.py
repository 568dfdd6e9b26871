"""Signatures of Kraken Spot's private REST calls (Kraken docs: Spot REST authentication).

What is signed must be byte for byte what is sent, so the body is built here and never again.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from urllib.parse import urlencode

from kraken_desk.exchange.key_channel import SignedRequest

PRIVATE = "/0/private/"


def signature(secret: bytes, path: str, nonce: str, body: bytes) -> str:
    """Return `API-Sign` for a body in either encoding; `nonce` is the text of the one inside it."""
    digest = hashlib.sha256(nonce.encode() + body).digest()
    return base64.b64encode(hmac.digest(secret, path.encode() + digest, "sha512")).decode()


def private_request(
    base_url: str, name: str, params: dict[str, str], *, api_key: str, secret: bytes, nonce: int
) -> SignedRequest:
    """Build one signed form POST; parameters go out in the order given, after the nonce."""
    path = PRIVATE + name
    text = f"nonce={nonce}"
    body = (f"{text}&{urlencode(params)}" if params else text).encode()
    return SignedRequest(
        "POST",
        base_url + path,
        {
            "API-Key": api_key,
            "API-Sign": signature(secret, path, str(nonce), body),
            "Content-Type": "application/x-www-form-urlencoded",
        },
        body,
    )
