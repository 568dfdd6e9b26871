"""What the rules look at: one value per key, account and process, put together from known facts.

Nothing here is a guess: what is not known is None, and a rule that would need it does not judge.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property

from kraken_desk.domain.abilities import Abilities, abilities_of
from kraken_desk.domain.accounts import Account, AccountId, AccountKind
from kraken_desk.domain.allowlist import IpAllowlist, Width
from kraken_desk.domain.audit.findings import Scope, Subject
from kraken_desk.domain.environments import EnvironmentKind, EnvironmentName
from kraken_desk.domain.foreign_use import UseFinding
from kraken_desk.domain.hosts import Host
from kraken_desk.domain.keys import ApiKeyInfo, CheckOutcome, KeyCheck, KeySlot, Venue
from kraken_desk.domain.leases import Lease
from kraken_desk.domain.nonces import seconds_in
from kraken_desk.domain.rehearsal import Configuration, configuration_of
from kraken_desk.domain.rights import RightId, right_ids, unknown_rights
from kraken_desk.domain.roles import Role
from kraken_desk.domain.settling import is_settling
from kraken_desk.domain.values import dataclass, field


@dataclass(frozen=True)
class KeyFacts:
    """One key: its slot, account, last check, role, holder, and the judgement of its use.

    `account` None: not known; `role` None: none declared, or one that is not in the table. Without
    `age_known`, nothing is excused by being new.
    """

    slot: KeySlot
    account: Account | None = None
    check: KeyCheck | None = None
    role: Role | None = None
    lease: Lease | None = None
    use: UseFinding | None = None
    age_known: bool = True

    def settling(self, now: datetime) -> bool:
        """Say whether a refusal may be Kraken's delay with a new or edited key."""
        return self.age_known and is_settling(self.check, self.slot.added_at, now)

    @property
    def info(self) -> ApiKeyInfo:
        """What Kraken last reported; rules are asked only where that is known."""
        assert self.check is not None
        assert self.check.info is not None
        return self.check.info

    @property
    def known(self) -> bool:
        return self.check is not None and self.check.info is not None

    @property
    def kind(self) -> AccountKind | None:
        return self.account.kind if self.account is not None else None

    @property
    def spot(self) -> bool:
        return self.slot.venue is Venue.SPOT

    @cached_property
    def can(self) -> Abilities:
        return abilities_of(self.info.permissions, self.kind)

    @cached_property
    def rights(self) -> frozenset[RightId]:
        return right_ids(self.info.permissions)

    @cached_property
    def unknown(self) -> tuple[str, ...]:
        return unknown_rights(self.info.permissions)

    @property
    def holds_withdrawal(self) -> bool:
        """Say whether a right to take money out is there, also where Kraken blocks its use today."""
        return self.can.takes_money_out or self.can.withdraws_to_spot or self.can.blocked_withdrawal

    @cached_property
    def allowlist(self) -> IpAllowlist | None:
        """Return the reported list; None when Kraken reports none."""
        return self.info.ip_allowlist if isinstance(self.info.ip_allowlist, IpAllowlist) else None

    @cached_property
    def width(self) -> Width | None:
        return self.allowlist.width if self.allowlist is not None else None

    @property
    def usable(self) -> bool:
        """Say whether the key is accepted, as far as is known."""
        return self.known and self.check is not None and self.check.outcome is not CheckOutcome.REJECTED

    @cached_property
    def window_s(self) -> Decimal | None:
        """Return the nonce window in seconds of the process's own scale; None when not known."""
        ticks = self.info.nonce_window
        if not isinstance(ticks, int) or not self.slot.signing_client:
            return None
        return seconds_in(ticks, self.slot.signing_client)

    @cached_property
    def subject(self) -> Subject:
        account = self.account
        return Subject(
            Scope.KEY,
            self.slot.slot_id,
            self.slot.name,
            self.slot.account_id,
            account.label if account else "",
            self.slot.process,
        )

    @cached_property
    def shape(self) -> str:
        """Return what a rehearsal has to share with the key: everything that can be got wrong."""
        return shape_of(configuration_of(self.slot, self.info), self.role)


