"""What lies ahead of keys: expiry, rotation, predicted dormancy, and the end of an API.

Kraken may disable keys, “one typical reason” being “several months of dormancy” (Kraken support: API
key security). It names no number: `DORMANT_AFTER` is our assumption, the earliest that the words allow.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.fleet import FleetSnapshot, KeyNode
from kraken_desk.domain.keys import ApiKeyInfo, KeySlot, SlotId, Venue
from kraken_desk.domain.roles import STARTING_ROLES, Role, role_of
from kraken_desk.domain.sunset import FUTURES_V3_ENDS
from kraken_desk.domain.values import dataclass

DORMANT_AFTER = timedelta(days=90)
IN_USE = timedelta(days=14)
"""A key used this recently is in use: nothing is predicted of it."""

USUAL_AGE = timedelta(days=180)
"""How old a key without a role of the table may grow; our rule, Kraken asks for none."""

Roles = tuple[Role, ...]

SOON = timedelta(days=30)
AHEAD = timedelta(days=365)
"""How far the timeline looks."""


class MilestoneKind(StrEnum):
    """What will happen, the surest first."""

    EXPIRY = "expiry"
    SUNSET = "sunset"
    ROTATION = "rotation"
    DORMANCY = "dormancy"

    @property
    def label(self) -> str:
        return {
            MilestoneKind.EXPIRY: "Expires",
            MilestoneKind.SUNSET: "API ends",
            MilestoneKind.ROTATION: "Rotation due",
            MilestoneKind.DORMANCY: "May be disabled",
        }[self]


class Nearness(StrEnum):
    """How near a date is; the groups of the timeline."""

    PAST = "overdue"
    SOON = "within 30 days"
    AHEAD = "within a year"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Milestone:
    """One date ahead. `subject` changes with the key's generation, so that a new key starts anew.

    Without a slot it concerns the whole environment; `assumed` says that the date is a prediction.
    """

    kind: MilestoneKind
    at: datetime
    environment: EnvironmentName
    subject: str
    name: str
    why: str
    slot_id: SlotId | None = None
    account_id: AccountId | None = None
    account: str = ""
    assumed: bool = False

    def days_left(self, now: datetime) -> int:
        """Return the whole days until the date; 0 on its day, below zero once it is over."""
        return (self.at - now) // timedelta(days=1)

    def nearness(self, now: datetime) -> Nearness:
        if self.at <= now:
            return Nearness.PAST
        if self.at <= now + SOON:
            return Nearness.SOON
        return Nearness.AHEAD if self.at <= now + AHEAD else Nearness.LATER


def milestones(fleet: FleetSnapshot, now: datetime, roles: Roles = STARTING_ROLES) -> tuple[Milestone, ...]:
    """Return everything that is known or predicted to happen to the fleet's keys, by date."""
    found: list[Milestone] = []
    futures = 0
    for account in fleet.accounts():
        for node in account.keys:
            futures += node.slot.venue is Venue.FUTURES
            found += of_key(node, account.account.label, now, roles)
    if futures:
        found.append(_sunset(fleet.environment, futures))
    return tuple(sorted(found, key=lambda stone: (stone.at, stone.kind, stone.name)))


def of_key(
    node: KeyNode, account: str, now: datetime, roles: Roles = STARTING_ROLES
) -> tuple[Milestone, ...]:
    """Return what lies ahead of one key."""
    found = []
    info = node.check.info if node.check else None
    if info is not None and isinstance(info.valid_until, datetime):
        found.append(
            _of(node, account, MilestoneKind.EXPIRY, info.valid_until, "Kraken ends the key by itself.")
        )
    age = _greatest_age(node.slot, roles)
    if age is not None:
        born, source = _born(node, info)
        role = f"keys of the role “{node.slot.role}”" if node.slot.role else "keys without a role"
        why = f"{source} {born:%Y-%m-%d}; {role} are due after {age.days} days (our rule)."
        found.append(_of(node, account, MilestoneKind.ROTATION, born + age, why))
    if info is not None:
        found += _dormancy(node, account, info, now)
    return tuple(sorted(found, key=lambda stone: stone.at))


def _greatest_age(slot: KeySlot, roles: Roles) -> timedelta | None:
    """Return the age at which a slot's keys are due by its role; None for never."""
    role = role_of(slot, roles)
    if role is None:
        return USUAL_AGE
    return None if role.rotation_days is None else timedelta(days=role.rotation_days)


def _dormancy(node: KeyNode, account: str, info: ApiKeyInfo, now: datetime) -> list[Milestone]:
    """Predict when Kraken may take the key for dormant; only where Kraken reports its last use."""
    if info.last_used is not None and not isinstance(info.last_used, datetime):
        return []
    used = info.last_used or _born(node, info)[0]
    if node.lease is not None and node.lease.since > used:
        used = node.lease.since
    if now - used < IN_USE:
        return []
    said = f"last used {used:%Y-%m-%d}" if info.last_used else f"not used since {used:%Y-%m-%d}"
    why = (
        f"{said[0].upper()}{said[1:]}, as Kraken reported on {info.read_at:%Y-%m-%d}. Kraken disables keys "
        f"after several months without use and names no number; {DORMANT_AFTER.days} days is our assumption."
    )
    return [_of(node, account, MilestoneKind.DORMANCY, used + DORMANT_AFTER, why, assumed=True)]


def _born(node: KeyNode, info: ApiKeyInfo | None) -> tuple[datetime, str]:
    """Return when the key's present generation began, and how that is known."""
    if info is not None and isinstance(info.created_time, datetime):
        return info.created_time, "Created at Kraken"
    return node.slot.added_at, "Added here"


def _of(
    node: KeyNode, account: str, kind: MilestoneKind, at: datetime, why: str, *, assumed: bool = False
) -> Milestone:
    slot = node.slot
    return Milestone(
        kind=kind,
        at=at,
        environment=slot.environment,
        subject=slot.key_id,
        name=slot.name,
        why=why,
        slot_id=slot.slot_id,
        account_id=slot.account_id,
        account=account,
        assumed=assumed,
    )


def _sunset(environment: EnvironmentName, keys: int) -> Milestone:
    number = "1 Futures key stops" if keys == 1 else f"{keys} Futures keys stop"
    return Milestone(
        MilestoneKind.SUNSET,
        FUTURES_V3_ENDS,
        environment,
        "futures-v3",
        "Futures Derivatives v3",
        f"{number} working: Kraken ends Derivatives v3 REST and WebSocket (Kraken docs: deprecation notice).",
    )


def within(stones: Iterable[Milestone], now: datetime, span: timedelta) -> tuple[Milestone, ...]:
    """Return the milestones that are overdue or less than `span` ahead."""
    return tuple(stone for stone in stones if stone.at <= now + span)
