"""Reading TOML that nobody vouches for: what the library cannot bear is refused before it sees it."""

from __future__ import annotations

import re
from typing import Any

MOST_PARTS = 50
"""Parts of a dotted key; ours have two. The library's memory grows with their square: 40 kB took 1.6 GB."""

_NO_KEY = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|#[^\n]*')
_BETWEEN_KEYS = re.compile(r"[,=\n]")


def toml_document(text: str) -> dict[str, Any]:
    """Return the document; raises ValueError, tomllib's own or with a plain sentence."""
    import tomllib  # a profile without settings of its own starts without it

    if any(part.count(".") > MOST_PARTS for part in _BETWEEN_KEYS.split(_NO_KEY.sub("", text))):
        raise ValueError("a key has too many parts")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
