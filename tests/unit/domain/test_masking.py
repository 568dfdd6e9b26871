"""The mask over a child's output."""

from __future__ import annotations

import random

from kraken_desk.domain.masking import SecretMask
from kraken_desk.domain.secrets import ApiSecret

SECRET = "kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg=="
TEXT = f"key {SECRET}, again {SECRET}{SECRET} and k{SECRET[:20]} only, kQH5".encode()
MASKED = b"key [secret masked], again [secret masked][secret masked] and kkQH5HW/8p1uGOVjbgWA7 only, kQH5"


def masked(pieces: list[bytes]) -> bytes:
    mask = SecretMask(ApiSecret(SECRET))
    return b"".join([*(mask.feed(piece) for piece in pieces), mask.rest()])


def test_the_secret_is_replaced_wherever_it_stands() -> None:
    """Every occurrence is masked, and what only begins like it is shown."""
    assert masked([TEXT]) == MASKED


def test_pieces_do_not_let_it_through() -> None:
    """However the stream is cut, the result is the same."""
    dice = random.Random(1)
    for _ in range(200):
        cuts = sorted(dice.randrange(len(TEXT)) for _ in range(dice.randrange(12)))
        pieces = [TEXT[a:b] for a, b in zip([0, *cuts], [*cuts, len(TEXT)], strict=True)]
        assert masked(pieces) == MASKED
    assert masked([bytes([byte]) for byte in TEXT]) == MASKED


def test_other_spellings_are_masked() -> None:
    """In an address and in JSON a secret is spelled otherwise."""
    address = SECRET.replace("/", "%2F").replace("=", "%3D").replace("+", "%2B")

    assert masked([f"?s={address}&x".encode()]) == b"?s=[secret masked]&x"
    assert masked([SECRET.replace("/", "\\/").encode()]) == b"[secret masked]"


def test_plain_output_is_not_held_back() -> None:
    """A line that cannot be part of the secret is shown at once."""
    assert SecretMask(ApiSecret(SECRET)).feed(b"started.\n") == b"started.\n"


def test_an_empty_secret_masks_nothing() -> None:
    """Nothing is not found everywhere."""
    assert SecretMask(ApiSecret("")).feed(b"abc") == b"abc"
