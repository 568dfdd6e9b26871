"""Finding by a few letters: which matches come first, and what use changes."""

from datetime import timedelta

import pytest

from kraken_desk.domain.quick_find import Entry, EntryKind, Index, Use, closeness
from tests.helpers.builders import NOW

K = EntryKind
ENTRIES = (
    Entry("c:add", K.COMMAND, "Add key", "Paste a key, check it, store it"),
    Entry("c:lock", K.COMMAND, "Lock", "Hide everything"),
    Entry("c:rotate", K.COMMAND, "Rotate…", "Replace this key by a new one"),
    Entry("a:momentum", K.ACCOUNT, "Momentum", "4 keys", "AA50 N84G IBAN"),
    Entry("k:mm", K.KEY, "mm-bot-1", "Market making · hummingbot"),
    Entry("k:clock", K.KEY, "clock source", "Basis"),
    Entry("h:build", K.HOST, "build box", "192.0.2.7"),
)
INDEX = Index(ENTRIES)


def _refs(query: str, **uses: Use) -> list[str]:
    found = INDEX.find(query, {name.replace("_", ":"): use for name, use in uses.items()}, NOW)
    return [entry.ref for entry in found]


def test_without_letters_everything_is_listed_by_kind() -> None:
    """Commands come first, then accounts, keys and hosts, each by title."""
    assert _refs("") == ["c:add", "c:lock", "c:rotate", "a:momentum", "k:clock", "k:mm", "h:build"]


def test_the_beginning_of_a_title_beats_its_middle() -> None:
    """`lock` means the command, not the key that has the letters inside a word."""
    assert _refs("lock") == ["c:lock", "k:clock"]


def test_details_and_hidden_words_are_searched_too() -> None:
    """An address, a process and an IIBAN lead to what they belong to, whatever the case."""
    assert [_refs(text) for text in ("192.0.2", "HUMMING", "n84g")] == [["h:build"], ["k:mm"], ["a:momentum"]]


def test_all_words_must_match() -> None:
    """Several words narrow down; their order does not matter."""
    assert _refs("market mm") == ["k:mm"]
    assert _refs("market lock") == []


def test_first_letters_of_words_match() -> None:
    """`mb` finds mm-bot-1, `ak` the command Add key."""
    assert _refs("mb1") == ["k:mm"]
    assert _refs("ak")[0] == "c:add"


def test_what_is_used_often_and_lately_comes_first() -> None:
    """Of equals the used one leads; an old use counts less than a fresh one."""
    fresh, old = Use(3, NOW - timedelta(hours=1)), Use(3, NOW - timedelta(days=90))

    assert _refs("", k_mm=fresh, h_build=old)[:2] == ["k:mm", "h:build"]


def test_use_never_beats_what_was_typed() -> None:
    """A key that is used all day does not push a command away whose name was typed out."""
    assert _refs("lock", k_clock=Use(1_000_000, NOW))[0] == "c:lock"


def test_a_use_in_the_future_counts_as_now() -> None:
    """A clock that was set back neither breaks the order nor the arithmetic."""
    assert Use(2, NOW + timedelta(days=400)).weight(NOW) == 2.0


def test_letters_strewn_over_a_sentence_are_no_match() -> None:
    """Only letters that stand together or begin words count."""
    assert closeness("aeyo", "paste a key, check it, store it") == 0.0
    assert closeness("x", "lock") == 0.0


@pytest.mark.parametrize("hostile", ["(", "\\", "%", "a" * 5000, "\x00", "🦑", " \t "])
def test_any_text_may_be_typed(hostile: str) -> None:
    """Nothing typed is a pattern: it matches literally or not at all."""
    assert len(_refs(hostile)) in {0, len(ENTRIES)}


def test_at_most_so_many_are_returned() -> None:
    """The list stays short however large the fleet is."""
    many = Index(Entry(f"k:{n}", K.KEY, f"key {n}") for n in range(1000))

    assert len(many.find("key", {}, NOW, most=20)) == 20
