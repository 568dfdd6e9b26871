"""Puts the backup service on its adapters: for an open profile, and for one that is to come back."""

from __future__ import annotations

import asyncio
from pathlib import Path

from kraken_desk.app.clock import SystemClock
from kraken_desk.app.paths import database_path, profile_home
from kraken_desk.domain.keys import KeyId
from kraken_desk.domain.secrets import Passphrase
from kraken_desk.keychain.vault import KeyringVault
from kraken_desk.sealing.threaded import ThreadedSeal
from kraken_desk.services.backup import BackupReport, BackupService
from kraken_desk.services.ports import Clock, KeyVault
from kraken_desk.store import Store
from kraken_desk.store.backup import ProfileSource, ProfileTarget


def backups_of(store: Store, vault: KeyVault, clock: Clock) -> BackupService:
    """Return the backups of an open profile."""
    return BackupService(ProfileSource(store), ProfileTarget(store.path), vault, ThreadedSeal(), clock)


def restore(home: Path | None, sealed: bytes, passphrase: Passphrase, *, replace: bool) -> BackupReport:
    """Bring a profile back; its database is not opened before it is whole."""
    vault = KeyringVault()
    target = ProfileTarget(database_path(profile_home(home)))
    service = BackupService(_Nothing(), target, vault, ThreadedSeal(), SystemClock())

    async def work() -> BackupReport:
        try:
            return await service.restore(sealed, passphrase, replace=replace)
        finally:
            await vault.close()

    return asyncio.run(work())


class _Nothing:
    """No profile is open while one is restored."""

    async def snapshot(self) -> bytes:
        raise RuntimeError("a restore takes nothing from the present profile")

    async def all_key_ids(self) -> tuple[KeyId, ...]:
        raise RuntimeError("a restore takes nothing from the present profile")
