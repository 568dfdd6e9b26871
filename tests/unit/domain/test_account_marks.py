"""Notes and tags: their form, and what is refused."""

from __future__ import annotations

import pytest

from kraken_desk.domain.account_marks import read_tags, usable_note
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.search import parse
from kraken_desk.domain.search_text import account_text
from tests.helpers.builders import CANARY, NOW, a_key, an_account


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("", ()),
        ("basis", ("basis",)),
        ("#Basis,  market-making; basis", ("basis", "market-making")),
        ("Größe v1.2", ("größe", "v1.2")),
    ],
)
def test_tags_are_read_in_their_form(text: str, tags: tuple[str, ...]) -> None:
    """Lower case, each once, in alphabetical order, whatever stands between them."""
    assert read_tags(text) == tags


@pytest.mark.parametrize(
    "text", ["a" * 25, "-x", "a/b", "a\u202eb", "<b>", " ".join(f"t{n}" for n in range(13))]
)
def test_what_is_no_tag_is_refused(text: str) -> None:
    """Long, hostile or too many words are said to be no tags."""
    with pytest.raises(InputError):
        read_tags(text)


def test_a_note_keeps_its_lines() -> None:
    """Space at the ends of lines goes, lines stay."""
    assert usable_note("  Basis book \r\n\tcalls: Ann  \n\n") == "Basis book\n calls: Ann"


@pytest.mark.parametrize("text", ["x" * 2001, "a\u202eb", f"the secret is {CANARY}"])
def test_what_cannot_be_a_note_is_refused(text: str) -> None:
    """Too long, with characters that cannot be seen, or with a secret in it."""
    with pytest.raises(InputError) as caught:
        usable_note(text)

    assert CANARY not in str(caught.value.__dict__)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("tag:bas", True), ("tag:#basis", True), ("tag:mm", False), ("basis ann", True), ("-tag:basis", False)],
)
def test_a_filter_finds_tags_and_notes(text: str, wanted: bool) -> None:
    """By the beginning of a tag, and by words of tags and note; the lack of a tag means keys."""
    account = an_account(2, tags=("basis", "hft"), note="Call Ann")

    assert parse(text).sieve(NOW).finds_account(account, account_text(account)) is wanted


def test_a_tag_sifts_the_keys_of_its_account() -> None:
    """With another term, and turned round."""
    account, keys = an_account(2, tags=("basis",)), (a_key(1), a_key(2))

    def sifted(text: str) -> int:
        return len(parse(text).sieve(NOW).sift(account, keys, ("", "")))

    assert [sifted(t) for t in ("tag:basis", "-tag:basis", "tag:other", "tag:")] == [2, 0, 0, 2]
