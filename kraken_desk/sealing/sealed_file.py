"""Sealed files: a readable first line that says how, then everything else encrypted and authenticated.

ChaCha20-Poly1305 under an Argon2id key; the first line is authenticated too, so that nobody can
change the cost or the kind unnoticed.
"""

from __future__ import annotations

import base64
import json
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from kraken_desk.domain.errors import SealError
from kraken_desk.domain.secrets import Passphrase
from kraken_desk.sealing.derivation import SALT_BYTES, Cost, derive

KIND = "kraken-desk backup"
FORM = 1
_NONCE_BYTES = 12
_LONGEST_HEADER = 4096


def seal(content: bytes, passphrase: Passphrase, cost: Cost | None = None) -> bytes:
    """Return the sealed file of `content`."""
    cost, salt, nonce = cost or Cost(), os.urandom(SALT_BYTES), os.urandom(_NONCE_BYTES)
    header = {
        "kind": KIND,
        "form": FORM,
        "kdf": "argon2id",
        "memory_kib": cost.memory_kib,
        "passes": cost.passes,
        "lanes": cost.lanes,
        "salt": base64.b64encode(salt).decode("ascii"),
        "cipher": "chacha20-poly1305",
        "nonce": base64.b64encode(nonce).decode("ascii"),
    }
    line = json.dumps(header).encode("ascii") + b"\n"
    key = derive(passphrase, salt, cost)
    return line + ChaCha20Poly1305(key).encrypt(nonce, content, line)


def open_sealed(sealed: bytes, passphrase: Passphrase) -> bytes:
    """Return the content; raises SealError for a wrong passphrase, a damaged or a foreign file."""
    end = sealed.find(b"\n", 0, _LONGEST_HEADER) + 1
    if not end:
        raise _foreign()
    line = sealed[:end]
    salt, nonce, cost = _read(line)
    key = derive(passphrase, salt, cost)
    try:
        return ChaCha20Poly1305(key).decrypt(nonce, sealed[end:], line)
    except InvalidTag:
        raise SealError(
            "The backup does not open",
            "The passphrase is wrong, or the file was changed or cut short. The two cannot be told apart.",
            "Type the passphrase again; then try another copy of the file.",
        ) from None


def _read(line: bytes) -> tuple[bytes, bytes, Cost]:
    try:
        header = json.loads(line)
        kind, form = header["kind"], header["form"]
        salt, nonce = (base64.b64decode(header[name], validate=True) for name in ("salt", "nonce"))
        cost = Cost(int(header["memory_kib"]), int(header["passes"]), int(header["lanes"]))
    except (ValueError, KeyError, TypeError):
        raise _foreign() from None
    if kind != KIND:
        raise _foreign()
    if form != FORM:
        raise SealError(
            "The backup is of a newer program",
            f"Its form is {form}; this program knows form {FORM}.",
            "Restore it with the newer Kraken Desk.",
        )
    if len(nonce) != _NONCE_BYTES or len(salt) < SALT_BYTES:
        raise _foreign()
    return salt, nonce, cost


def _foreign() -> SealError:
    return SealError("This is no backup of Kraken Desk", "Its first line is not that of a sealed file.")
