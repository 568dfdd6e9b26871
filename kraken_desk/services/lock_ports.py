"""What locking and backups need from the world."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from kraken_desk.domain.keys import KeyId
from kraken_desk.domain.secrets import Passphrase


class PassphraseSeal(Protocol):
    """Cryptography on passphrases; every call takes a good part of a second off the event loop."""

    async def make_verifier(self, passphrase: Passphrase) -> str:
        """Return a text that can check the passphrase and tells nothing of it."""
        ...

    async def is_right(self, passphrase: Passphrase, verifier_text: str) -> bool:
        """Tell whether it is the verifier's passphrase; raises SealError for a damaged verifier."""
        ...

    async def seal(self, content: bytes, passphrase: Passphrase) -> bytes: ...

    async def open(self, sealed: bytes, passphrase: Passphrase) -> bytes:
        """Return what was sealed; raises SealError when it does not open."""
        ...


class SystemQuestion(Protocol):
    """The operating system's own way to ask who is there; this program sees no password."""

    async def why_not(self) -> str:
        """Say why the system cannot be asked here, or nothing."""
        ...

    async def ask(self) -> None:
        """Let the system ask; raises SealError for a no and RuleError when it could not ask."""
        ...


class BackupSource(Protocol):
    """The profile's database as one piece, and the keys whose secrets belong to it."""

    async def snapshot(self) -> bytes:
        """Return a consistent copy of the database; it holds no secret."""
        ...

    async def all_key_ids(self) -> tuple[KeyId, ...]:
        """Return the ids of all secrets that the profile's slots refer to, in every environment."""
        ...


class BackupTarget(Protocol):
    """A directory that a backup is unpacked into."""

    async def write_profile(self, database: bytes, at: datetime, *, replace: bool) -> str:
        """Put the database in place at once or not at all, and return where the former one went.

        Raises ProfileExistsError when there is one and `replace` is false, or it is in use.
        """
        ...

    async def examine(self, database: bytes) -> tuple[tuple[str, int], ...]:
        """Open the copy in a place of its own, migrate and check it; return what it holds by name.

        Raises a StoreError when it does not open.
        """
        ...
