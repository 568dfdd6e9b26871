"""Puts the backup service on its adapters: for an open profile, and for one that is to come back."""

from __future__ import annotations

import asyncio
from pathlib import Path

from kraken_desk.app.clock import SystemClock
from kraken_desk.app.paths import database_path, profile_home
from kraken_desk.domain.errors import KrakenDeskError
from kraken_desk.domain.keys import KeyId
from kraken_desk.domain.secrets import Passphrase
from kraken_desk.keychain.vault import KeyringVault
from kraken_desk.sealing.threaded import ThreadedSeal
from kraken_desk.services.backup import BackupReport, BackupService
from kraken_desk.services.backup_file import read_blocking
from kraken_desk.services.ports import Clock, KeyVault
from kraken_desk.store import Store
from kraken_desk.store.backup import ProfileSource, ProfileTarget


def backups_of(store: Store, vault: KeyVault, clock: Clock) -> BackupService:
    """Return the backups of an open profile."""
    return BackupService(ProfileSource(store), ProfileTarget(store.path), vault, ThreadedSeal(), clock)


def restore(home: Path | None, sealed: bytes, passphrase: Passphrase, *, replace: bool) -> BackupReport:
    """Bring a profile back; its database is not opened before it is whole."""
    return asyncio.run(_restore(profile_home(home), sealed, passphrase, replace=replace))


async def look_into(home: Path, file: Path, passphrase: Passphrase) -> BackupReport:
    """Say what a backup holds and whether it restores; the keychain is not asked."""
    sealed = await asyncio.to_thread(read_blocking, file)
    return await _closed_profile(home, KeyringVault()).drill(sealed, passphrase)


async def put_back(home: Path, file: Path, passphrase: Passphrase) -> KrakenDeskError | None:
    """Put a backup in place of a closed profile, which is kept beside it; return what failed."""
    try:
        sealed = await asyncio.to_thread(read_blocking, file)
        await _restore(home, sealed, passphrase, replace=True)
    except KrakenDeskError as error:
        return error
    return None


async def _restore(home: Path, sealed: bytes, passphrase: Passphrase, *, replace: bool) -> BackupReport:
    vault = KeyringVault()
    try:
        return await _closed_profile(home, vault).restore(sealed, passphrase, replace=replace)
    finally:
        await vault.close()


def _closed_profile(home: Path, vault: KeyVault) -> BackupService:
    return BackupService(_Nothing(), ProfileTarget(database_path(home)), vault, ThreadedSeal(), SystemClock())


class _Nothing:
    """No profile is open while one is restored."""

    async def snapshot(self) -> bytes:
        raise RuntimeError("a restore takes nothing from the present profile")

    async def all_key_ids(self) -> tuple[KeyId, ...]:
        raise RuntimeError("a restore takes nothing from the present profile")
