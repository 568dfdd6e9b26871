"""Keys from passphrases: Argon2id (RFC 9106), with bounds on what a file may ask of this machine."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from kraken_desk.domain.errors import SealError
from kraken_desk.domain.secrets import Passphrase

SALT_BYTES = 16
KEY_BYTES = 32
MOST_MEMORY_KIB = 1024 * 1024
MOST_PASSES = 16
MOST_LANES = 16


@dataclass(frozen=True, slots=True)
class Cost:
    """What one derivation takes: kibibytes of memory, passes over it, parallel lanes.

    The default is RFC 9106's second recommendation (64 MiB, 3 passes, 4 lanes).
    """

    memory_kib: int = 64 * 1024
    passes: int = 3
    lanes: int = 4

    def check(self) -> None:
        """Refuse what is weak by mistake or would exhaust this machine; a file could ask for anything."""
        within = (
            8 * self.lanes <= self.memory_kib <= MOST_MEMORY_KIB
            and 1 <= self.passes <= MOST_PASSES
            and 1 <= self.lanes <= MOST_LANES
        )
        if not within:
            raise SealError(
                "The passphrase settings are not usable",
                f"They ask for {self.memory_kib} KiB, {self.passes} passes and {self.lanes} lanes.",
                "The file is damaged or was made to overload this machine.",
            )


def derive(passphrase: Passphrase, salt: bytes, cost: Cost) -> bytes:
    """Return the key of a passphrase; takes a good part of a second, so run it in a thread.

    The text is normalised (NFKC): keyboards differ in how they compose letters.
    """
    cost.check()
    text = unicodedata.normalize("NFKC", passphrase.reveal()).encode("utf-8", "surrogatepass")
    try:
        return Argon2id(
            salt=salt,
            length=KEY_BYTES,
            iterations=cost.passes,
            lanes=cost.lanes,
            memory_cost=cost.memory_kib,
        ).derive(text)
    except (UnsupportedAlgorithm, MemoryError) as error:
        raise SealError(
            "The passphrase cannot be checked",
            f"{type(error).__name__}: this machine's cryptography cannot run Argon2id here.",
            "Close other programs, or install Kraken Desk's own packages.",
        ) from None
