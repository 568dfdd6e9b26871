"""The last line against secrets on disk: text in the form of a Kraken secret is never written.

No caller has a reason to hand a secret to the store. Should one do it by mistake (an error that
quotes what was typed, a secret pasted as a name), the run of characters is masked rather than the
write refused, because the journal must not lose a fact over a careless text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

Value = str | int | None
Parameters = Sequence[Value] | Mapping[str, Value]

MASK = "[secret removed]"

_SHORTEST = 86
_SECRET_FORM = rf"[A-Za-z0-9+/]{{{_SHORTEST},}}={{0,2}}"
"""64 bytes in base64 are 86 characters and padding; a public key has 56."""


def has_secret_form(text: str) -> bool:
    return re.search(_SECRET_FORM, text) is not None


def scrubbed(parameters: Parameters) -> Parameters:
    """Return a statement's parameters with everything in the form of a secret masked."""
    if isinstance(parameters, Mapping):
        return {name: _clean(value) for name, value in parameters.items()}
    return [_clean(value) for value in parameters]


def _clean(value: Value) -> Value:
    if isinstance(value, str) and len(value) >= _SHORTEST:
        return re.sub(_SECRET_FORM, MASK, value)
    return value
