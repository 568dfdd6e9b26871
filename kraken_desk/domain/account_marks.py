"""What an operator writes about an account besides its label: a note, and tags such as strategies.

Tags are short words without spaces, so that a filter can name them: `tag:basis`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from kraken_desk.domain.errors import InputError, without_secrets

LONGEST_TAG = 24
MOST_TAGS = 12
LONGEST_NOTE = 2000

_TAG = re.compile(r"[^\W_][\w.+-]*")
_UNSEEN = {"Cc", "Cf", "Co", "Cs"}


def read_tags(text: str) -> tuple[str, ...]:
    """Read tags separated by commas or spaces, a `#` before one does not count; raises InputError."""
    return usable_tags(re.split(r"[\s,;]+", text))


def usable_tags(words: Iterable[str]) -> tuple[str, ...]:
    """Bring tags into their form: lower case, each once, in alphabetical order; raises InputError."""
    tags = sorted({_usable(word) for word in words if word.strip(" #")})
    if len(tags) > MOST_TAGS:
        raise InputError(
            "Too many tags", f"An account has at most {MOST_TAGS} tags.", "Leave out those that say least."
        )
    return tuple(tags)


def _usable(word: str) -> str:
    tag = unicodedata.normalize("NFC", word.strip().removeprefix("#")).lower()
    if len(tag) > LONGEST_TAG or not _TAG.fullmatch(tag):
        raise InputError(
            "Not a usable tag",
            f"“{word.strip()[:60]}” is no tag: a tag is one word of letters, digits, “.”, “+”, “_” and “-”, "
            f"at most {LONGEST_TAG} characters long.",
            "Write a phrase with hyphens, like market-making.",
        )
    return tag


def usable_note(text: str) -> str:
    """Return a note as it is kept: lines without space at their ends; raises InputError."""
    lines = [" ".join(line.split(" ")).rstrip() for line in text.replace("\t", " ").splitlines()]
    note = "\n".join(lines).strip()
    if len(note) > LONGEST_NOTE:
        raise InputError(
            "The note is too long", f"A note has at most {LONGEST_NOTE} characters.", "Shorten it."
        )
    if any(unicodedata.category(c) in _UNSEEN for c in note if c != "\n"):
        raise InputError(
            "Not a usable note",
            "The note holds characters that cannot be seen.",
            "Type it again instead of copying it.",
        )
    if without_secrets(note) != note:
        raise InputError(
            "That looks like a secret",
            "The note holds a text with the form of a private key; notes are kept in the open.",
            "Leave it out. If it is a secret, replace the key at Kraken: it has been in the clipboard.",
        )
    return note
