"""What can be told about a pasted key pair by looking at it, before anything is sent or stored.

Pastes come with line breaks, quotes, whole lines of an environment file, or in the wrong field.
Sizes are those of Kraken's documentation: an API key has 56 characters on both venues; a Spot
secret is 64 bytes in base64, the documented Futures one 66, and both are 88 characters long.
"""

from __future__ import annotations

import base64
import binascii
import re

from kraken_desk.domain.errors import InputError
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.secrets import ApiSecret
from kraken_desk.domain.values import dataclass, field

API_KEY_LENGTH = 56
SECRET_LENGTH = 88
VENUE_OF_SECRET_BYTES = {64: Venue.SPOT, 66: Venue.FUTURES}
"""The venue that a secret's size in bytes suggests; a hint for messages, never a decision."""

_LONGEST_PASTE = 4_000
_HALFWAY = (API_KEY_LENGTH + SECRET_LENGTH) // 2

_ASSIGNMENT = re.compile(r"(?:export\s+|set\s+)?[\"']?([A-Za-z_][\w.-]{0,60}?)[\"']?\s*[=:]\s*([^\s=].*)")
_NOISE = re.compile(r"[\s\"'`\u2018\u2019\u201c\u201d\u200b-\u200d\u2060\ufeff]+")
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_MASKS = re.compile(r"[*•●…]|\.\.\.|REDACTED", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PairShape:
    """A cleaned pair: `venue` is what its shape suggests, None when the shape does not tell.

    `remarks` are sentences for the operator about what was put right or looks unusual.
    """

    api_key: str = field(repr=False)
    secret: ApiSecret
    venue: Venue | None
    remarks: tuple[str, ...] = ()

    @property
    def likely_venue(self) -> str:
        return self.venue.value if self.venue else "unknown"


def inspect_pair(api_key: str, secret_text: str) -> PairShape:
    """Clean a pasted pair and say what it looks like; raises InputError, never naming the secret."""
    key, secret, remarks = _sorted_fields(api_key, secret_text)
    _check_presence(key, secret)
    if _looks_swapped(key, secret):
        key, secret = secret, key
        remarks.append("API key and secret were pasted into each other's field; this is put right.")
    _check_sizes(key, secret)
    _check_api_key(key)
    size = _decoded_size(secret)
    venue = VENUE_OF_SECRET_BYTES.get(size) if len(key) == API_KEY_LENGTH else None
    if len(key) != API_KEY_LENGTH:
        remarks.append(f"The API key has {len(key)} characters; Kraken's have {API_KEY_LENGTH}.")
    if size not in VENUE_OF_SECRET_BYTES:
        remarks.append(f"The secret has {len(secret)} characters; Kraken's have {SECRET_LENGTH}.")
    return PairShape(key, ApiSecret(secret), venue, tuple(remarks))


def _sorted_fields(api_key: str, secret_text: str) -> tuple[str, str, list[str]]:
    """Take both fields apart; lines like NAME=value give up their names and tell which is which."""
    named = {"key": "", "secret": ""}
    plain = {"key": "", "secret": ""}
    remarks: list[str] = []
    for role, text in (("key", api_key), ("secret", secret_text)):
        if len(text) > _LONGEST_PASTE:
            raise InputError(
                "Too much text",
                f"More than {_LONGEST_PASTE} characters were pasted; a pair has fewer than 200.",
                "Paste the API key and the secret only.",
            )
        assigned = _assignments(text)
        if not assigned:
            plain[role] = _NOISE.sub("", text)
        for name, value in assigned:
            named[_role_of(name, value, role)] = value
    if any(named.values()):
        remarks.append("The values were taken out of NAME=value lines.")
    return named["key"] or plain["key"], named["secret"] or plain["secret"], remarks


def _assignments(text: str) -> list[tuple[str, str]]:
    found = []
    for line in text.splitlines():
        match = _ASSIGNMENT.fullmatch(line.strip().rstrip(",;"))
        if match:
            found.append((match[1], _NOISE.sub("", match[2])))
    return found


def _role_of(name: str, value: str, field_role: str) -> str:
    """Say what a named value is: by its name, else by its length, else by the field it was in."""
    lowered = name.lower()
    if "secret" in lowered or "private" in lowered:
        return "secret"
    if "key" in lowered:
        return "key"
    if len(value) in (API_KEY_LENGTH, SECRET_LENGTH):
        return "key" if len(value) == API_KEY_LENGTH else "secret"
    return field_role


def _looks_swapped(key: str, secret: str) -> bool:
    return len(key) >= _HALFWAY > len(secret) and _BASE64.fullmatch(secret) is not None


def _check_presence(key: str, secret: str) -> None:
    if not key and not secret:
        raise InputError("No key", "Both fields are empty.", "Paste the API key and its secret.")
    if not key:
        raise InputError(
            "No API key",
            "The API key is empty.",
            f"Paste the public half too: {API_KEY_LENGTH} characters, shown beside the secret.",
        )
    if not secret:
        raise InputError(
            "No secret",
            "The secret is empty.",
            "Kraken shows a secret only once, when the key is made. If it is lost, make a new key.",
        )
    if key == secret:
        raise InputError(
            "Twice the same",
            "API key and secret are the same text.",
            "Copy the two halves one after the other; they differ.",
        )


def _check_sizes(key: str, secret: str) -> None:
    if len(key) == len(secret) == API_KEY_LENGTH:
        raise InputError(
            "Two API keys",
            f"Both texts have {API_KEY_LENGTH} characters, the length of an API key.",
            f"The secret is the longer half, with {SECRET_LENGTH} characters.",
        )
    if len(key) == len(secret) == SECRET_LENGTH:
        raise InputError(
            "Two secrets",
            f"Both texts have {SECRET_LENGTH} characters, the length of a secret.",
            f"The API key is the shorter half, with {API_KEY_LENGTH} characters.",
        )


def _check_api_key(key: str) -> None:
    if not _BASE64.fullmatch(key):
        raise InputError(
            "Not an API key",
            "The API key holds characters that Kraken's never have.",
            "An API key is made of letters, digits, + and / only. Copy it again from Kraken.",
        )


def _decoded_size(secret: str) -> int:
    """Return the secret's size in bytes; raises InputError when it is not base64."""
    if _MASKS.search(secret):
        raise InputError(
            "The secret is masked",
            "What was pasted is a display of a secret with characters left out.",
            "Copy the secret itself from where it was saved.",
        )
    if not _BASE64.fullmatch(secret):
        raise InputError(
            "Not a secret",
            "The secret holds characters that Kraken's never have.",
            "A secret is made of letters, digits, +, / and = at the end. Copy it again.",
        )
    try:
        return len(base64.b64decode(secret, validate=True))
    except (binascii.Error, ValueError):
        raise InputError(
            "The secret is incomplete",
            f"It has {len(secret)} characters and does not decode; a whole one has {SECRET_LENGTH}.",
            "Copy it again with its last characters, also the = signs at the end.",
        ) from None