def shape_of(configuration: Configuration, role: Role | None) -> str:
    """Return a configuration as one text; a role that is in the table goes by its id."""
    name = role.role_id if role else configuration.role.casefold()
    rights = ",".join(configuration.rights)
    shared = (configuration.width, configuration.client, configuration.window)
    return "|".join((configuration.venue, name, rights, *shared))


@dataclass(frozen=True)
class AccountFacts:
    """One account with its keys."""

    account: Account
    keys: tuple[KeyFacts, ...]

    @cached_property
    def subject(self) -> Subject:
        account = self.account
        return Subject(Scope.ACCOUNT, account.account_id, account.label, account.account_id, account.label)

    def of(self, venue: Venue) -> tuple[KeyFacts, ...]:
        return tuple(key for key in self.keys if key.slot.venue is venue)


@dataclass(frozen=True)
class ProcessFacts:
    """One process by its name, with all keys that are declared to be its own."""

    name: str
    keys: tuple[KeyFacts, ...]

    @cached_property
    def subject(self) -> Subject:
        labels = {key.subject.account for key in self.keys}
        return Subject(
            Scope.PROCESS, self.name, self.name, "", labels.pop() if len(labels) == 1 else "", self.name
        )


@dataclass(frozen=True)
class FleetFacts:
    """Everything that is judged, as known at `now`.

    `processes` are declared by name beyond those of the keys. `clock_offset_s` is Kraken's clock
    less ours in seconds, None when nobody has asked. `elsewhere` maps a public key to where else
    this profile holds it. `rehearsed` are the shapes of keys that a lower environment has accepted;
    None when that has not been looked at.
    """

    environment: EnvironmentName
    kind: EnvironmentKind
    now: datetime
    keys: tuple[KeyFacts, ...] = ()
    accounts: tuple[Account, ...] = ()
    hosts: tuple[Host, ...] = ()
    processes: tuple[str, ...] = ()
    clock_offset_s: float | None = None
    elsewhere: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rehearsed: frozenset[str] | None = None

    @cached_property
    def subject(self) -> Subject:
        return Subject(Scope.FLEET, f"fleet:{self.environment}", self.environment)

    @cached_property
    def account_facts(self) -> tuple[AccountFacts, ...]:
        of: defaultdict[AccountId, list[KeyFacts]] = defaultdict(list)
        for key in self.keys:
            of[key.slot.account_id].append(key)
        return tuple(AccountFacts(account, tuple(of[account.account_id])) for account in self.accounts)

    @cached_property
    def process_facts(self) -> tuple[ProcessFacts, ...]:
        of: dict[str, list[KeyFacts]] = {name: [] for name in self.processes}
        for key in self.keys:
            if key.slot.process and not key.slot.is_desk_key:
                of.setdefault(key.slot.process, []).append(key)
        return tuple(ProcessFacts(name, tuple(keys)) for name, keys in of.items())

    @cached_property
    def _twins(self) -> dict[str, list[KeyFacts]]:
        found: defaultdict[str, list[KeyFacts]] = defaultdict(list)
        for key in self.keys:
            found[key.slot.api_key].append(key)
        return found

    def twins(self, key: KeyFacts) -> tuple[str, ...]:
        """Return where else the same public key is, by name."""
        others = [k.slot.name for k in self._twins[key.slot.api_key] if k.slot.slot_id != key.slot.slot_id]
        return (*others, *self.elsewhere.get(key.slot.api_key, ()))

    @cached_property
    def futures_accounts(self) -> frozenset[AccountId]:
        """Return the accounts that are known to have a Futures side."""
        with_keys = {key.slot.account_id for key in self.keys if key.slot.venue is Venue.FUTURES}
        return frozenset(with_keys | {a.account_id for a in self.accounts if a.futures_uid})

    @cached_property
    def here(self) -> Host | None:
        """Return the host that is this machine, if the operator has named it."""
        return next((host for host in self.hosts if host.this_machine), None)

    @cached_property
    def host_list(self) -> IpAllowlist:
        """Return the addresses of all named hosts."""
        return IpAllowlist(tuple(address for host in self.hosts for address in host.addresses))

    def older(self, time: datetime, days: int) -> bool:
        """Say whether a time lies at least so many days back."""
        return self.now - time >= timedelta(days=days)
