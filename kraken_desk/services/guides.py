"""Guides to new keys: role, process, account and hosts by name, as the profile knows them."""

from __future__ import annotations

from kraken_desk.domain.clients import known_client
from kraken_desk.domain.environments import Environment
from kraken_desk.domain.hosts import host_named
from kraken_desk.domain.key_guide import GuideRequest, KeyGuide, guide
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.plain_names import plain_name
from kraken_desk.services.fleet import FleetService
from kraken_desk.services.hosts import HostsService
from kraken_desk.services.ports import Clock
from kraken_desk.services.roles import RolesService


class GuidesService:
    """Works out what to type; asks nobody and makes nothing."""

    def __init__(
        self,
        environment: Environment,
        fleet: FleetService,
        roles: RolesService,
        hosts: HostsService,
        clock: Clock,
    ) -> None:
        self._environment = environment
        self._fleet = fleet
        self._roles = roles
        self._hosts = hosts
        self._clock = clock

    async def guide(
        self,
        *,
        role: str,
        process: str,
        account: str,
        venue: Venue,
        client: str = "",
        hosts: tuple[str, ...] = (),
    ) -> KeyGuide:
        """Return the guide; raises UnknownNameError, and InputError for a role without rights there."""
        known = await self._hosts.load()
        request = GuideRequest(
            role=await self._roles.named(role),
            process=plain_name(process, what="A process's name"),
            account=self._fleet.account_named(account),
            venue=venue,
            client=known_client(client),
            hosts=tuple(host_named(name, known) for name in hosts),
            taken=tuple(slot.name for slot in self._fleet.slots()),
        )
        return guide(request, self._environment, self._clock.now())
