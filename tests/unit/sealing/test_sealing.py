"""Passphrases: verifiers that tell nothing, files that open for one passphrase and for nobody else."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kraken_desk.domain.errors import SealError
from kraken_desk.domain.secrets import Passphrase
from kraken_desk.sealing.derivation import Cost
from kraken_desk.sealing.sealed_file import open_sealed, seal
from kraken_desk.sealing.threaded import ThreadedSeal
from kraken_desk.sealing.verifier import is_right, make_verifier

QUICK = Cost(memory_kib=64, passes=1, lanes=1)
RIGHT = Passphrase("tidal harbour nine")
WRONG = Passphrase("tidal harbour eight")


def test_a_verifier_knows_its_passphrase_only() -> None:
    """The right passphrase fits, another does not, and the text holds no part of either."""
    verifier = make_verifier(RIGHT, QUICK)

    assert is_right(RIGHT, verifier)
    assert not is_right(WRONG, verifier)
    assert "tidal" not in verifier
    assert make_verifier(RIGHT, QUICK) != verifier


def test_keyboards_that_compose_letters_differently_agree() -> None:
    """An umlaut typed as one character or as two is the same passphrase."""
    verifier = make_verifier(Passphrase("M\u00fcnchen 1158"), QUICK)

    assert is_right(Passphrase("Mu\u0308nchen 1158"), verifier)


@pytest.mark.parametrize(
    "verifier",
    ["", "argon2id", "argon2id$64,1,1$$", "scrypt$64,1,1$AAAA$AAAA", "argon2id$x,1,1$AAAA$AAAA", "a$b$c$d$e"],
)
def test_a_damaged_verifier_says_so(verifier: str) -> None:
    """No passphrase is called wrong when the verifier cannot be read."""
    with pytest.raises(SealError, match="damaged"):
        is_right(RIGHT, verifier)


def test_a_file_cannot_ask_for_all_memory() -> None:
    """Costs beyond what a passphrase needs are refused before anything is allocated."""
    line, _, rest = seal(b"content", RIGHT, QUICK).partition(b"\n")
    header = json.loads(line) | {"memory_kib": 2**40}

    with pytest.raises(SealError, match="not usable"):
        open_sealed(json.dumps(header).encode() + b"\n" + rest, RIGHT)


def test_a_sealed_file_opens_for_its_passphrase() -> None:
    """The content comes back whole; nothing of it can be read in the file."""
    sealed = seal(b"the journal of a trading desk", RIGHT, QUICK)

    assert open_sealed(sealed, RIGHT) == b"the journal of a trading desk"
    assert b"journal" not in sealed


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
@settings(max_examples=60, deadline=None)
def test_a_changed_byte_anywhere_is_noticed(place: int, change: int) -> None:
    """Whatever byte is changed, header included, the file does not open."""
    sealed = bytearray(seal(b"content", RIGHT, QUICK))
    sealed[place % len(sealed)] ^= change

    with pytest.raises(SealError):
        open_sealed(bytes(sealed), RIGHT)


@pytest.mark.parametrize("content", [b"", b"\n", b"{}\n", b"SQLite format 3\x00" + b"x" * 5000, b"[1]\nrest"])
def test_another_kind_of_file_is_told_apart(content: bytes) -> None:
    """What is no backup is called so, whatever is typed."""
    with pytest.raises(SealError, match="no backup"):
        open_sealed(content, RIGHT)


def test_a_newer_form_is_told_apart() -> None:
    """A backup of a later program is not called damaged."""
    line, _, rest = seal(b"content", RIGHT, QUICK).partition(b"\n")
    header = json.loads(line) | {"form": 2}

    with pytest.raises(SealError, match="newer program"):
        open_sealed(json.dumps(header).encode() + b"\n" + rest, RIGHT)


def test_a_wrong_passphrase_and_a_cut_file_read_the_same() -> None:
    """The two cannot be told apart, and the error says so."""
    sealed = seal(b"content", RIGHT, QUICK)

    for content, passphrase in ((sealed, WRONG), (sealed[:-1], RIGHT)):
        with pytest.raises(SealError, match="does not open"):
            open_sealed(content, passphrase)


async def test_work_on_passphrases_leaves_the_loop_free() -> None:
    """The port's calls give what the plain functions give."""
    port = ThreadedSeal(QUICK)

    verifier = await port.make_verifier(RIGHT)
    sealed = await port.seal(b"content", RIGHT)

    assert await port.is_right(RIGHT, verifier)
    assert await port.open(sealed, RIGHT) == b"content"
