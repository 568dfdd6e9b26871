"""How the keychain's items are called: by our random ids, which say nothing while it is locked."""

from __future__ import annotations

import re

from kraken_desk.domain.keys import KeyId

PREFIX = "kraken-desk/"
USERNAME = "api-secret"

_ID = r"[A-Za-z0-9_-]{1,64}"


def service_of(key_id: KeyId) -> str:
    """Return the service name of a key's item; each has one of its own."""
    if not re.fullmatch(_ID, key_id):
        raise ValueError("a key id is made of letters, digits, - and _ only")
    return f"{PREFIX}{key_id}"
