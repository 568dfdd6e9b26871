"""Backups: the whole profile in one sealed file, a drill that proves that it restores, the restore.

Without secrets a backup brings back accounts, keys' names and facts, the journal and settings; with
them also the private halves of the keys, which is the one case where a secret leaves the keychain
for a file. Only sealed, only when asked for.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from kraken_desk.domain.errors import InputError, KeychainError, SealError, SecretMissingError
from kraken_desk.domain.keys import KeyId
from kraken_desk.domain.locking import weakness
from kraken_desk.domain.secrets import ApiSecret, Passphrase
from kraken_desk.services.lock_ports import BackupSource, BackupTarget, PassphraseSeal
from kraken_desk.services.ports import Clock, KeyVault

MOST_BYTES = 1024 * 1024 * 1024
"""No profile comes near; a file that unpacks to more was made to fill the memory."""


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What a backup holds: when it was made, rows by kind, how many secrets, and keys without theirs."""

    made_at: datetime
    holds: tuple[tuple[str, int], ...]
    secrets: int
    missing: int
    former: str = ""


@dataclass(frozen=True, slots=True)
class _Content:
    made_at: datetime
    database: bytes
    secrets: Mapping[KeyId, ApiSecret]
    missing: int


class BackupService:
    """Makes, tries and restores backups of one profile."""

    def __init__(
        self, source: BackupSource, target: BackupTarget, vault: KeyVault, seal: PassphraseSeal, clock: Clock
    ) -> None:
        self._source = source
        self._target = target
        self._vault = vault
        self._seal = seal
        self._clock = clock

    async def make(self, passphrase: Passphrase, *, with_secrets: bool) -> bytes:
        """Return the sealed backup; secrets that the keychain does not hold are counted, not invented."""
        if reason := weakness(passphrase.reveal()):
            raise InputError("The passphrase is too weak", reason, "Several words are easy to remember.")
        secrets: dict[str, str] = {}
        missing = 0
        for key_id in await self._source.all_key_ids() if with_secrets else ():
            try:
                secrets[key_id] = (await self._vault.get(key_id)).reveal()
            except SecretMissingError:
                missing += 1
        document = {
            "made_at": self._clock.now().isoformat(),
            "database": base64.b64encode(await self._source.snapshot()).decode("ascii"),
            "secrets": secrets,
            "missing": missing,
        }
        return await self._seal.seal(zlib.compress(json.dumps(document).encode()), passphrase)

    async def drill(self, sealed: bytes, passphrase: Passphrase) -> BackupReport:
        """Open the backup and unpack it in a place of its own; nothing of the profile changes."""
        content = await self._opened(sealed, passphrase)
        return await self._report(content)

    async def restore(self, sealed: bytes, passphrase: Passphrase, *, replace: bool = False) -> BackupReport:
        """Put the profile back. Secrets go in first: a crash then leaves items that nothing refers to.

        A secret that the keychain holds already is left as it is.
        """
        content = await self._opened(sealed, passphrase)
        report = await self._report(content)
        for key_id, secret in content.secrets.items():
            await self._put_back(key_id, secret)
        former = await self._target.write_profile(content.database, self._clock.now(), replace=replace)
        return BackupReport(report.made_at, report.holds, report.secrets, report.missing, former)

    async def _put_back(self, key_id: KeyId, secret: ApiSecret) -> None:
        try:
            present = await self._vault.get(key_id)
        except SecretMissingError:
            await self._vault.put(key_id, secret)
        else:
            if present != secret:
                raise KeychainError(
                    "The keychain holds another secret",
                    f"The item {key_id} is there with different content; nothing was overwritten.",
                    "Remove that item from the keychain if the backup's is the right one.",
                )

    async def _report(self, content: _Content) -> BackupReport:
        holds = await self._target.examine(content.database)
        return BackupReport(content.made_at, holds, len(content.secrets), content.missing)

    async def _opened(self, sealed: bytes, passphrase: Passphrase) -> _Content:
        packed = await self._seal.open(sealed, passphrase)
        try:
            document = json.loads(_unpacked(packed))
            return _Content(
                made_at=datetime.fromisoformat(document["made_at"]),
                database=base64.b64decode(document["database"], validate=True),
                secrets={KeyId(key): ApiSecret(text) for key, text in document["secrets"].items()},
                missing=int(document["missing"]),
            )
        except (ValueError, KeyError, TypeError, AttributeError, zlib.error):
            raise SealError(
                "The backup opens, but its content is not readable", "It was not made by this program."
            ) from None


def _unpacked(packed: bytes) -> bytes:
    unpacker = zlib.decompressobj()
    content = unpacker.decompress(packed, MOST_BYTES)
    if unpacker.unconsumed_tail or not unpacker.eof:
        raise ValueError("too large or cut short")
    return content
