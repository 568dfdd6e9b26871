"""Rules about whose a key is: one key, one process."""

from __future__ import annotations

import re

from kraken_desk.domain.audit.engine import Hit, Unknown, Verdict, rule
from kraken_desk.domain.audit.facts import FleetFacts, KeyFacts, ProcessFacts
from kraken_desk.domain.audit.findings import Scope, Severity
from kraken_desk.domain.audit.rules.words import listed
from kraken_desk.domain.foreign_use import UseState

_SEVERAL = re.compile(r"[,;+&/]| and ")
"""What people write between two processes."""


@rule(
    "key-without-process",
    "processes",
    Severity.LOW,
    "No process",
    reason="Nobody knows what breaks when the key is deleted, or who is to blame when it is misused.",
    repair=("Say which process uses the key, or delete it at Kraken.",),
    reference="one key, one process",
    at_kraken=False,
    needs_info=False,
)
def key_without_process(key: KeyFacts, fleet: FleetFacts) -> Verdict:
    """Report a key that no process owns."""
    del fleet
    return None if key.slot.process.strip() else Hit(("No process is declared for this key.",))


@rule(
    "several-processes",
    "processes",
    Severity.MEDIUM,
    "Several processes on one key",
    reason="Their nonces overtake each other, and most invalid nonces come from that.",
    repair=("Give each process a key of its own.", "Then name one process here."),
    reference="Kraken: one key per process",
    needs_info=False,
)
def several_processes(key: KeyFacts, fleet: FleetFacts) -> Verdict:
    """Report a declaration that names more than one process."""
    del fleet
    found = _SEVERAL.search(key.slot.process)
    return Hit((f"Its process is given as “{key.slot.process}”.",)) if found else None


@rule(
    "same-key-twice",
    "processes",
    Severity.HIGH,
    "The same key twice",
    reason="Two places that sign with one key spoil each other's nonces.",
    repair=("Remove it from one of the places.", "Make another key at Kraken for the other use."),
    reference="Kraken: one key per process",
    at_kraken=False,
    needs_info=False,
)
def same_key_twice(key: KeyFacts, fleet: FleetFacts) -> Verdict:
    """Report a public key that this profile holds elsewhere too."""
    others = fleet.twins(key)
    return Hit((f"Also held as {listed(others)}.",)) if others else None


@rule(
    "used-by-others",
    "processes",
    Severity.HIGH,
    "Used by somebody else",
    reason="A second program has the secret: a copy that was forgotten, or a thief.",
    repair=(
        "Revoke the key at Kraken if you do not know who it was.",
        "Give the other program a key of its own.",
    ),
    reference="Kraken docs: GetApiKeyInfo, nonce and last_used",
    needs_info=False,
    for_tree=True,
)
def used_by_others(key: KeyFacts, fleet: FleetFacts) -> Verdict:
    """Report what the judgement of its use has found; a desk key has no excuse."""
    del fleet
    if key.use is None or key.use.state is not UseState.FOREIGN:
        return None
    evidence = tuple(f"{sign.text} {sign.why}" for sign in key.use.signs if sign.state is UseState.FOREIGN)
    if key.slot.is_desk_key:
        return Hit(evidence, Severity.CRITICAL, "A key of the desk is used by others")
    return Hit(evidence)


@rule(
    "desk-key-leased",
    "processes",
    Severity.HIGH,
    "A process holds a key of the desk",
    reason="Kraken Desk calls with it at the same time, so one of the two is refused.",
    repair=("Give the process a key of its own.",),
    reference="one key, one process",
    at_kraken=False,
    needs_info=False,
)
def desk_key_leased(key: KeyFacts, fleet: FleetFacts) -> Verdict:
    """Report a desk key in the hands of a started process."""
    del fleet
    if key.lease is None or not key.slot.is_desk_key:
        return None
    return Hit((f"“{key.lease.command}” holds it on {key.lease.host}.",))


@rule(
    "client-unknown",
    "processes",
    Severity.LOW,
    "Client library not declared",
    reason="A check signs at the process's nonce scale, and has to guess it without the client.",
    repair=("Say which client library the process uses.",),
    reference="the client's nonce scale",
    at_kraken=False,
    needs_info=False,
)
def client_unknown(key: KeyFacts, fleet: FleetFacts) -> Verdict:
    """Report a Spot key of a process whose client is not declared; Futures checks carry no nonce."""
    del fleet
    if not key.spot or not key.slot.process.strip() or key.slot.signing_client:
        return None
    return Hit((f"Nothing says what {key.slot.process} signs with.",))


@rule(
    "process-without-key",
    "processes",
    Severity.MEDIUM,
    "A process without a usable key",
    reason="It cannot work, or works with a key that is not in this profile.",
    repair=("Add its key here, or make one at Kraken.", "Remove the process if it is no longer run."),
    reference="the declared processes",
    scope=Scope.PROCESS,
)
def process_without_key(process: ProcessFacts, fleet: FleetFacts) -> Verdict:
    """Report a process that has no key, or whose keys are all refused or over."""
    if not process.keys:
        return Hit(("No key in this profile names it.",))
    checked = [key for key in process.keys if key.known]
    if len(checked) < len(process.keys):
        return Unknown("Not all of its keys have been checked.")
    if any(key.usable and not key.info.expired(fleet.now) for key in checked):
        return None
    return Hit((f"Refused or expired: {listed(key.slot.name for key in checked)}.",))
