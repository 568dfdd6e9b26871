"""The fleet as one immutable tree: master over subaccounts over keys, with states rolled up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING

from kraken_desk.domain.accounts import Account, AccountId
from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.keys import KeyCheck, KeyId, KeySlot
from kraken_desk.domain.levels import NOT_JUDGED, KeyHealth, Level, worst
from kraken_desk.domain.values import dataclass, field, replace

if TYPE_CHECKING:  # a window shows its tree before it knows who uses a key and what may be wrong with it
    from kraken_desk.domain.foreign_use import UseFinding
    from kraken_desk.domain.leases import Lease
    from kraken_desk.domain.rotation import Rotation


@dataclass(frozen=True, slots=True)
class KeyNode:
    """One key in the tree with what its last check said and who holds it at the moment.

    `rotation` is the one under way.
    """

    slot: KeySlot
    check: KeyCheck | None
    health: KeyHealth
    checking: bool = False
    lease: Lease | None = None
    use: UseFinding | None = None
    settled_until: datetime | None = field(default=None, compare=False)
    """When time alone changes the health; None for never."""
    rotation: Rotation | None = None

    def holds(self, now: datetime) -> bool:
        """Say whether the health would be judged the same at `now`."""
        return self.settled_until is None or now < self.settled_until


@dataclass(frozen=True, slots=True)
class AccountNode:
    """One account with its keys and, for a master, the subaccounts below it."""

    account: Account
    keys: tuple[KeyNode, ...]
    subaccounts: tuple[AccountNode, ...] = ()

    @property
    def worst(self) -> Level:
        """Return the worst state of this account's keys and of everything below."""
        return worst([*(k.health.level for k in self.keys), *(s.worst for s in self.subaccounts)])

    def walk(self) -> tuple[AccountNode, ...]:
        """Return this node and all below, master first."""
        found = [self]
        for node in self.subaccounts:  # once through a large fleet for every change in it
            if node.subaccounts:
                found += node.walk()
            else:
                found.append(node)
        return tuple(found)


@dataclass(frozen=True, slots=True)
class FleetSnapshot:
    """Everything the tree shows, as known at `as_of`; equal when nothing but the time changed."""

    environment: EnvironmentName
    as_of: datetime = field(compare=False)
    masters: tuple[AccountNode, ...] = ()

    def accounts(self) -> tuple[AccountNode, ...]:
        return tuple(chain.from_iterable([master.walk() for master in self.masters]))

    def keys(self) -> tuple[KeyNode, ...]:
        return tuple(chain.from_iterable([node.keys for node in self.accounts()]))

    def account(self, account_id: AccountId) -> AccountNode | None:
        return next((n for n in self.accounts() if n.account.account_id == account_id), None)

    def key(self, key_id: KeyId) -> KeyNode | None:
        return next((k for k in self.keys() if k.slot.key_id == key_id), None)


def key_node(
    slot: KeySlot,
    check: KeyCheck | None,
    now: datetime,
    *,
    checking: bool = False,
    lease: Lease | None = None,
    use: UseFinding | None = None,
    rotation: Rotation | None = None,
    before: KeyNode | None = None,
) -> KeyNode:
    """Judge one key; returns the node of `before` itself where nothing about it has changed."""
    if before is not None and before.slot is slot and before.check is check and before.use is use:
        passing = (before.checking, before.lease, before.rotation)
        if before.holds(now) and passing == (checking, lease, rotation):
            return before
        if before.holds(now):
            return replace(before, checking=checking, lease=lease, rotation=rotation)
    from kraken_desk.domain.health import assess, next_change  # the rules; see unjudged_fleet

    health = assess(check, now, use=use, added_at=slot.added_at)
    settled_until = next_change(check, slot.added_at, now)
    return KeyNode(slot, check, health, checking, lease, use, settled_until, rotation)


def build_fleet(
    environment: EnvironmentName,
    accounts: tuple[Account, ...],
    slots: tuple[KeySlot, ...],
    checks: Mapping[KeyId, KeyCheck],
    now: datetime,
) -> FleetSnapshot:
    """Judge all keys and join them with their accounts into the tree."""
    nodes = [key_node(slot, checks.get(slot.key_id), now) for slot in slots]
    return join_fleet(environment, accounts, nodes, now)


def unjudged_fleet(
    environment: EnvironmentName,
    accounts: tuple[Account, ...],
    slots: tuple[KeySlot, ...],
    checks: Mapping[KeyId, KeyCheck],
    now: datetime,
) -> FleetSnapshot:
    """Join what is stored into the tree, before anything of it is judged, used or leased."""
    nodes = [KeyNode(slot, checks.get(slot.key_id), NOT_JUDGED) for slot in slots]
    return join_fleet(environment, accounts, nodes, now)


def join_fleet(
    environment: EnvironmentName,
    accounts: tuple[Account, ...],
    nodes: Iterable[KeyNode],
    now: datetime,
    before: FleetSnapshot | None = None,
) -> FleetSnapshot:
    """Join accounts and keys into the tree; order of the input is kept.

    An account of `before` that stands as it stood is taken over as the same object.

    Kraken's Spot API names no parent, so all subaccounts hang below the first master; without a
    master they stand at the top.
    """
    keys: defaultdict[AccountId, list[KeyNode]] = defaultdict(list)
    for key in nodes:
        keys[key.slot.account_id].append(key)

    known = {} if before is None else {n.account.account_id: n for n in before.accounts()}

    def node(account: Account, below: tuple[AccountNode, ...] = ()) -> AccountNode:
        made = AccountNode(account, tuple(keys[account.account_id]), below)
        kept = known.get(account.account_id)
        return kept if kept is not None and _stands_as(kept, made) else made

    masters = [a for a in accounts if a.is_master]
    subaccounts = tuple(node(a) for a in accounts if not a.is_master)
    if not masters:
        return FleetSnapshot(environment, now, subaccounts)
    first, *others = masters
    return FleetSnapshot(environment, now, (node(first, subaccounts), *(node(m) for m in others)))


def _stands_as(kept: AccountNode, made: AccountNode) -> bool:
    """Say whether two nodes hold the very same keys and accounts; cheaper than comparing what they say."""
    parts = ((kept.keys, made.keys), (kept.subaccounts, made.subaccounts))
    return kept.account == made.account and all(
        len(one) == len(other) and all(a is b for a, b in zip(one, other, strict=True))
        for one, other in parts
    )
