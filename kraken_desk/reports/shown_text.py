"""Texts as a reader is to see them: what would turn, hide or break a line is shown by its number."""

from __future__ import annotations

from html import escape
from unicodedata import category

_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


def shown(value: object) -> str:
    """Return a text on one line; characters that turn or hide text are shown by number."""
    text = " ".join(str(value).split("\n"))
    return "".join(f"<{ord(c):04x}>" if category(c) in _UNSEEN else c for c in text)


def escaped(value: object) -> str:
    """Return a text for HTML, in content and in attributes."""
    return escape(shown(value))
