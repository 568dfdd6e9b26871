"""The desk's own state: keychain, connection and lockout."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from kraken_desk.domain.deskstatus import DeskStatus, FeedReport, KeyRate, VaultDescription
from kraken_desk.domain.environments import Environment
from kraken_desk.domain.errors import KeychainError, KrakenDeskError
from kraken_desk.domain.guard_report import GuardReport
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.signer import Signer
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
        status = replace(self.status.value, vault=await self.describe_vault())
        problems, offsets = [], []
        for venue in self._gateways:
            try:
                answer = await self.server_status(venue)
            except KrakenDeskError as error:
                problems.append(problem_of(error))
            else:
                offsets += [(venue, answer.offset_s)] if answer.offset_s is not None else []
        reached_at = status.reached_at if problems else self._clock.now()
        connection = problems[0] if problems else None
        locked_out_until = await self._guard.locked_out_until(self._environment.name)
        latest = self.status.value  # feeds and rates may have moved while the venues were asked
        status = replace(
            status,
            locked_out_until=locked_out_until,
            connection=connection,
            reached_at=reached_at,
            offsets=tuple(offsets),
            feeds=latest.feeds,
            rates=latest.rates,
        )
        self.status.publish(status)
        return status

    async def locked_out_until(self) -> datetime | None:
        """Return the end of a lockout that is running, and show it."""
        until = await self._guard.locked_out_until(self._environment.name)
        self.status.publish(replace(self.status.value, locked_out_until=until))
        return until

    def show_lockout(self, until: datetime) -> None:
        """Show a lockout at the moment at which a call of ours met it."""
        self.status.publish(replace(self.status.value, locked_out_until=until))

    def show_feeds(self, feeds: tuple[FeedReport, ...]) -> None:
        self.status.publish(replace(self.status.value, feeds=feeds))

    def show_rates(self, rates: tuple[KeyRate, ...]) -> None:
        self.status.publish(replace(self.status.value, rates=rates))

    async def describe_vault(self) -> VaultDescription:
        """Name the keychain; a failure is part of the description, not an exception."""
        try:
            return await self._vault.describe()
        except KeychainError as error:
            return VaultDescription("none", usable=False, persistent=False, problem=problem_of(error))

    async def guard_report(self, signers: Mapping[str, Signer]) -> GuardReport:
        """Return how the lockout guard sees this address and these keys."""
        return await self._guard.report(self._environment.name, signers)

    async def server_status(self, venue: Venue) -> ServerStatus:
        return await self._gateways[venue].server_status()
