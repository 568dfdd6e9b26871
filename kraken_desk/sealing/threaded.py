"""PassphraseSeal: passphrase work on a thread, so that the window goes on while memory is filled."""

from __future__ import annotations

import asyncio

from kraken_desk.domain.secrets import Passphrase
from kraken_desk.sealing import sealed_file, verifier
from kraken_desk.sealing.derivation import Cost


class ThreadedSeal:
    """The PassphraseSeal port; `cost` is lowered by tests only."""

    def __init__(self, cost: Cost | None = None) -> None:
        self._cost = cost

    async def make_verifier(self, passphrase: Passphrase) -> str:
        return await asyncio.to_thread(verifier.make_verifier, passphrase, self._cost)

    async def is_right(self, passphrase: Passphrase, verifier_text: str) -> bool:
        return await asyncio.to_thread(verifier.is_right, passphrase, verifier_text)

    async def seal(self, content: bytes, passphrase: Passphrase) -> bytes:
        return await asyncio.to_thread(sealed_file.seal, content, passphrase, self._cost)

    async def open(self, sealed: bytes, passphrase: Passphrase) -> bytes:
        return await asyncio.to_thread(sealed_file.open_sealed, sealed, passphrase)
