"""An AuditStore in memory."""

from __future__ import annotations

from collections.abc import Iterable

from kraken_desk.domain.drift import DriftEvent
from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.hosts import Host, HostId
from kraken_desk.domain.mutes import Mute
from kraken_desk.domain.roles import Role


class MemoryAuditStore:
    """Roles, hosts, mutes and drift, as a test left them."""

    def __init__(self) -> None:
        self._roles: tuple[Role, ...] = ()
        self._hosts: dict[HostId, Host] = {}
        self._mutes: dict[tuple[str, str, str], Mute] = {}
        self.events: list[DriftEvent] = []

    async def edited_roles(self) -> tuple[Role, ...]:
        return self._roles

    async def replace_roles(self, roles: Iterable[Role]) -> None:
        self._roles = tuple(roles)

    async def hosts(self) -> tuple[Host, ...]:
        return tuple(self._hosts.values())

    async def save_host(self, host: Host) -> None:
        self._hosts[host.host_id] = host

    async def remove_host(self, host_id: HostId) -> None:
        self._hosts.pop(host_id, None)

    async def mutes(self, environment: EnvironmentName) -> tuple[Mute, ...]:
        return tuple(m for m in self._mutes.values() if m.environment == environment)

    async def save_mutes(self, mutes: Iterable[Mute]) -> None:
        for mute in mutes:
            self._mutes[(mute.environment, mute.rule, mute.subject)] = mute

    async def remove_mute(self, environment: EnvironmentName, rule: str, subject: str) -> None:
        self._mutes.pop((environment, rule, subject), None)

    async def drift(self, environment: EnvironmentName) -> tuple[DriftEvent, ...]:
        del environment
        return tuple(reversed(self.events))
