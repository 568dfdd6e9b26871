"""Promotion: what of a key's configuration was rehearsed, and the form values for the higher environment.

Nothing crosses but the configuration: no key, no secret, no address of the lower environment's own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.environments import BUILT_IN, Environment
from kraken_desk.domain.errors import InputError, UnknownNameError
from kraken_desk.domain.hosts import host_named
from kraken_desk.domain.key_form import FormValue, KeyWish, form_values, page_of, wish_like
from kraken_desk.domain.keys import CheckOutcome, KeySlot
from kraken_desk.domain.leases import Lease
from kraken_desk.domain.rehearsal import (
    Call,
    Configuration,
    Point,
    Rehearsal,
    check_direction,
    configuration_of,
    points,
)
from kraken_desk.domain.xray import private_entries
from kraken_desk.services.fleet import FleetService
from kraken_desk.services.hosts import HostsService
from kraken_desk.services.ports import Clock, MetadataStore
from kraken_desk.services.rehearsal_ports import LeaseHistory, RehearsalStore


@dataclass(frozen=True, slots=True)
class Promotion:
    """What would be made in the target, and what of it was rehearsed; a proposal and nothing else."""

    slot: KeySlot
    source: Environment
    target: Environment
    configuration: Configuration
    points: tuple[Point, ...]
    wish: KeyWish
    page: str
    evidence: tuple[Rehearsal, ...]

    @property
    def values(self) -> tuple[FormValue, ...]:
        return form_values(self.wish)

    @property
    def missing(self) -> tuple[Point, ...]:
        return tuple(point for point in self.points if not point.rehearsed)


class PromotionService:
    """Promotes from its own environment; makes nothing anywhere."""

    def __init__(
        self,
        environment: Environment,
        store: RehearsalStore,
        leases: LeaseHistory,
        metadata: MetadataStore,
        fleet: FleetService,
        hosts: HostsService,
        clock: Clock,
    ) -> None:
        self._environment = environment
        self._store = store
        self._leases = leases
        self._metadata = metadata
        self._fleet = fleet
        self._hosts = hosts
        self._clock = clock

    async def targets(self) -> tuple[Environment, ...]:
        """Return the environments that a key of this one can be promoted to."""
        found = []
        for target in (*BUILT_IN, *await self._metadata.environments()):
            try:
                check_direction(self._environment, target)
            except InputError:
                continue
            found.append(target)
        return tuple(found)

    async def evidence(self, configuration: Configuration) -> tuple[Rehearsal, ...]:
        """Return what has worked here with this configuration, the runs by its process included."""
        same = [
            r for r in await self._store.all(self._environment.name) if r.configuration.matches(configuration)
        ]
        runs = [run for r in same for run in _runs(r, await self._leases.of_slot(r.slot_id))]
        return (*same, *runs)

    async def propose(self, name: str, to: str, hosts: tuple[str, ...] = ()) -> Promotion:
        """Work out a key's promotion; `hosts` are the target's, by name.

        Raises UnknownNameError, and InputError for a key that was never accepted here, or a target
        that is not above this environment.
        """
        slot = self._fleet.slot_named(name)
        target = await self._target(to)
        check_direction(self._environment, target)
        check = self._fleet.check_of(slot.key_id)
        if check is None or check.info is None or check.outcome is not CheckOutcome.ACCEPTED:
            raise InputError(
                "Not rehearsed at all",
                f"“{slot.name}” was not accepted when it was last checked in “{self._environment.name}”.",
                "Check it there first.",
            )
        configuration = configuration_of(slot, check.info)
        evidence = await self.evidence(configuration)
        now = self._clock.now()
        addresses = await self._addresses(hosts)
        wish = _wish(
            wish_like(check.info, slot.signing_client, now), slot, addresses, check.info.ip_allowlist
        )
        found = points(configuration, evidence, self._environment, target, now)
        if not wish.ip_allowlist:
            text = "No host of the target is named, so the form would leave the key open to any address."
            found = (*found, Point("The target's addresses", False, text))
        page = page_of(slot.venue, target)
        return Promotion(slot, self._environment, target, configuration, found, wish, page, evidence)

    async def _target(self, name: str) -> Environment:
        known = (*BUILT_IN, *await self._metadata.environments())
        found = next((e for e in known if e.name.casefold() == name.strip().casefold()), None)
        if found is None:
            names = ", ".join(e.name for e in known)
            raise UnknownNameError(
                "No such environment", f"“{name.strip()}” is not known.", f"Known: {names}."
            )
        return found

    async def _addresses(self, names: tuple[str, ...]) -> tuple[str, ...]:
        known = await self._hosts.load()
        return tuple(dict.fromkeys(a for name in names for a in host_named(name, known).addresses))


def _wish(wish: KeyWish, slot: KeySlot, addresses: tuple[str, ...], listed: object) -> KeyWish:
    """Make the wish one for the target: named hosts, else what of the old list the internet can see."""
    if not addresses and isinstance(listed, IpAllowlist):
        private = set(private_entries(listed))
        addresses = tuple(entry for entry in listed.entries if entry not in private)
    return replace(wish, name=slot.name, ip_allowlist=addresses)


def _runs(rehearsal: Rehearsal, leases: tuple[Lease, ...]) -> list[Rehearsal]:
    """Return the runs since a configuration was first accepted as one more piece of evidence."""
    times: list[datetime] = sorted(
        lease.since for lease in leases if lease.child is not None and lease.since >= rehearsal.first_at
    )
    if not times or rehearsal.call is not Call.CHECK:
        return []
    return [replace(rehearsal, call=Call.RUN, first_at=times[0], last_at=times[-1], count=len(times))]
