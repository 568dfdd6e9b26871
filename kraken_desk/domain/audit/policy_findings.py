"""What differs between a policy and the facts, as findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kraken_desk.domain.allowlist import IpAllowlist
from kraken_desk.domain.audit.engine import Rule
from kraken_desk.domain.audit.facts import FleetFacts, KeyFacts
from kraken_desk.domain.audit.findings import Finding, Scope, Severity, Subject
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.policy import (
    DeclaredKey,
    DeclaredLimit,
    DeclaredProcess,
    Policy,
    PolicyState,
    declared_key,
    declared_limits,
    roles_of_policy,
)
from kraken_desk.domain.role_file import role_document
from kraken_desk.domain.roles import role_named

_REPAIR = ("Bring it into line with the policy.", "Or change the policy, if this is what is wanted.")


def _rule(rule_id: str, severity: Severity, title: str, reason: str, scope: Scope = Scope.FLEET) -> Rule:
    return Rule(
        rule_id, "policy", scope, severity, title, reason, _REPAIR, "the policy file", lambda _a, _b: None
    )


_UNSAID = "Nobody has decided that it is to be there."
_GONE = "What the policy counts on is not there."
_OTHER = "What is there is not what was decided."

KEY_UNDECLARED = _rule(
    "policy-key-undeclared", Severity.HIGH, "A key that the policy does not know", _UNSAID, Scope.KEY
)
KEY_MISSING = _rule("policy-key-missing", Severity.MEDIUM, "A declared key is not there", _GONE)
KEY_DIFFERS = _rule("policy-key-differs", Severity.MEDIUM, "A key differs from the policy", _OTHER, Scope.KEY)
KEY_HOSTS = _rule(
    "policy-key-hosts",
    Severity.HIGH,
    "Usable from beyond its process's hosts",
    "The allowlist lets in addresses that the policy does not give to the process.",
    Scope.KEY,
)
PROCESS_UNDECLARED = _rule(
    "policy-process-undeclared",
    Severity.MEDIUM,
    "A process that the policy does not know",
    _UNSAID,
    Scope.PROCESS,
)
PROCESS_MISSING = _rule(
    "policy-process-missing", Severity.LOW, "A declared process has no key", _GONE, Scope.PROCESS
)
ACCOUNT_UNDECLARED = _rule(
    "policy-account-undeclared",
    Severity.MEDIUM,
    "An account that the policy does not know",
    _UNSAID,
    Scope.ACCOUNT,
)
ACCOUNT_MISSING = _rule("policy-account-missing", Severity.MEDIUM, "A declared account is not there", _GONE)
ACCOUNT_DIFFERS = _rule(
    "policy-account-differs", Severity.MEDIUM, "An account differs from the policy", _OTHER, Scope.ACCOUNT
)
HOST_DIFFERS = _rule("policy-host-differs", Severity.MEDIUM, "Hosts differ from the policy", _OTHER)
ROLE_DIFFERS = _rule("policy-role-differs", Severity.MEDIUM, "A role differs from the policy", _OTHER)
LIMIT_DIFFERS = _rule("policy-limit-differs", Severity.HIGH, "Limits differ from the policy", _OTHER)

POLICY_RULES: tuple[Rule, ...] = (
    KEY_UNDECLARED,
    KEY_MISSING,
    KEY_DIFFERS,
    KEY_HOSTS,
    PROCESS_UNDECLARED,
    PROCESS_MISSING,
    ACCOUNT_UNDECLARED,
    ACCOUNT_MISSING,
    ACCOUNT_DIFFERS,
    HOST_DIFFERS,
    ROLE_DIFFERS,
    LIMIT_DIFFERS,
)


def policy_findings(policy: Policy, state: PolicyState) -> tuple[Finding, ...]:
    """Return every difference; raises InputError for the policy of another environment."""
    facts = state.fleet
    if policy.environment.casefold() != facts.environment.casefold():
        raise InputError(
            "The policy is of another environment",
            f"It declares “{policy.environment}”, and this is “{facts.environment}”.",
            f"Use --environment {policy.environment}, or another policy.",
        )
    return (
        *_accounts(policy, facts),
        *_keys(policy, state),
        *_processes(policy, facts),
        *_hosts(policy, facts),
        *_roles(policy, state),
        *_limits(policy, state),
    )


def _accounts(policy: Policy, facts: FleetFacts) -> Iterator[Finding]:
    if policy.accounts is None:
        return
    there = {account.account.label.casefold(): account for account in facts.account_facts}
    declared = {account.name.casefold(): account for account in policy.accounts}
    for name, found in there.items():
        wanted, kind = declared.get(name), found.account.kind.value
        if wanted is None:
            yield _finding(ACCOUNT_UNDECLARED, found.subject, f"{found.account.label} is not declared.")
        elif wanted.kind != kind:
            yield _finding(ACCOUNT_DIFFERS, found.subject, f"Declared as {wanted.kind}, here {kind}.")
    for name in sorted(declared.keys() - there.keys()):
        missing = declared[name].name
        yield _finding(ACCOUNT_MISSING, _absent("account", missing), f"No account here is called {missing}.")


def _keys(policy: Policy, state: PolicyState) -> Iterator[Finding]:
    facts = state.fleet
    if policy.keys is not None:
        declared = {key.name.casefold(): key for key in policy.keys}
        there = {key.slot.name.casefold(): key for key in facts.keys}
        for name, key in there.items():
            wanted = declared.get(name)
            if wanted is None:
                yield _finding(KEY_UNDECLARED, key.subject, f"{key.slot.name} is not declared.")
            elif different := tuple(_differences(wanted, key, state)):
                yield _finding(KEY_DIFFERS, key.subject, *different)
        for name in sorted(declared.keys() - there.keys()):
            missing = declared[name].name
            yield _finding(KEY_MISSING, _absent("key", missing), f"No key here is called {missing}.")
    yield from _key_hosts(policy, facts)


def _differences(wanted: DeclaredKey, key: KeyFacts, state: PolicyState) -> Iterator[str]:
    here = declared_key(key)
    pairs = [
        ("account", wanted.account, here.account),
        ("venue", wanted.venue, here.venue),
        ("process", wanted.process, here.process),
        ("role", _role_id(wanted.role, state), _role_id(here.role, state)),
        ("client", wanted.client, here.client),
    ]
    for what, said, found in pairs:
        if said.casefold() != found.casefold():
            yield f"The {what} is declared as {said or 'none'}, and is {found or 'none'}."


def _role_id(name: str, state: PolicyState) -> str:
    """Return the id behind any name of a role; a role that is not in the table keeps its word."""
    try:
        return role_named(name, state.roles).role_id if name else ""
    except InputError:
        return name


def _key_hosts(policy: Policy, facts: FleetFacts) -> Iterator[Finding]:
    """Compare allowlists with the addresses of the hosts that the policy gives to the process."""
    if policy.processes is None or policy.hosts is None:
        return
    addresses = {host.name.casefold(): host.addresses for host in policy.hosts}
    processes = {process.name.casefold(): process for process in policy.processes}
    for key in facts.keys:
        process = processes.get(key.slot.process.casefold())
        if process is None or not process.hosts or not key.known or key.allowlist is None:
            continue
        allowed = IpAllowlist(tuple(a for h in process.hosts for a in addresses.get(h.casefold(), ())))
        if not key.allowlist.entries or not allowed.entries:
            beyond: tuple[str, ...] = ("every address",) if not key.allowlist.entries else ()
        else:
            beyond = tuple(e for e in sorted(key.allowlist.entries) if not allowed.covers(IpAllowlist((e,))))
        if beyond or not allowed.entries:
            yield _finding(KEY_HOSTS, key.subject, _beyond(process, beyond))


def _beyond(process: DeclaredProcess, beyond: tuple[str, ...]) -> str:
    hosts = ", ".join(process.hosts)
    if not beyond:
        return f"The policy gives no address of {hosts}."
    return f"{', '.join(beyond)} lies beyond {hosts}."


def _processes(policy: Policy, facts: FleetFacts) -> Iterator[Finding]:
    if policy.processes is None:
        return
    there = {process.name.casefold(): process for process in facts.process_facts}
    with_keys = {key.slot.process.casefold() for key in facts.keys}
    declared = {process.name.casefold(): process.name for process in policy.processes}
    for name, found in there.items():
        if name not in declared:
            yield _finding(PROCESS_UNDECLARED, found.subject, f"{found.name} is not declared.")
    for name in sorted(declared.keys() - with_keys):
        label = declared[name]
        subject = Subject(Scope.PROCESS, label, label, process=label)
        yield _finding(PROCESS_MISSING, subject, f"No key here names {label}.")


def _hosts(policy: Policy, facts: FleetFacts) -> Iterator[Finding]:
    if policy.hosts is None:
        return
    there = {host.name.casefold(): (host.name, tuple(sorted(host.addresses))) for host in facts.hosts}
    declared = {host.name.casefold(): (host.name, host.addresses) for host in policy.hosts}
    for name in sorted(there.keys() | declared.keys()):
        said, found = declared.get(name), there.get(name)
        label = (said or found or ("", ()))[0]
        if said is None or found is None:
            text = f"{label} is declared, and not here." if found is None else f"{label} is not declared."
            yield _finding(HOST_DIFFERS, _absent("host", label), text)
        elif said[1] != found[1]:
            text = f"{label} is declared with {', '.join(said[1])}, and has {', '.join(found[1])}."
            yield _finding(HOST_DIFFERS, _absent("host", label), text)


def _roles(policy: Policy, state: PolicyState) -> Iterator[Finding]:
    if policy.roles is None:
        return
    there = {role.role_id: role for role in state.roles}
    declared = {role.role_id: role for role in policy.roles}
    for name, role in sorted(declared.items()):
        found = there.get(name)
        if found is None:
            yield _finding(ROLE_DIFFERS, _absent("role", name), f"The role {name} is declared, and not here.")
        elif found != role:
            said, here = role_document(role), role_document(found)
            fields = ", ".join(field for field in said if said[field] != here[field])
            yield _finding(ROLE_DIFFERS, _absent("role", name), f"The role {name} differs in: {fields}.")
    for role in roles_of_policy(state):
        if role.role_id not in declared:
            text = f"The role {role.role_id} is used or changed here, and not declared."
            yield _finding(ROLE_DIFFERS, _absent("role", role.role_id), text)


def _limits(policy: Policy, state: PolicyState) -> Iterator[Finding]:
    if policy.limits is None:
        return
    there, declared = set(declared_limits(state)), set(policy.limits)
    for limit in _sorted(declared - there):
        text = f"Declared, and not set here: {limit.text}."
        yield _finding(LIMIT_DIFFERS, _absent("limit", limit.text), text)
    for limit in _sorted(there - declared):
        yield _finding(
            LIMIT_DIFFERS, _absent("limit", limit.text), f"Set here, and not declared: {limit.text}."
        )


def _sorted(limits: Iterable[DeclaredLimit]) -> list[DeclaredLimit]:
    return sorted(limits)


def _absent(kind: str, name: str) -> Subject:
    """Return the subject of what has no id of ours: a thing of the policy, by its name."""
    return Subject(Scope.FLEET, f"policy:{kind}:{name}", name)


def _finding(rule: Rule, subject: Subject, *evidence: str) -> Finding:
    return Finding(
        rule=rule.rule_id,
        subject=subject,
        severity=rule.severity,
        title=rule.title,
        evidence=evidence,
        reason=rule.reason,
        repair=rule.repair,
        link="",
        reference=rule.reference,
    )
