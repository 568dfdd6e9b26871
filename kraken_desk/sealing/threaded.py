"""PassphraseSeal: passphrase work on a thread, so that the window goes on while memory is filled.

The cryptography is imported there too, when a passphrase is first worked on: no start waits for it.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from kraken_desk.domain.secrets import Passphrase

if TYPE_CHECKING:
    from kraken_desk.sealing.derivation import Cost


class ThreadedSeal:
    """The PassphraseSeal port; `cost` is lowered by tests only."""

    def __init__(self, cost: Cost | None = None) -> None:
        self._cost = cost

    async def make_verifier(self, passphrase: Passphrase) -> str:
        def work() -> str:
            from kraken_desk.sealing.verifier import make_verifier

            return make_verifier(passphrase, self._cost)

        return await asyncio.to_thread(work)

    async def is_right(self, passphrase: Passphrase, verifier_text: str) -> bool:
        def work() -> bool:
            from kraken_desk.sealing.verifier import is_right

            return is_right(passphrase, verifier_text)

        return await asyncio.to_thread(work)

    async def seal(self, content: bytes, passphrase: Passphrase) -> bytes:
        def work() -> bytes:
            from kraken_desk.sealing.sealed_file import seal

            return seal(content, passphrase, self._cost)

        return await asyncio.to_thread(work)

    async def open(self, sealed: bytes, passphrase: Passphrase) -> bytes:
        def work() -> bytes:
            from kraken_desk.sealing.sealed_file import open_sealed

            return open_sealed(sealed, passphrase)

        return await asyncio.to_thread(work)
