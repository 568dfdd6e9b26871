"""A policy: the accounts, processes, keys, hosts, roles and limits that are to be, as the operator declares.

A kind of thing that the policy leaves out (None) is not judged by it.
"""

from __future__ import annotations

from decimal import Decimal

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.audit.facts import FleetFacts, KeyFacts
from kraken_desk.domain.environments import EnvironmentName
from kraken_desk.domain.limits import Limit
from kraken_desk.domain.money import plain_text
from kraken_desk.domain.roles import STARTING_ROLES, Role
from kraken_desk.domain.values import dataclass


@dataclass(frozen=True, slots=True, order=True)
class DeclaredAccount:
    """An account by its label; `kind` is master or subaccount."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True, order=True)
class DeclaredProcess:
    """A process and the hosts it runs on; without hosts, its keys' allowlists are not compared."""

    name: str
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class DeclaredKey:
    """A key by its name here, and everything that is said about it."""

    name: str
    account: str
    venue: str
    process: str = ""
    role: str = ""
    client: str = ""


@dataclass(frozen=True, slots=True, order=True)
class DeclaredHost:
    """A host with its addresses in normal form."""

    name: str
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True, order=True)
class DeclaredLimit:
    """A rule about moving money; `source` and `destination` are labels, "" for any account."""

    kind: str
    source: str = ""
    destination: str = ""
    currency: str = ""
    amount: str = ""
    seconds: int = 0

    @property
    def text(self) -> str:
        ends = [f"from {self.source}"] if self.source else []
        ends += [f"to {self.destination}"] if self.destination else []
        size = (
            f"{self.amount} {self.currency}" if self.amount else f"{self.seconds} s" if self.seconds else ""
        )
        return " ".join(part for part in (self.kind, size, *ends) if part)


@dataclass(frozen=True, slots=True)
class Policy:
    """One environment's declaration; see the module."""

    environment: EnvironmentName
    accounts: tuple[DeclaredAccount, ...] | None = None
    processes: tuple[DeclaredProcess, ...] | None = None
    keys: tuple[DeclaredKey, ...] | None = None
    hosts: tuple[DeclaredHost, ...] | None = None
    roles: tuple[Role, ...] | None = None
    limits: tuple[DeclaredLimit, ...] | None = None


@dataclass(frozen=True, slots=True)
class PolicyState:
    """The facts that a policy is compared with."""

    fleet: FleetFacts
    roles: tuple[Role, ...]
    limits: tuple[Limit, ...]


def policy_of(state: PolicyState) -> Policy:
    """Return the present state as a policy, in one order; a starting point for the operator."""
    facts = state.fleet
    processes = {key.slot.process for key in facts.keys if key.slot.process} | set(facts.processes)
    return Policy(
        environment=facts.environment,
        accounts=tuple(sorted(DeclaredAccount(a.label, a.kind.value) for a in facts.accounts)),
        processes=tuple(sorted(DeclaredProcess(name, hosts_of(name, facts)) for name in processes)),
        keys=tuple(sorted(map(declared_key, facts.keys))),
        hosts=tuple(sorted(DeclaredHost(h.name, tuple(sorted(h.addresses))) for h in facts.hosts)),
        roles=roles_of_policy(state),
        limits=declared_limits(state),
    )


def declared_key(key: KeyFacts) -> DeclaredKey:
    slot = key.slot
    role = key.role.role_id if key.role else slot.role
    return DeclaredKey(
        slot.name, key.subject.account, slot.venue.value, slot.process, role, slot.signing_client
    )


def hosts_of(process: str, facts: FleetFacts) -> tuple[str, ...]:
    """Return the named hosts that a process's keys let in; none where they let in others as well."""
    lists = [k.allowlist for k in facts.keys if k.slot.process == process and k.known]
    if not lists or any(allowlist is None or not allowlist.entries for allowlist in lists):
        return ()
    entries = [allowlist for allowlist in lists if allowlist is not None]
    found = [host for host in facts.hosts if any(a.allows(ip) for a in entries for ip in host.addresses)]
    together = IpAllowlist(tuple(address for host in found for address in host.addresses))
    if not found or not all(together.covers(allowlist) for allowlist in entries):
        return ()
    return tuple(sorted(host.name for host in found))


def roles_of_policy(state: PolicyState) -> tuple[Role, ...]:
    """Return the roles that keys have, and those that the operator has changed or added."""
    used = {key.role.role_id for key in state.fleet.keys if key.role is not None}
    chosen = [role for role in state.roles if role.role_id in used or role not in STARTING_ROLES]
    return tuple(sorted(chosen, key=lambda role: role.role_id))


def declared_limits(state: PolicyState) -> tuple[DeclaredLimit, ...]:
    labels = {account.account_id: account.label for account in state.fleet.accounts}
    return tuple(sorted(_limit(limit, labels) for limit in state.limits))


def _limit(limit: Limit, labels: dict[AccountId, str]) -> DeclaredLimit:
    def end(account: AccountId | None) -> str:
        return "" if account is None else labels.get(account, account)

    amount: Decimal | None = limit.amount
    return DeclaredLimit(
        limit.kind.value,
        end(limit.source),
        end(limit.destination),
        str(limit.currency) if limit.currency is not None else "",
        plain_text(amount) if amount is not None else "",
        limit.seconds or 0,
    )
