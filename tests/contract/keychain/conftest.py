"""The vaults on which every contract of the keychain runs."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from kraken_desk.keychain.memory import MemoryVault
from kraken_desk.keychain.vault import KeyringVault
from tests.contract.keychain.scripted import ScriptedBackend
from tests.helpers.keychain import real_keychain

__all__ = ["real_keychain"]

Vault = KeyringVault | MemoryVault


@pytest.fixture(params=["memory", "scripted", "gnome-keyring"])
async def vault(request: pytest.FixtureRequest) -> AsyncIterator[Vault]:
    made: Vault
    if request.param == "memory":
        made = MemoryVault()
    elif request.param == "scripted":
        made = KeyringVault(ScriptedBackend)
    else:
        request.getfixturevalue("real_keychain")
        made = KeyringVault()
    yield made
    await made.close()
