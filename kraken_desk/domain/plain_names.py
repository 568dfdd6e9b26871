"""Names typed by people: one line, of bearable length, and nothing in them that cannot be seen.

A terminal obeys control characters, and marks that turn the direction of writing make one account
read like another in the very confirmation of a transfer.
"""

from __future__ import annotations

import unicodedata

from kraken_desk.domain.errors import InputError

LONGEST_NAME = 60
LONGEST_REMARK = 200

_UNSEEN = {"Cc", "Cf", "Co", "Cs"}
"""Unicode's categories of control, format, private and broken characters."""


def plain_line(text: str, *, what: str, longest: int = LONGEST_NAME) -> str:
    """Return the text on one line with single spaces, possibly empty; raises InputError."""
    clean = " ".join(text.split())
    if len(clean) > longest:
        raise InputError(
            "Not a usable name", f"{what} has at most {longest} characters.", "Type a shorter one."
        )
    if any(unicodedata.category(character) in _UNSEEN for character in clean):
        raise InputError(
            "Not a usable name",
            f"{what} holds characters that cannot be seen.",
            "Type it again instead of copying it.",
        )
    return clean


def plain_name(text: str, *, what: str) -> str:
    """Return a name with at least one character; see `plain_line`."""
    clean = plain_line(text, what=what)
    if not clean:
        raise InputError("Not a usable name", f"{what} has 1 to {LONGEST_NAME} characters.", "Type one.")
    return clean
