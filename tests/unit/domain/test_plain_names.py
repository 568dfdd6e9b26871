"""Names: one line, visible, not too long."""

from __future__ import annotations

import pytest

from kraken_desk.domain.errors import InputError
from kraken_desk.domain.plain_names import plain_line, plain_name


@pytest.mark.parametrize(
    ("typed", "kept"), [("  Market \n making\t2 ", "Market making 2"), ("Größe 日本 №1", "Größe 日本 №1")]
)
def test_names_are_tidied(typed: str, kept: str) -> None:
    """White space becomes single spaces; every visible character stays."""
    assert plain_name(typed, what="A name") == kept


@pytest.mark.parametrize("text", ["a\x1b[31m", "a\u202eb", "a\u200bb", "a\x00", "\udcff", "a\x07"])
def test_characters_that_cannot_be_seen_are_refused(text: str) -> None:
    """Escapes, marks of direction, zero widths and broken characters never get into a name."""
    with pytest.raises(InputError):
        plain_line(text, what="A name")


@pytest.mark.parametrize("text", ["", " \n ", "x" * 61])
def test_a_name_has_one_to_sixty_characters(text: str) -> None:
    """Nothing, only white space, and more than sixty characters are no names."""
    with pytest.raises(InputError):
        plain_name(text, what="A name")
