"""Stage: one window after the other in one run: the profile's own, the demo, a restored profile."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

from kraken_desk.domain.errors import KrakenDeskError
from kraken_desk.domain.secrets import Passphrase
from kraken_desk.services.profile_doors import FirstSteps

if TYPE_CHECKING:
    from kraken_desk.services.backup import BackupReport

Next = Callable[[], Awaitable[KrakenDeskError | None]]
"""What to do between two windows; an error is told in the second one."""


class Stage:
    """Says when the present window ends and what comes after it; a signal to the process ends everything."""

    def __init__(self) -> None:
        self.stop = asyncio.Event()
        self._next: Next | None = None
        self._ended = False
        if os.name != "nt":
            loop = asyncio.get_running_loop()
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, self.end)

    @property
    def ended(self) -> bool:
        """Say whether the program is to end."""
        return self._ended

    def end(self) -> None:
        """End this window and open no other."""
        self._ended = True
        self.stop.set()

    def lead_to(self, work: Next) -> None:
        """End this window, do the work, and open the profile's window again."""
        self._next = work
        self.stop.set()

    def set_scene(self) -> asyncio.Event:
        """Return the event that ends the next window; it has happened already where everything ends."""
        self.stop = asyncio.Event()
        if self._ended:
            self.stop.set()
        return self.stop

    def take_next(self) -> Next | None:
        """Return what comes now; None when the program ends."""
        work, self._next = self._next, None
        return None if self._ended else work


def first_steps(stage: Stage, home: Path, visit: Next, *, empty: bool) -> FirstSteps:
    """Return where the profile's window can lead; the work behind it is imported when it is wanted."""

    async def look_into(file: Path, passphrase: Passphrase) -> BackupReport:
        from kraken_desk.app.backups import look_into

        return await look_into(home, file, passphrase)

    def restore(file: Path, passphrase: Passphrase) -> None:
        async def put_back() -> KrakenDeskError | None:
            from kraken_desk.app.backups import put_back

            return await put_back(home, file, passphrase)

        stage.lead_to(put_back)

    return FirstSteps(lambda: stage.lead_to(visit), look_into, restore, empty)
