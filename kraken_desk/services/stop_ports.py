"""The ports that the emergency stop stands on."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.leases import ProcessMark, Signalled
from kraken_desk.domain.stop import StopId, StopRun, StopStep


class StopStore(Protocol):
    """Stops and their steps; each write is durable when it returns."""

    async def begin(self, run: StopRun) -> None: ...

    async def save_step(self, stop_id: StopId, step: StopStep) -> None:
        """Write what a step has come to; a new step joins the list."""
        ...

    async def end(self, stop_id: StopId, at: datetime) -> None: ...

    async def runs(self, environment: EnvironmentName) -> tuple[StopRun, ...]:
        """Return the stops of an environment, newest first."""
        ...


class Processes(Protocol):
    """Processes of this machine, known by number and start."""

    def is_running(self, mark: ProcessMark) -> bool: ...

    def end(self, mark: ProcessMark, *, force: bool) -> Signalled:
        """Ask this very process to end, or make it end; never another one that has its number."""
        ...
