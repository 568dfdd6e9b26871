"""Signatures of Kraken Futures' REST calls and WebSocket challenge (Kraken docs: Futures REST, WebSocket).

The hash covers the URL-encoded parameters exactly as sent: the query of a GET, the body of a
POST. A nonce is optional; it goes out with calls that move money only.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from urllib.parse import urlencode

from kraken_desk.exchange.key_channel import SignedRequest

_NOT_SIGNED = "/derivatives"


def authent(secret: bytes, post_data: str, nonce: str, path: str) -> str:
    """Return `Authent`; `nonce` is "" when no Nonce header is sent, `path` as in the URL."""
    endpoint = path.removeprefix(_NOT_SIGNED)
    return signed_text(secret, post_data + nonce + endpoint)


def signed_text(secret: bytes, text: str) -> str:
    """Sign a text as it stands; the WebSocket's challenge is signed like this."""
    digest = hashlib.sha256(text.encode()).digest()
    return base64.b64encode(hmac.digest(secret, digest, "sha512")).decode()


def get_request(
    base_url: str, path: str, params: dict[str, str], *, api_key: str, secret: bytes
) -> SignedRequest:
    """Build a signed GET without a nonce."""
    query = urlencode(params)
    headers = {"APIKey": api_key, "Authent": authent(secret, query, "", path)}
    return SignedRequest("GET", f"{base_url}{path}?{query}" if query else base_url + path, headers)


def post_request(
    base_url: str, path: str, params: dict[str, str], *, api_key: str, secret: bytes, nonce: int
) -> SignedRequest:
    """Build a signed form POST with a nonce."""
    body = urlencode(params)
    headers = {
        "APIKey": api_key,
        "Authent": authent(secret, body, str(nonce), path),
        "Nonce": str(nonce),
        "Content-Type": "application/x-www-form-urlencoded",
    }
    return SignedRequest("POST", base_url + path, headers, body.encode())


def put_request(
    base_url: str, path: str, params: dict[str, str], *, api_key: str, secret: bytes, nonce: int
) -> SignedRequest:
    """Build a signed PUT with a nonce, its values in the query (Kraken docs: trading-enabled)."""
    query = urlencode(params)
    headers = {
        "APIKey": api_key,
        "Authent": authent(secret, query, str(nonce), path),
        "Nonce": str(nonce),
    }
    return SignedRequest("PUT", f"{base_url}{path}?{query}", headers)
