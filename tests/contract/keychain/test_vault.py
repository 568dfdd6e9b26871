"""The KeyVault port: the same promises on the real keyring, on keyring's interface, and in memory."""

from __future__ import annotations

import asyncio
import base64

import pytest

from kraken_desk.domain.errors import SecretMissingError
from kraken_desk.domain.keys import KeyId
from kraken_desk.domain.secrets import ApiSecret
from kraken_desk.keychain.memory import MemoryVault
from kraken_desk.keychain.vault import KeyringVault

Vault = KeyringVault | MemoryVault

ID = KeyId("0f3b9c5e7a214d68")
OTHER = KeyId("1f3b9c5e7a214d68")
SECRET = base64.b64encode(bytes(range(64))).decode()


async def test_secret_comes_back_as_it_was(vault: Vault) -> None:
    """What was put is got, character by character."""
    await vault.put(ID, ApiSecret(SECRET))

    assert (await vault.get(ID)).reveal() == SECRET


@pytest.mark.parametrize(
    "text", ["", "\x00\n\t", "ключ ✓", "a" * 1280], ids=["empty", "control", "words", "long"]
)
async def test_any_text_survives(vault: Vault, text: str) -> None:
    """Odd characters, nothing at all, and the longest secret that every system can keep."""
    await vault.put(ID, ApiSecret(text))

    assert (await vault.get(ID)).reveal() == text


async def test_absent_secret_is_missing(vault: Vault) -> None:
    """A keychain that answers without the secret gives SecretMissingError, not an empty secret."""
    with pytest.raises(SecretMissingError):
        await vault.get(ID)


async def test_secrets_are_apart(vault: Vault) -> None:
    """Each id has its own secret, and removing one leaves the other."""
    await vault.put(ID, ApiSecret("first"))
    await vault.put(OTHER, ApiSecret("second"))

    await vault.remove(ID)

    with pytest.raises(SecretMissingError):
        await vault.get(ID)
    assert (await vault.get(OTHER)).reveal() == "second"


async def test_secret_is_never_overwritten(vault: Vault) -> None:
    """A second secret under one id is a programming mistake, and the first one stays."""
    await vault.put(ID, ApiSecret("first"))

    with pytest.raises(ValueError, match="already holds"):
        await vault.put(ID, ApiSecret("second"))

    assert (await vault.get(ID)).reveal() == "first"


async def test_removing_twice_is_no_error(vault: Vault) -> None:
    """Removal may be repeated, also of what never was."""
    await vault.put(ID, ApiSecret("first"))

    await vault.remove(ID)
    await vault.remove(ID)
    await vault.remove(OTHER)

    with pytest.raises(SecretMissingError):
        await vault.get(ID)


async def test_id_is_free_after_removal(vault: Vault) -> None:
    """After removal the id can hold a secret again."""
    await vault.put(ID, ApiSecret("first"))
    await vault.remove(ID)

    await vault.put(ID, ApiSecret("second"))

    assert (await vault.get(ID)).reveal() == "second"


async def test_many_at_once(vault: Vault) -> None:
    """Calls made together all get their own answer."""
    ids = [KeyId(f"key-{number}") for number in range(8)]
    await asyncio.gather(*(vault.put(key_id, ApiSecret(f"secret of {key_id}")) for key_id in ids))

    got = await asyncio.gather(*(vault.get(key_id) for key_id in ids))

    assert [secret.reveal() for secret in got] == [f"secret of {key_id}" for key_id in ids]


async def test_working_vault_describes_itself_as_usable(vault: Vault) -> None:
    """A vault in order has a name, is usable and has no problem."""
    description = await vault.describe()

    assert description.name
    assert description.usable
    assert description.problem is None
    assert description.persistent is not isinstance(vault, MemoryVault)


async def test_closing_twice_is_no_error(vault: Vault) -> None:
    """A vault may be closed before its first use and again."""
    await vault.close()
    await vault.close()


async def test_ids_are_listed_without_reading_secrets(vault: Vault) -> None:
    """Where the keychain can list its items, ours are told by their ids; else nothing is claimed."""
    await vault.put(ID, ApiSecret("first"))
    await vault.put(OTHER, ApiSecret("second"))
    await vault.remove(OTHER)

    assert await vault.ids() in (frozenset({ID}), None)
