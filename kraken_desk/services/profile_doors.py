"""What belongs to the profile and not to one environment, for the window."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kraken_desk.domain.preferences import Preferences
from kraken_desk.services.preferences import PreferencesFile, PreferencesService

if TYPE_CHECKING:  # the demo locks nothing
    from kraken_desk.services.locking import LockService


class NoFile:
    """Keeps preferences for as long as the window is open."""

    def __init__(self) -> None:
        self._text: str | None = None

    def read(self) -> str | None:
        return self._text

    def write(self, text: str, *, keep_old: bool) -> None:
        del keep_old
        self._text = text


def unkept(usual: Preferences | None = None) -> PreferencesService:
    """Return preferences that last as long as the window."""
    file: PreferencesFile = NoFile()
    return PreferencesService(file, usual)


@dataclass(frozen=True)
class ProfileDoors:
    """`locking` is None where nothing can be locked, as in the demo."""

    preferences: PreferencesService = field(default_factory=unkept)
    locking: LockService | None = None
