"""Hosts of a profile: named once, used wherever addresses are asked for or judged."""

from __future__ import annotations

import secrets

from kraken_desk.domain.hosts import Host, HostId, checked_host, host_named
from kraken_desk.services.audit_ports import AuditStore
from kraken_desk.services.topics import Topic


class HostsService:
    """Keeps `hosts` true to the store; nobody is asked for an address, it is what was typed in."""

    def __init__(self, store: AuditStore) -> None:
        self._store = store
        self.hosts: Topic[tuple[Host, ...]] = Topic(())

    async def load(self) -> tuple[Host, ...]:
        """Read the hosts, also what another process has changed."""
        self.hosts.publish(await self._store.hosts())
        return self.hosts.value

    async def named(self, name: str) -> Host:
        """Find a host; raises UnknownNameError."""
        return host_named(name, await self.load())

    async def add(
        self, name: str, addresses: tuple[str, ...], *, note: str = "", this_machine: bool = False
    ) -> Host:
        """Name a host; raises InputError for an address that is none, or a name that is taken."""
        return await self.save(Host(HostId(secrets.token_hex(8)), name, addresses, note, this_machine))

    async def save(self, host: Host) -> Host:
        """Change or add a host; raises InputError when it cannot be used."""
        clean = checked_host(host, await self.load())
        await self._store.save_host(clean)
        await self.load()
        return clean

    async def remove(self, name: str) -> Host:
        """Forget a host; keys are not touched."""
        host = await self.named(name)
        await self._store.remove_host(host.host_id)
        await self.load()
        return host
