"""The verifier of the window's passphrase: tells a right one from a wrong one, and nothing else."""

from __future__ import annotations

import base64
import binascii
import hmac
import os

from kraken_desk.domain.errors import SealError
from kraken_desk.domain.secrets import Passphrase
from kraken_desk.sealing.derivation import KEY_BYTES, SALT_BYTES, Cost, derive

_KIND = "argon2id"


def make_verifier(passphrase: Passphrase, cost: Cost | None = None) -> str:
    """Return the text that is stored: kind, cost, salt and derived key, separated by `$`."""
    cost, salt = cost or Cost(), os.urandom(SALT_BYTES)
    key = derive(passphrase, salt, cost)
    return f"{_KIND}${cost.memory_kib},{cost.passes},{cost.lanes}${_text(salt)}${_text(key)}"


def is_right(passphrase: Passphrase, verifier: str) -> bool:
    """Tell whether this is the passphrase; raises SealError when the verifier itself is damaged."""
    try:
        kind, numbers, salt_text, key_text = verifier.split("$")
        memory, passes, lanes = (int(number) for number in numbers.split(","))
        salt, key = (base64.b64decode(text, validate=True) for text in (salt_text, key_text))
    except (ValueError, binascii.Error):
        raise _damaged() from None
    if kind != _KIND or len(key) != KEY_BYTES or len(salt) < SALT_BYTES:
        raise _damaged()
    return hmac.compare_digest(derive(passphrase, salt, Cost(memory, passes, lanes)), key)


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _damaged() -> SealError:
    return SealError(
        "The stored passphrase verifier is damaged",
        "No passphrase can be checked against it.",
        "End Kraken Desk and run: kraken-desk passphrase reset",
    )
