"""A program that takes one step of a rotation and is killed before its n-th write; run by the tests.

Each line of its standard input is a list in JSON: home, environment, key name, step, n, and the pair for
`paste`. A fork of this process, which has imported everything, takes the step; its exit code is printed.
Writes are those to the keychain and to the store; the call to Kraken counts as one too. The code is 0
when the step needed fewer writes.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import tempfile
import threading
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any

from kraken_desk.app.profile import open_profile
from kraken_desk.domain.errors import KrakenDeskError
from kraken_desk.domain.keys import Venue
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


async def main(home: str, environment: str, name: str, step: str, number: int, pair: str) -> None:
    countdown = Countdown(number)
    async with open_profile(Path(home)) as profile:
        desk = await profile.desk(environment)
        service: Any = desk.rotations
        for part in ("_vault", "_store", "_fleet", "_keys"):
            setattr(service, part, Watched(getattr(service, part), countdown))
        slot_id = desk.fleet.slot_named(name).slot_id
        if step == "paste":
            api_key, secret = pair.split()
            await service.paste(slot_id, api_key, ApiSecret(secret))
        else:
            await getattr(service, step)(slot_id)


async def warm_up(home: Path) -> None:
    """Import what a step imports, on a profile of no consequence."""
    async with open_profile(home) as profile:
        urls = dict.fromkeys(("spot_url", "futures_url"), "http://127.0.0.1:9")
        await profile.environments.add("nowhere", "custom", **urls)
        desk = await profile.desk("nowhere")
        with suppress(KrakenDeskError):
            await desk.keys.accept_pair(Venue.SPOT, "x" * 56, ApiSecret("eA=="))


def taken(job: list[Any]) -> int:
    """Take a step, and return the exit code of the process that did."""
    try:
        asyncio.run(main(*job))
    except BaseException:  # noqa: BLE001  # shown, whatever it is
        traceback.print_exc()
        return 1
    return 0


def serve() -> None:
    with tempfile.TemporaryDirectory() as home:
        asyncio.run(warm_up(Path(home)))
    assert threading.active_count() == 1, "a process with threads must not be forked"
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            os._exit(taken(json.loads(line)))
        _, status = os.waitpid(pid, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
