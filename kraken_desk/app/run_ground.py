"""What a run stands on: a profile without an event loop, or whatever else offers the same."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Protocol

from kraken_desk.domain.values import dataclass
from kraken_desk.keychain.at_once import secret_at_once

if TYPE_CHECKING:
    from kraken_desk.app.child import Wait
    from kraken_desk.domain.environments import Environment
    from kraken_desk.domain.keys import KeyId, KeySlot
    from kraken_desk.domain.secrets import ApiSecret
    from kraken_desk.services.leases import LeasesService
    from kraken_desk.store import Store


class Secrets(Protocol):
    """Where a run gets its one secret."""

    async def get(self, key_id: KeyId) -> ApiSecret: ...


@dataclass(frozen=True, slots=True)
class Ground:
    """The parts of a profile, or of the demo, that a run uses.

    `wait` awaits the child's end, however one waits there; `token` asks Kraken for a WebSocket token,
    None where that cannot be waited for.
    """

    store: Store
    leases: LeasesService
    vault: Secrets
    environments: tuple[Environment, ...]
    wait: Wait
    token: Callable[[Environment, KeySlot], Awaitable[ApiSecret]] | None = None


async def done_at_once(work: Callable[[], int]) -> int:
    """Wait by doing nothing else."""
    return work()


class VaultAtOnce:
    """Reads a secret now where that is possible, else as the vault does, in an event loop of its own."""

    async def get(self, key_id: KeyId) -> ApiSecret:
        found = secret_at_once(key_id)
        return _patiently(key_id) if found is None else found


def _patiently(key_id: KeyId) -> ApiSecret:
    import asyncio

    from kraken_desk.app.logs import set_up_usual_logging

    set_up_usual_logging()  # libraries speak there, and must not without the mask
    return asyncio.run(_by_the_vault(key_id))


async def _by_the_vault(key_id: KeyId) -> ApiSecret:
    from kraken_desk.keychain.vault import KeyringVault

    vault = KeyringVault()
    try:
        return await vault.get(key_id)
    finally:
        await vault.close()
