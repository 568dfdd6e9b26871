"""How the texts of the journal's lines are written: as JSON in ASCII."""

from __future__ import annotations

import codecs
import json

quoted = json.encoder.encode_basestring_ascii
"""Write a text as a JSON string in ASCII."""

_BY_NUMBER = "kraken-desk-json"


def _by_number(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    return quoted(error.object[error.start : error.end])[1:-1], error.end


# so only what is no ASCII costs Python's time, a run of it at once
codecs.register_error(_BY_NUMBER, _by_number)


def in_ascii(text: str) -> str:
    """Write what is no ASCII in a text by its numbers, as JSON does."""
    return text if text.isascii() else text.encode("ascii", _BY_NUMBER).decode("ascii")
