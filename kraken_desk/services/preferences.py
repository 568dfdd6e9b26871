"""Preferences of the program: one value that the window follows, kept in one file."""

from __future__ import annotations

import asyncio
from typing import Protocol

from kraken_desk.domain.errors import InputError
from kraken_desk.domain.preferences import Preferences, preferences_from, preferences_text
from kraken_desk.services.topics import Topic


class PreferencesFile(Protocol):
    """The file; both calls may take as long as a disk does."""

    def read(self) -> str | None:
        """Return its text, None when there is none yet; raises InputError when it cannot be read."""
        ...

    def write(self, text: str, *, keep_old: bool) -> None:
        """Replace it as a whole; with `keep_old` what stood in it is kept beside it."""
        ...


class PreferencesService:
    """`preferences` is what counts; `problem` says why the file was not used."""

    def __init__(self, file: PreferencesFile, usual: Preferences | None = None) -> None:
        self._file = file
        self._turn = asyncio.Lock()
        self.preferences: Topic[Preferences] = Topic(usual or Preferences())
        self.problem: Topic[InputError | None] = Topic(None)

    def load(self) -> Preferences:
        """Read the file; one that cannot be used leaves the usual preferences and a problem."""
        try:
            text = self._file.read()
            found = preferences_from(text) if text is not None else Preferences()
        except InputError as error:
            self.problem.publish(error)
        else:
            self.preferences.publish(found)
            self.problem.publish(None)
        return self.preferences.value

    async def change(self, preferences: Preferences) -> None:
        """Let other preferences count at once and write them; raises InputError when that fails."""
        self.choose(preferences)
        await self.write()

    def choose(self, preferences: Preferences) -> None:
        """Let other preferences count; `write` keeps them."""
        self.preferences.publish(preferences)

    async def write(self) -> None:
        """Write what counts now; raises InputError when that fails."""
        async with self._turn:
            broken = self.problem.value is not None
            text = preferences_text(self.preferences.value)
            await asyncio.to_thread(self._file.write, text, keep_old=broken)
            self.problem.publish(None)
