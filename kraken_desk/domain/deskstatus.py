"""The state of the desk itself: keychain, connection and lockout, for the status bar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kraken_desk.domain.environments import Environment
from kraken_desk.domain.keys import Problem


@dataclass(frozen=True, slots=True)
class VaultDescription:
    """Which keychain holds the secrets: its name, whether it is usable, and why not."""

    name: str
    usable: bool
    persistent: bool
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class DeskStatus:
    """What the status bar shows."""

    environment: Environment
    vault: VaultDescription | None = None
    locked_out_until: datetime | None = None
    connection: Problem | None = None
    reached_at: datetime | None = None
