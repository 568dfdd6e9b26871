"""Locking the window: why it locks, what it waits for, how wrong passphrases are slowed down."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from kraken_desk.domain.values import dataclass

SHORTEST_PASSPHRASE = 8
"""Characters. A wrong guess costs the guesser a good part of a second, and waits grow."""

FREE_TRIES = 3
LONGEST_WAIT = timedelta(minutes=5)


class LockReason(StrEnum):
    """Why the window was locked; the text is shown."""

    REQUEST = "on request"
    IDLE = "nobody was here"
    SCREEN = "the screen was locked"
    SUSPEND = "the machine slept"
    START = "the program started"


@dataclass(frozen=True, slots=True)
class LockPolicy:
    """When the window locks by itself; `idle` None means never for want of activity.

    `by_system`: the operating system's own question unlocks as well as the passphrase does.
    """

    idle: timedelta | None = timedelta(minutes=10)
    on_screen_lock: bool = True
    on_suspend: bool = True
    by_system: bool = False


@dataclass(frozen=True, slots=True)
class LockState:
    """Whether the window is locked, since when and why.

    `has_passphrase` and `by_system` False: a click unlocks. `wait_until` is set while another try of the
    passphrase would be refused.
    """

    locked: bool = False
    reason: LockReason | None = None
    since: datetime | None = None
    has_passphrase: bool = False
    wait_until: datetime | None = None
    by_system: bool = False

    @property
    def by_click(self) -> bool:
        return not self.has_passphrase and not self.by_system


def wait_after(wrong_tries: int) -> timedelta:
    """Return how long the next try waits: nothing at first, then doubling from 2 s up to 5 minutes."""
    if wrong_tries < FREE_TRIES:
        return timedelta(0)
    return min(timedelta(seconds=2.0 ** min(wrong_tries - FREE_TRIES + 1, 16)), LONGEST_WAIT)


def weakness(passphrase: str) -> str:
    """Say why a text is no good as a passphrase, or nothing."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        return f"A passphrase has at least {SHORTEST_PASSPHRASE} characters."
    if len(set(passphrase)) < 4:
        return "A passphrase of so few different characters is quickly guessed."
    return ""
