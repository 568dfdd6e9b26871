"""The Spot signature as the exchange computes it (Kraken docs: REST authentication).

Imports the standard library only. base64(HMAC-SHA512(secret, path + SHA256(nonce + body))).
"""

import base64
import binascii
import hashlib
import hmac


def expected_digest(secret: bytes, path: str, nonce: str, body: bytes) -> bytes:
    message = path.encode() + hashlib.sha256(nonce.encode() + body).digest()
    return hmac.digest(secret, message, "sha512")


def matches(secret: bytes, path: str, nonce: str, body: bytes, signature: str) -> bool:
    """Say whether `signature` (base64) belongs to exactly these bytes."""
    try:
        given = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        return False
    return hmac.compare_digest(given, expected_digest(secret, path, nonce, body))
