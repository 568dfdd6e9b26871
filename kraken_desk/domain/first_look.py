"""What is known of a profile before anything of it is opened, judged or asked."""

from __future__ import annotations

from kraken_desk.domain.environments import Environment
from kraken_desk.domain.fleet import FleetSnapshot
from kraken_desk.domain.values import dataclass


@dataclass(frozen=True, slots=True)
class FirstLook:
    """The environment that the window opens, and its keys as they were stored."""

    environment: Environment
    fleet: FleetSnapshot
