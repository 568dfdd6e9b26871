"""A vault that forgets: for the demo, whose keys open nothing, and for tests."""

from __future__ import annotations

from kraken_desk.domain.deskstatus import VaultDescription
from kraken_desk.domain.keys import KeyId
from kraken_desk.domain.secrets import ApiSecret
from kraken_desk.keychain.errors import already_there, missing


class MemoryVault:
    """Secrets in this process's memory only; nothing survives it."""

    def __init__(self) -> None:
        self._secrets: dict[KeyId, ApiSecret] = {}

    async def describe(self) -> VaultDescription:
        return VaultDescription(name="Memory of this process", usable=True, persistent=False)

    async def put(self, key_id: KeyId, secret: ApiSecret) -> None:
        if key_id in self._secrets:
            raise already_there()
        self._secrets[key_id] = secret

    async def get(self, key_id: KeyId) -> ApiSecret:
        secret = self._secrets.get(key_id)
        if secret is None:
            raise missing("The memory of this process")
        return secret

    async def remove(self, key_id: KeyId) -> None:
        self._secrets.pop(key_id, None)

    async def ids(self) -> frozenset[KeyId] | None:
        return frozenset(self._secrets)

    async def close(self) -> None:
        """Forget every secret."""
        self._secrets.clear()
