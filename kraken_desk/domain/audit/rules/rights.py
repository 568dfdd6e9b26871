"""Rules about single rights: too many, too few, unknown ones, and what the role says."""

from __future__ import annotations

from kraken_desk.domain.accounts import AccountKind
from kraken_desk.domain.audit.engine import Hit, Verdict, rule
from kraken_desk.domain.audit.facts import FleetFacts, KeyFacts
from kraken_desk.domain.audit.findings import Severity
from kraken_desk.domain.audit.rules.words import labels, listed
from kraken_desk.domain.keys import FuturesAccess, KeySlot
from kraken_desk.domain.rights import GENERAL_FULL, RightId, Risk, right_of

_WITHDRAW = RightId("withdraw-funds")

_BY_RISK = {
    Risk.READ: Severity.LOW,
    Risk.LOW: Severity.LOW,
    Risk.MEDIUM: Severity.MEDIUM,
    Risk.HIGH: Severity.HIGH,
    Risk.CRITICAL: Severity.HIGH,
}


@rule(
    "surplus-rights",
    "rights",
    Severity.LOW,
    "More rights than its role needs",
    reason="A right that the process never uses only helps whoever steals the secret.",
    repair=(
        "Take the rights away at Kraken, or make a key without them.",
        "Or give the key the role that it has.",
    ),
    reference="the role's rights",
)
def surplus_rights(key: KeyFacts, fleet: FleetFacts) -> Verdict:
    """Report rights that the role neither needs nor tolerates; the most dangerous one sets the severity."""
    del fleet
    if key.role is None:
        return None
    surplus = key.rights - key.role.tolerated(key.slot.venue)
    if not surplus:
        return None
    worst = max(right.risk for right_id in surplus if (right := right_of(right_id)) is not None)
    return Hit((f"Beyond the role {key.role.name}: {labels(surplus)}.",), _BY_RISK[worst])


@rule(
    "missing-rights",
    "rights",
    Severity.LOW,
    "Lacks rights that its role needs",
    reason="Calls that need them are refused with “Permission denied”.",
    repair=("Add the rights at Kraken, or make a key with them.", "Or give the key the role that it has."),
    reference="the role's rights",
)
def missing_rights(key: KeyFacts, fleet: FleetFacts) -> Verdict:
    """Report rights that the role needs and the key has not."""
    del fleet
    if key.role is None:
        return None
    missing = key.role.needed(key.slot.venue) - key.rights
    return Hit((f"Needed by the role {key.role.name}: {labels(missing)}.",)) if missing else None


@rule(
    "unknown-right",
    "rights",
    Severity.MEDIUM,
    "Unknown right",
    reason="This program does not know what it opens, so it counts as dangerous.",
    repair=("Treat the key as dangerous until you have looked it up at Kraken.",),
    reference="Kraken docs: GetApiKeyInfo, permissions",
    for_tree=True,
)
def unknown_right(key: KeyFacts, fleet: FleetFacts) -> Verdict:
    """Report rights that Kraken names and the vocabulary lacks."""
    del fleet
    return (
        Hit((f"Kraken reports {listed(key.unknown)}, which this program does not know.",))
        if key.unknown
        else None
    )


@rule(
    "rights-not-reported",
    "rights",
    Severity.MEDIUM,
    "Rights not reported",
    reason="What the key may do is not known, so nothing about it can be called safe.",
    repair=("Look at the key at Kraken.", "Check it again."),
    reference="Kraken docs: check v3 API key",
)
def rights_not_reported(key: KeyFacts, fleet: FleetFacts) -> Verdict:
    """Report a Futures key of which Kraken leaves a level out."""
    del fleet
    rights = key.info.permissions
    if not isinstance(rights, FuturesAccess):
        return None
    silent = [
        name
        for name, level in (("General API", rights.general), ("Withdrawal API", rights.transfer))
        if not level
    ]
    return Hit((f"Kraken names no level for {listed(silent)}.",)) if silent else None


@rule(
    "no-rights",
    "rights",
    Severity.LOW,
    "Has no right at all",
    reason="It can do nothing but describe itself; market data needs no key.",
    repair=("Delete the key at Kraken, or give it the rights of its role.",),
    reference="Kraken docs: GetApiKeyInfo, permissions",
)
def no_rights(key: KeyFacts, fleet: FleetFacts) -> Verdict:
    """Report a key without any right, known or unknown."""
    del fleet
    return None if key.rights or key.unknown else Hit(("Kraken reports no right of this key.",))


@rule(
    "no-role",
    "rights",
    Severity.INFO,
    "No role",
    reason="Without a role nobody can say which of its rights are needed.",
    repair=("Give the key a role (kraken-desk roles list).",),
    reference="the key's declaration here",
    at_kraken=False,
    needs_info=False,
)
def no_role(key: KeyFacts, fleet: FleetFacts) -> Verdict:
    """Report a key whose purpose is not declared."""
    del fleet
    return None if key.slot.role.strip() else Hit(("No role is declared for this key.",))


@rule(
    "unknown-role",
    "rights",
    Severity.LOW,
    "A role that is not in the table",
    reason="Its rights cannot be judged until the role says what it needs.",
    repair=("Add the role (kraken-desk roles import), or give the key one that is there.",),
    reference="the table of roles",
    at_kraken=False,
    needs_info=False,
)
def unknown_role(key: KeyFacts, fleet: FleetFacts) -> Verdict:
    """Report a role that the table does not have."""
    del fleet
    named = _role_text(key.slot)
    return Hit((f"The declared role is “{named}”.",)) if named and key.role is None else None


@rule(
    "futures-moves-money",
    "rights",
    Severity.MEDIUM,
    "A trading key that can move money between accounts",
    reason="Full access on the master's Futures side also moves money between master and subaccounts.",
    repair=(
        "Trade from a subaccount, whose key cannot.",
        "Or give the key the role treasury if it is meant.",
    ),
    reference="Kraken docs: transfer to subaccount needs General API Full Access",
)
def futures_moves_money(key: KeyFacts, fleet: FleetFacts) -> Verdict:
    """Report full access on the master where the role is not a treasury one."""
    del fleet
    if key.kind is not AccountKind.MASTER or GENERAL_FULL not in key.rights or key.role is None:
        return None
    if _WITHDRAW in key.role.spot:
        return None
    return Hit((f"On the master with General API Full Access; its role is {key.role.name}.",))


@rule(
    "reader-moves-to-futures",
    "rights",
    Severity.INFO,
    "A reading key that can move money to Futures",
    reason="Query Funds alone opens WalletTransfer from Spot to the account's own Futures wallet.",
    repair=("Know of it: Kraken has no right that only reads balances.", "Keep the key's allowlist narrow."),
    reference="Kraken docs: WalletTransfer",
)
def reader_moves_to_futures(key: KeyFacts, fleet: FleetFacts) -> Verdict:
    """Report readers of an account that has a Futures side."""
    if not key.can.moves_to_futures or not key.can.only_reads:
        return None
    if key.slot.account_id not in fleet.futures_accounts:
        return None
    return Hit((f"It reads balances of {key.subject.account}, which has a Futures side.",))


def _role_text(slot: KeySlot) -> str:
    return slot.role.strip()
