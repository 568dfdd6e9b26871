"""Leases: which process of this machine uses a key slot at the moment."""

from __future__ import annotations

import re
from datetime import datetime
from enum import Enum
from typing import NewType

from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.keys import SlotId
from kraken_desk.domain.values import dataclass

LeaseId = NewType("LeaseId", str)


@dataclass(frozen=True, slots=True)
class ProcessMark:
    """A process that cannot be mistaken for a later one with its number.

    `started` is the operating system's own note of the start, "" where it keeps none for others.
    """

    pid: int
    started: str = ""


class Signalled(Enum):
    """What became of asking a process to end."""

    SENT = "sent"
    GONE = "gone"
    """It has ended; its number may be another process's by now."""
    FORBIDDEN = "forbidden"
    UNCERTAIN = "uncertain"
    """The system does not tell processes of one number apart, so none was touched."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A slot in the hands of one process, as it is shown; the lock decides whether it still holds.

    `command` is the program's name without its arguments; `child` the process that got the
    credentials, once it has started.
    """

    lease_id: LeaseId
    slot_id: SlotId
    environment: EnvironmentName
    holder: ProcessMark
    host: str
    since: datetime
    command: str
    child: ProcessMark | None = None
    ended_at: datetime | None = None


def program_name(command: tuple[str, ...]) -> str:
    """Return what a command is called without its path and arguments, which may hold anything."""
    return re.split(r"[/\\]", command[0])[-1][:60] if command else ""
