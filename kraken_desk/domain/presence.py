"""The one state that stands beside the clock: the most urgent of what is going on."""

from __future__ import annotations

from enum import StrEnum

from kraken_desk.domain.levels import Level


class Presence(StrEnum):
    """Most urgent first; the value is shown in words."""

    LOCKED = "locked"
    UNKNOWN_TRANSFER = "a transfer's outcome is unknown"
    OFFLINE = "Kraken is not reached"
    FINDINGS = "there are findings"
    FINE = "all is fine"


def presence_of(*, locked: bool, unknown: bool, offline: bool, worst: Level) -> Presence:
    """Return what to show; a locked program tells nothing else."""
    if locked:
        return Presence.LOCKED
    if unknown:
        return Presence.UNKNOWN_TRANSFER
    if offline:
        return Presence.OFFLINE
    return Presence.FINDINGS if worst >= Level.MEDIUM else Presence.FINE
