"""Text in the form of a secret does not reach the disk."""

from __future__ import annotations

import base64

from kraken_desk.store.scrub import MASK, has_secret_form, scrubbed

SECRET = base64.b64encode(bytes(range(64))).decode()
PUBLIC = base64.b64encode(bytes(range(42))).decode()


def test_secret_is_masked_inside_a_sentence() -> None:
    """The run of characters is replaced, the words around it stay."""
    assert scrubbed((f"typed “{SECRET}” as name",)) == [f"typed “{MASK}” as name"]


def test_named_parameters_are_scrubbed_too() -> None:
    """Both ways of giving parameters are covered; numbers and None pass."""
    assert scrubbed({"note": SECRET, "count": 3, "none": None}) == {"note": MASK, "count": 3, "none": None}


def test_secret_without_padding_is_seen() -> None:
    """A secret that lost its trailing equals signs is still one."""
    assert has_secret_form(SECRET.rstrip("="))


def test_public_key_is_no_secret() -> None:
    """The 56 characters of a public API key pass."""
    assert len(PUBLIC) == 56
    assert not has_secret_form(PUBLIC)
    assert scrubbed((PUBLIC,)) == [PUBLIC]
