"""The audit: what is known of a fleet, judged by the domain's rules, muted where the operator said so."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from kraken_desk.domain.audit.blast import BlastReport, blast_radius, pot_worths
from kraken_desk.domain.audit.dossier import Dossier, dossier_of
from kraken_desk.domain.audit.evaluating import evaluate
from kraken_desk.domain.audit.facts import FleetFacts, KeyFacts, shape_of
from kraken_desk.domain.audit.findings import AuditReport, Finding
from kraken_desk.domain.audit.matrix import Matrix, matrix_of
from kraken_desk.domain.balances import BalancesSnapshot
from kraken_desk.domain.drift import DriftEvent
from kraken_desk.domain.environments import BUILT_IN, Environment, EnvironmentKind, EnvironmentName
from kraken_desk.domain.errors import UnknownNameError
from kraken_desk.domain.fleet import AccountNode, KeyNode
from kraken_desk.domain.keys import CheckOutcome, Venue
from kraken_desk.domain.money import Amount, Asset
from kraken_desk.domain.mutes import Mute, checked_mute
from kraken_desk.domain.roles import Role, role_called, role_of
from kraken_desk.services.audit_ports import AuditStore
from kraken_desk.services.fleet import FleetService
from kraken_desk.services.hosts import HostsService
from kraken_desk.services.ports import Clock, MetadataStore
from kraken_desk.services.rehearsal_ports import RehearsalStore
from kraken_desk.services.roles import RolesService
from kraken_desk.services.status import StatusService
from kraken_desk.services.topics import Topic


class AuditService:
    """Keeps `report` current when asked; until the first `refresh` it is not ready and shows nothing."""

    def __init__(
        self,
        environment: Environment,
        store: AuditStore,
        metadata: MetadataStore,
        fleet: FleetService,
        roles: RolesService,
        hosts: HostsService,
        status: StatusService,
        clock: Clock,
        rehearsals: RehearsalStore | None = None,
    ) -> None:
        """`rehearsals` are asked for what lower environments have accepted, also of keys that are gone."""
        self._environment = environment
        self._store = store
        self._metadata = metadata
        self._fleet = fleet
        self._roles = roles
        self._hosts = hosts
        self._status = status
        self._clock = clock
        self._rehearsals = rehearsals
        self._turn = asyncio.Lock()
        self.processes: tuple[str, ...] = ()
        self.report: Topic[AuditReport] = Topic(AuditReport(environment.name, clock.now(), ready=False))

    async def facts(self) -> FleetFacts:
        """Put together everything that is judged, as the fleet's snapshot and the store have it."""
        roles, hosts = await self._roles.load(), await self._hosts.load()
        snapshot, now = self._fleet.snapshot.value, self._clock.now()
        offsets = dict(self._status.status.value.offsets)
        return FleetFacts(
            environment=self._environment.name,
            kind=self._environment.kind,
            now=now,
            keys=tuple(
                _key_facts(key, account, roles) for account in snapshot.accounts() for key in account.keys
            ),
            accounts=tuple(node.account for node in snapshot.accounts()),
            hosts=hosts,
            processes=self.processes,
            clock_offset_s=offsets.get(Venue.SPOT),
            elsewhere=await self._elsewhere(),
            rehearsed=await self._rehearsed(roles),
        )

    async def refresh(self) -> AuditReport:
        """Judge anew what is known, off the event loop's thread; the last one asked is shown."""
        async with self._turn:
            _, report = await self._judged()
            self.report.publish(report)
            return report

    async def dossier(
        self, beside: tuple[Finding, ...] = (), worst: Mapping[str, Amount] | None = None
    ) -> Dossier:
        """Judge anew, and put the findings together with the inventory of keys, for a report.

        `beside` are findings that were made elsewhere, as by a policy; mutes hold for them too.
        `worst` is the worst case in money by slot, where it has been reckoned.
        """
        facts, report = await self._judged(beside)
        return await asyncio.to_thread(dossier_of, facts, report, worst)

    async def basis(self) -> tuple[FleetFacts, tuple[Mute, ...]]:
        """Return what is judged at the moment, and what is muted."""
        return await self.facts(), await self._store.mutes(self._environment.name)

    def show(self, report: AuditReport) -> None:
        """Take over a report that somebody else has made of the basis."""
        if report is not self.report.value:
            self.report.announce(report)

    async def matrix(self) -> Matrix:
        """Return all keys by rights."""
        return matrix_of(await self.facts())

    async def blast(self, balances: BalancesSnapshot, prices: Mapping[Asset, Decimal]) -> BlastReport:
        """Reckon the worst case in money; `prices` are the value of one unit of each asset."""
        return blast_radius(await self.facts(), pot_worths(balances.sheets, prices))

    async def drift(self) -> tuple[DriftEvent, ...]:
        """Return the changes of facts that checks have noticed, newest first."""
        return await self._store.drift(self._environment.name)

    async def mutes(self) -> tuple[Mute, ...]:
        """Return the mutes of this environment, also those that have ended."""
        return await self._store.mutes(self._environment.name)

    async def mute(self, findings: Iterable[Finding], reason: str, until: datetime) -> AuditReport:
        """Leave findings out of the count until a date, all at once; raises InputError."""
        now, name = self._clock.now(), self._environment.name
        mutes = [checked_mute(Mute(name, f.rule, f.subject.ref, reason, now, until)) for f in findings]
        await self._store.save_mutes(mutes)
        return await self.refresh()

    async def unmute(self, findings: Iterable[Finding]) -> AuditReport:
        """Count findings again."""
        for finding in findings:
            await self._store.remove_mute(self._environment.name, finding.rule, finding.subject.ref)
        return await self.refresh()

    async def matching(
        self, rule: str | None = None, about: str | None = None, beside: tuple[Finding, ...] = ()
    ) -> tuple[Finding, ...]:
        """Return the findings of a rule, about a key, account or process by name; raises UnknownNameError.

        `beside` are findings that were made elsewhere, as by a policy.
        """
        _, report = await self._judged(beside)
        wanted = about.strip().casefold() if about is not None else None
        found = tuple(
            finding
            for finding in report.findings
            if rule in (None, finding.rule)
            and wanted in (None, finding.subject.name.casefold(), finding.subject.ref.casefold())
        )
        if not found:
            raise UnknownNameError(
                "No such finding",
                "No finding of the present audit has this rule and subject.",
                "See kraken-desk audit for the rules and names.",
            )
        return found

    async def _judged(self, beside: tuple[Finding, ...] = ()) -> tuple[FleetFacts, AuditReport]:
        facts, mutes = await self.basis()
        return facts, await asyncio.to_thread(evaluate, facts, mutes, None, beside)

    async def _elsewhere(self) -> dict[str, tuple[str, ...]]:
        """Return where this profile's other environments hold a public key of this one."""
        here = {slot.api_key for slot in self._fleet.slots()}
        found: dict[str, tuple[str, ...]] = {}
        for slot in await self._fleet.all_slots():
            if slot.environment != self._environment.name and slot.api_key in here:
                place = f"{slot.environment}: {slot.name}"
                found[slot.api_key] = (*found.get(slot.api_key, ()), place)
        return found

    async def _rehearsed(self, roles: tuple[Role, ...]) -> frozenset[str] | None:
        """Return the shapes of keys that lower environments have accepted; only production asks."""
        if self._environment.kind is not EnvironmentKind.PRODUCTION:
            return None
        shapes: set[str] = set()
        for lower in (*BUILT_IN, *await self._metadata.environments()):
            if lower.kind is not EnvironmentKind.PRODUCTION:
                shapes |= await self._shapes(lower.name, roles)
                shapes |= await self._proved(lower.name, roles)
        return frozenset(shapes)

    async def _proved(self, name: EnvironmentName, roles: tuple[Role, ...]) -> set[str]:
        """Return the shapes that the rehearsals' evidence proves, whatever became of their keys."""
        if self._rehearsals is None:
            return set()
        return {
            shape_of(c, role_called(c.role, c.process, roles))
            for c in (rehearsal.configuration for rehearsal in await self._rehearsals.all(name))
        }

    async def _shapes(self, name: EnvironmentName, roles: tuple[Role, ...]) -> set[str]:
        checks = await self._metadata.checks(name)
        return {
            KeyFacts(slot, check=check, role=role_of(slot, roles)).shape
            for slot in await self._metadata.slots(name)
            if (check := checks.get(slot.key_id)) is not None
            and check.outcome is CheckOutcome.ACCEPTED
            and check.info is not None
        }


def _key_facts(key: KeyNode, node: AccountNode, roles: tuple[Role, ...]) -> KeyFacts:
    return KeyFacts(key.slot, node.account, key.check, role_of(key.slot, roles), key.lease, key.use)
