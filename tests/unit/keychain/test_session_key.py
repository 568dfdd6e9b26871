"""The key of a conversation with the Secret Service, against another implementation of its algorithm."""

from __future__ import annotations

import secrets

import pytest
from secretstorage.dhcrypto import Session
from secretstorage.util import format_secret

from kraken_desk.keychain.session_key import SessionKey
from tests.helpers.builders import CANARY


def _sent(key: SessionKey, secret: bytes) -> tuple[bytes, bytes, bytes]:
    """Encrypt as a service does: its half of the exchange, the initial vector, the text."""
    service = Session()
    service.object_path = "/s"
    service.set_server_public_key(int.from_bytes(key.public, "big"))
    _, iv, text, _ = format_secret(service, secret, "text/plain")
    return service.my_public_key.to_bytes(128, "big"), iv, text


@pytest.mark.parametrize("secret", [b"", b"x", b"sixteen letters!", CANARY.encode(), "Größe".encode() * 90])
def test_what_was_encrypted_for_us_is_read(secret: bytes) -> None:
    """Of every length, with a fresh exchange each."""
    key = SessionKey()

    assert key.decrypted(*_sent(key, secret)) == secret


def test_no_two_conversations_share_a_key() -> None:
    """Each has a number of its own, in the range of the group."""
    first, second = SessionKey(), SessionKey()

    assert first.public != second.public
    assert len(first.public) == 128


def test_what_was_encrypted_for_another_is_an_error() -> None:
    """It may not come out as a secret: padding that is wrong is refused."""
    theirs, iv, text = _sent(SessionKey(), b"for another")
    told = set()
    for _ in range(40):  # one in 256 has a padding by chance
        try:
            told.add(SessionKey().decrypted(theirs, iv, text))
        except ValueError as error:
            told.add(str(error).encode())

    assert b"that was not encrypted for us" in told
    assert b"for another" not in told


@pytest.mark.parametrize("change", ["half", "zero", "iv", "cut", "nothing"])
def test_a_mutilated_answer_is_an_error(change: str) -> None:
    """A number outside the group, a short vector, a cut text."""
    key = SessionKey()
    theirs, iv, text = _sent(key, secrets.token_bytes(40))
    changed = {
        "half": (b"\x01", iv, text),
        "zero": (b"", iv, text),
        "iv": (theirs, iv[:8], text),
        "cut": (theirs, iv, text[:-1]),
        "nothing": (theirs, iv, b""),
    }[change]

    with pytest.raises(ValueError, match=r"exchange|cut"):
        key.decrypted(*changed)
