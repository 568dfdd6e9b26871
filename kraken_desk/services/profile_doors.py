"""What belongs to the profile and not to one environment, for the window."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kraken_desk.domain.preferences import Preferences
from kraken_desk.services.preferences import PreferencesFile, PreferencesService

if TYPE_CHECKING:  # the demo locks nothing
    from kraken_desk.domain.secrets import Passphrase
    from kraken_desk.services.backup import BackupReport
    from kraken_desk.services.diagnosis import Diagnosis
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
class FirstSteps:
    """How a window leads elsewhere: it closes, and another one opens in its place.

    `visit_demo` shows the built-in exchange until its window closes. `look_into` opens a backup and
    says what it holds; `restore` puts it in place of this profile, and only where `empty` says that
    the profile holds no key.
    """

    visit_demo: Callable[[], None]
    look_into: Callable[[Path, Passphrase], Awaitable[BackupReport]]
    restore: Callable[[Path, Passphrase], None]
    empty: bool = True


@dataclass(frozen=True)
class ProfileDoors:
    """`locking` is None where nothing can be locked, as in the demo.

    `first_steps` is None where there is no other window to lead to, `leave_demo` where this one is no visit.
    `examine` looks at machine and profile; `repair` closes the window for the repair of its database.
    """

    preferences: PreferencesService = field(default_factory=unkept)
    locking: LockService | None = None
    first_steps: FirstSteps | None = None
    leave_demo: Callable[[], None] | None = None
    examine: Callable[[], Coroutine[Any, Any, tuple[Diagnosis, ...]]] | None = None
    repair: Callable[[], None] | None = None
