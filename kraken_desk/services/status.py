"""The desk's own state: keychain, connection and lockout."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from kraken_desk.domain.deskstatus import DeskStatus, VaultDescription
from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import KeychainError, KrakenDeskError
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.venue_facts import ServerStatus
from kraken_desk.services.guard import LockoutGuard
from kraken_desk.services.keys import problem_of
from kraken_desk.services.ports import Clock, ExchangeGateway, KeyVault
from kraken_desk.services.topics import Topic


class StatusService:
    """Keeps `status` true; asks only public calls, which need no key."""

    def __init__(
        self,
        environment: Environment,
        gateways: Mapping[Venue, ExchangeGateway],
        vault: KeyVault,
        guard: LockoutGuard,
        clock: Clock,
    ) -> None:
        self._environment = environment
        self._gateways = gateways
        self._vault = vault
        self._guard = guard
        self._clock = clock
        self.status: Topic[DeskStatus] = Topic(DeskStatus(environment))

    async def refresh(self) -> DeskStatus:
        """Ask the keychain, the guard and each venue; failures become part of the status."""
        status = replace(
            self.status.value,
            vault=await self.describe_vault(),
            locked_out_until=await self._guard.locked_out_until(self._environment.name),
        )
        problems = []
        for venue in self._gateways:
            try:
                await self.server_status(venue)
            except KrakenDeskError as error:
                problems.append(problem_of(error))
        if problems:
            status = replace(status, connection=problems[0])
        else:
            status = replace(status, connection=None, reached_at=self._clock.now())
        self.status.publish(status)
        return status

    async def describe_vault(self) -> VaultDescription:
        """Name the keychain; a failure is part of the description, not an exception."""
        try:
            return await self._vault.describe()
        except KeychainError as error:
            return VaultDescription("none", usable=False, persistent=False, problem=problem_of(error))

    async def server_status(self, venue: Venue) -> ServerStatus:
        return await self._gateways[venue].server_status()
