"""Upkeep of a profile: is its database whole, has every key its secret, what lies about in its directory.

Looks only. Items of the keychain that no key of this profile refers to are counted and never removed:
another profile of this computer may own them.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Protocol

from kraken_desk.domain.errors import KeychainError, KrakenDeskError
from kraken_desk.domain.keys import KeyId
from kraken_desk.services.diagnosis import Diagnosis
from kraken_desk.services.leases import LeasesService

REPAIR_HINT = (
    "Repair it: kraken-desk doctor --repair, or “Repair…” in the window. Nothing is destroyed by it."
)
_KEPT = ("damaged-*", "*.before-restore-*")
_LEFT = (".repair-*", "*.restored")


class StoreLook(Protocol):
    """What the store tells about itself."""

    async def integrity(self) -> tuple[str, ...]:
        """Return what is wrong with the database, in SQLite's words; nothing when it is whole."""
        ...

    async def all_key_ids(self) -> tuple[KeyId, ...]: ...


class SecretIndex(Protocol):
    """Which secrets the keychain holds, told without reading any."""

    async def ids(self) -> frozenset[KeyId] | None:
        """Return the ids of our items, of every profile; None where the keychain cannot list them."""
        ...


class Upkeep:
    """Examines one open profile."""

    def __init__(self, store: StoreLook, secrets: SecretIndex, leases: LeasesService, home: Path) -> None:
        self._store, self._secrets, self._leases, self._home = store, secrets, leases, home

    async def examine(self) -> tuple[Diagnosis, ...]:
        """Examine database, secrets, leases and files; a part that fails says so and hides no other."""
        return (
            await self._database(),
            await self._secrets_of_keys(),
            await self._held(),
            await asyncio.to_thread(_files_blocking, self._home),
        )

    async def _database(self) -> Diagnosis:
        try:
            problems = await self._store.integrity()
        except KrakenDeskError as error:
            return Diagnosis("database", False, f"{error.title}. {error.detail}", REPAIR_HINT)
        if not problems:
            return Diagnosis("database", True, "every page and every reference is whole")
        more = f", and {len(problems) - 1} more" if len(problems) > 1 else ""
        return Diagnosis("database", False, f"{problems[0]}{more}", REPAIR_HINT)

    async def _secrets_of_keys(self) -> Diagnosis:
        """Compare the keys with the keychain's items; no secret is read for it."""
        try:
            wanted = frozenset(await self._store.all_key_ids())
            held = await self._secrets.ids()
        except KeychainError as error:  # the check of the keychain says the rest
            return Diagnosis("secrets", False, f"not compared with the keys. {error.title}.")
        except KrakenDeskError as error:
            return Diagnosis("secrets", False, f"{error.title}. {error.detail}", error.hint)
        if held is None:
            return Diagnosis(
                "secrets", True, "this keychain does not list its items, so they were not compared"
            )
        others = len(held - wanted)
        beside = f"; {others} items belong to no key here, perhaps to another profile" if others else ""
        missing = len(wanted - held)
        if missing:
            return Diagnosis(
                "secrets",
                False,
                f"{missing} of {len(wanted)} keys have no secret in the keychain{beside}",
                "Add these keys again, or restore a backup with secrets.",
            )
        return Diagnosis("secrets", True, f"all {len(wanted)} keys have their secret{beside}")

    async def _held(self) -> Diagnosis:
        try:
            held = await self._leases.current()
        except KrakenDeskError as error:
            return Diagnosis("leases", False, f"{error.title}. {error.detail}", error.hint)
        return Diagnosis("leases", True, f"{len(held)} keys are held by running processes")


def _files_blocking(home: Path) -> Diagnosis:
    """Look for what repairs and restores have kept, and for what was cut off."""
    kept = sorted(path.name for pattern in _KEPT for path in home.glob(pattern))
    left = sorted(path.name for pattern in _LEFT for path in home.glob(pattern))
    if left:
        return Diagnosis(
            "files",
            False,
            f"{', '.join(left)}: left behind by something that was cut off",
            "Delete it once no Kraken Desk is running; nothing needs it.",
        )
    if kept:
        words = "1 former database is kept" if len(kept) == 1 else f"{len(kept)} former databases are kept"
        return Diagnosis("files", True, f"{words}: {', '.join(kept)}")
    return Diagnosis("files", True, "nothing is left over")
