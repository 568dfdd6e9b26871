"""The port of what a fleet is judged by: roles, hosts, mutes and noticed changes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from kraken_desk.domain.drift import DriftEvent
from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.hosts import Host, HostId
from kraken_desk.domain.mutes import Mute
from kraken_desk.domain.roles import Role


class AuditStore(Protocol):
    """Kept in the profile; drift is written with each check by the store itself."""

    async def edited_roles(self) -> tuple[Role, ...]: ...

    async def replace_roles(self, roles: Iterable[Role]) -> None:
        """Make these the edited roles, all at once; none gives the starting table back."""
        ...

    async def hosts(self) -> tuple[Host, ...]:
        """Return the hosts in the order in which they were first saved."""
        ...

    async def save_host(self, host: Host) -> None:
        """Insert or update by id; at most one host is this machine."""
        ...

    async def remove_host(self, host_id: HostId) -> None: ...

    async def mutes(self, environment: EnvironmentName) -> tuple[Mute, ...]: ...

    async def save_mutes(self, mutes: Iterable[Mute]) -> None:
        """Insert or replace, all at once."""
        ...

    async def remove_mute(self, environment: EnvironmentName, rule: str, subject: str) -> None: ...

    async def drift(self, environment: EnvironmentName) -> tuple[DriftEvent, ...]:
        """Return the changes noticed of the environment's present keys, newest first."""
        ...
