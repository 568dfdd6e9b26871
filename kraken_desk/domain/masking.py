"""Masking one secret in a stream of bytes, also where it is cut into pieces."""

from __future__ import annotations

from urllib.parse import quote

from kraken_desk.domain.secrets import ApiSecret

MASK = b"[secret masked]"


class SecretMask:
    """Replaces a secret in what passes through: as it is, as in an address, and as in JSON.

    What may be the beginning of the secret is held back until more has come; `rest` gives it out.
    """

    def __init__(self, secret: ApiSecret) -> None:
        text = secret.reveal()
        forms = {text, quote(text, safe=""), text.replace("/", "\\/")} if text else set()
        self._forms = tuple(sorted((form.encode() for form in forms), key=len, reverse=True))
        self._held = b""

    def feed(self, data: bytes) -> bytes:
        """Return what can be shown by now."""
        data = self._held + data
        for form in self._forms:
            data = data.replace(form, MASK)
        cut = len(data) - self._beginning_at_the_end_of(data)
        self._held = data[cut:]
        return data[:cut]

    def rest(self) -> bytes:
        """Return what was held back, at the end of the stream."""
        held, self._held = self._held, b""
        return held

    def _beginning_at_the_end_of(self, data: bytes) -> int:
        longest = max((len(form) for form in self._forms), default=1) - 1
        for length in range(min(longest, len(data)), 0, -1):
            if any(form.startswith(data[-length:]) for form in self._forms):
                return length
        return 0
