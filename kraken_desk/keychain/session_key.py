"""The key of one conversation with the Secret Service, so that no secret crosses the bus in the clear.

The algorithm is `dh-ietf1024-sha256-aes128-cbc-pkcs7` of the Secret Service specification: numbers are
exchanged in the second Oakley group (RFC 2409), the key is derived from the common one by HKDF with
SHA-256 (RFC 5869) without salt, and a secret travels under AES-128 in CBC mode. The cipher is OpenSSL's,
which Python's own hashes stand on; where that is out of reach, OSError or AttributeError is raised, and
the way through keyring has a cipher of its own.
"""

from __future__ import annotations

import _hashlib  # `hashlib` and `hmac` are this, behind twice the imports
import ctypes
import os

ALGORITHM = "dh-ietf1024-sha256-aes128-cbc-pkcs7"

_PRIME = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381FFFFFFFFFFFFFFFF",
    16,
)
_PRIME_BYTES = 128
_PRIVATE_BYTES = 32
"""256 random bits, above twice the strength of the group itself (RFC 3526, section 8)."""

_BLOCK = 16


class SessionKey:
    """Our half of an exchange, and what can be read once the other half is known."""

    def __init__(self) -> None:
        self._private = int.from_bytes(os.urandom(_PRIVATE_BYTES), "big")
        self.public = pow(2, self._private, _PRIME).to_bytes(_PRIME_BYTES, "big")

    def decrypted(self, theirs: bytes, iv: bytes, text: bytes) -> bytes:
        """Return a secret in the clear; raises ValueError for what was not encrypted for us."""
        public = int.from_bytes(theirs, "big")
        if not 1 < public < _PRIME - 1:
            raise ValueError("that is no half of an exchange")
        common = pow(public, self._private, _PRIME).to_bytes(_PRIME_BYTES, "big")
        return _decrypted(_derived(common), iv, text)


def _derived(common: bytes) -> bytes:
    """Return 16 bytes by HKDF-SHA256 without salt and context: one block of the expansion is enough."""
    extracted = _hashlib.hmac_digest(bytes(32), common, "sha256")
    return _hashlib.hmac_digest(extracted, b"\1", "sha256")[:16]


def _decrypted(key: bytes, iv: bytes, text: bytes) -> bytes:
    """Decrypt AES-128-CBC with padding (OpenSSL manual: EVP_DecryptInit_ex)."""
    if len(iv) != _BLOCK or not text or len(text) % _BLOCK:
        raise ValueError("the cipher text is cut")
    crypto = ctypes.CDLL(_hashlib.__file__)  # finds what its libraries hold, too
    for name in ("EVP_CIPHER_CTX_new", "EVP_aes_128_cbc"):
        getattr(crypto, name).restype = ctypes.c_void_p
    context = ctypes.c_void_p(crypto.EVP_CIPHER_CTX_new())
    clear, first, last = ctypes.create_string_buffer(len(text) + _BLOCK), ctypes.c_int(), ctypes.c_int()
    try:
        cipher = ctypes.c_void_p(crypto.EVP_aes_128_cbc())
        steps = (
            crypto.EVP_DecryptInit_ex(context, cipher, None, key, iv) == 1
            and crypto.EVP_DecryptUpdate(context, clear, ctypes.byref(first), text, len(text)) == 1
            and crypto.EVP_DecryptFinal_ex(context, ctypes.byref(clear, first.value), ctypes.byref(last)) == 1
        )
        if not steps:
            raise ValueError("that was not encrypted for us")
        return clear.raw[: first.value + last.value]
    finally:
        crypto.EVP_CIPHER_CTX_free(context)
        ctypes.memset(clear, 0, len(clear))
