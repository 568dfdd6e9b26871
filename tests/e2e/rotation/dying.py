"""A program that takes one step of a rotation and is killed before its n-th write; run by the tests.

Arguments: home, environment, key name, step, n. The pair for `paste` comes on standard input. Writes are
those to the keychain and to the store; the call to Kraken counts as one too. It ends with code 0 when
the step needed fewer writes.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

from kraken_desk.app.profile import open_profile
from kraken_desk.domain.secrets import ApiSecret

WRITES = {"put", "remove", "begin", "save", "save_check", "ask_once"}


class Countdown:
    """Kills this process when the given number of writes have been made."""

    def __init__(self, number: int) -> None:
        self.left = number

    def write(self) -> None:
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self.left -= 1


class Watched:
    """Passes everything on; counts what writes."""

    def __init__(self, real: object, countdown: Countdown) -> None:
        self._real = real
        self._countdown = countdown

    def __getattr__(self, name: str) -> Any:  # whatever the real thing has
        method = getattr(self._real, name)
        if name not in WRITES:
            return method

        async def call(*arguments: object, **named: object) -> object:
            self._countdown.write()
            return await method(*arguments, **named)

        return call


async def main() -> None:
    home, environment, name, step, number = sys.argv[1:]
    countdown = Countdown(int(number))
    async with open_profile(Path(home)) as profile:
        desk = await profile.desk(environment)
        service: Any = desk.rotations
        for part in ("_vault", "_store", "_fleet", "_keys"):
            setattr(service, part, Watched(getattr(service, part), countdown))
        slot_id = desk.fleet.slot_named(name).slot_id
        if step == "paste":
            api_key, secret = sys.stdin.read().split()
            await service.paste(slot_id, api_key, ApiSecret(secret))
        else:
            await getattr(service, step)(slot_id)


if __name__ == "__main__":
    asyncio.run(main())
