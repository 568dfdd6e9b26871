"""The Futures signature as the exchange computes it (Kraken docs: Futures REST guide).

Imports the standard library only. base64(HMAC-SHA512(secret, SHA256(postData + nonce + endpointPath))),
where postData is the encoded text on the wire and endpointPath lacks a leading /derivatives.
"""

import base64
import binascii
import hashlib
import hmac
from urllib.parse import unquote_plus


def endpoint_path(path: str) -> str:
    return path.removeprefix("/derivatives")


def expected_digest(secret: bytes, post_data: str, nonce: str, path: str) -> bytes:
    return _signed(secret, f"{post_data}{nonce}{endpoint_path(path)}")


def expected_challenge_digest(secret: bytes, challenge: str) -> bytes:
    """Sign a WebSocket challenge: the same algorithm over the challenge alone."""
    return _signed(secret, challenge)


def matches(
    secret: bytes, post_data: str, nonce: str, path: str, signature: str, *, decoded_too: bool = False
) -> bool:
    """Say whether `signature` covers these data; `decoded_too` also takes the abandoned unencoded form."""
    forms = [post_data, unquote_plus(post_data)] if decoded_too else [post_data]
    return any(same_digest(signature, expected_digest(secret, form, nonce, path)) for form in forms)


def same_digest(signature: str, expected: bytes) -> bool:
    try:
        given = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        return False
    return hmac.compare_digest(given, expected)


def _signed(secret: bytes, text: str) -> bytes:
    return hmac.digest(secret, hashlib.sha256(text.encode()).digest(), "sha512")
