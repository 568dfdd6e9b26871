"""Rules about where a key may be used from."""

from __future__ import annotations

from kraken_desk.domain.allowlist import IpAllowlist, Width
from kraken_desk.domain.audit.engine import Hit, Unknown, Verdict, rule
from kraken_desk.domain.audit.facts import FleetFacts, KeyFacts
from kraken_desk.domain.audit.findings import Severity
from kraken_desk.domain.audit.rules.words import listed
from kraken_desk.domain.xray import private_entries, shadowed, strangers, unreadable

_RESTRICT = ("Restrict the key at Kraken to the addresses of its host.",)
_REFERENCE = "Kraken docs: GetApiKeyInfo, ip_allowlist"


@rule(
    "withdraw-open",
    "allowlist",
    Severity.CRITICAL,
    "Can withdraw from anywhere",
    reason="Withdraw rights and no IP allowlist: whoever has the secret can take money out.",
    repair=("Restrict the key to your addresses at Kraken, or replace it by one without the right.",),
    reference=_REFERENCE,
    for_tree=True,
)
def withdraw_open(key: KeyFacts, fleet: FleetFacts) -> Verdict:
    """Report withdrawal or address rights that any address can use."""
    del fleet
    if key.width is None:
        return Unknown("Kraken does not report this key's IP allowlist.")
    return Hit(("Its IP allowlist is open.",)) if key.width is Width.OPEN and key.holds_withdrawal else None


@rule(
    "trade-open",
    "allowlist",
    Severity.MEDIUM,
    "Can trade from anywhere",
    reason="No IP allowlist: whoever holds the secret can trade from any address.",
    repair=("Restrict the key to the address of its process at Kraken.",),
    reference=_REFERENCE,
    for_tree=True,
)
def trade_open(key: KeyFacts, fleet: FleetFacts) -> Verdict:
    """Report order rights that any address can use, where nothing worse is reported."""
    del fleet
    if key.width is not Width.OPEN or key.holds_withdrawal or not key.can.trades:
        return None
    return Hit(("Its IP allowlist is open.",))


@rule(
    "read-open",
    "allowlist",
    Severity.LOW,
    "No IP allowlist",
    reason="The key can be used from any address.",
    repair=_RESTRICT,
    reference=_REFERENCE,
    for_tree=True,
)
def read_open(key: KeyFacts, fleet: FleetFacts) -> Verdict:
    """Report any other key without an allowlist."""
    del fleet
    if key.width is not Width.OPEN or key.holds_withdrawal or key.can.trades:
        return None
    return Hit(("Its IP allowlist is open.",))


@rule(
    "wide-allowlist",
    "allowlist",
    Severity.MEDIUM,
    "Wide IP allowlist",
    reason="It covers far more than one host, so much of the protection is gone.",
    repair=("Name the single addresses of the hosts that use the key.",),
    reference=_REFERENCE,
    for_tree=True,
)
def wide_allowlist(key: KeyFacts, fleet: FleetFacts) -> Verdict:
    """Report a range wider than an office's network; with withdrawal rights it is grave."""
    del fleet
    allowlist = key.allowlist
    if allowlist is None or allowlist.width is not Width.WIDE:
        return None
    severity = Severity.HIGH if key.holds_withdrawal else Severity.MEDIUM
    return Hit((f"The allowlist {listed(allowlist.entries)} covers far more than one host.",), severity)


@rule(
    "wider-than-role",
    "allowlist",
    Severity.LOW,
    "Allowlist wider than its role needs",
    reason="Its process runs on fewer hosts than the list lets in.",
    repair=_RESTRICT,
    reference="the role's allowlist width",
)
def wider_than_role(key: KeyFacts, fleet: FleetFacts) -> Verdict:
    """Report a list beyond the role's width that no graver rule reports."""
    del fleet
    if key.role is None or key.width is None or key.width >= Width.WIDE or key.width <= key.role.width:
        return None
    return Hit((f"It lets in {key.width.word}; the role {key.role.name} asks for {key.role.width.word}.",))


@rule(
    "shadowed-entry",
    "allowlist",
    Severity.INFO,
    "Entries that change nothing",
    reason="They lie inside another entry; taking the narrow one off the list would not keep that host out.",
    repair=("Remove the wider or the narrower entry at Kraken, whichever you do not mean.",),
    reference=_REFERENCE,
)
def shadowed_entry(key: KeyFacts, fleet: FleetFacts) -> Verdict:
    """Report ranges that lie within other ranges of the list."""
    del fleet
    if key.allowlist is None:
        return None
    found = shadowed(IpAllowlist(tuple(sorted(key.allowlist.entries))))
    return Hit(tuple(f"{inner} lies inside {outer}." for inner, outer in found)) if found else None


@rule(
    "unreadable-entry",
    "allowlist",
    Severity.LOW,
    "An allowlist entry that is no address",
    reason="Nobody can say what it lets in, so it counts as wide.",
    repair=("Correct the entry at Kraken.",),
    reference=_REFERENCE,
)
def unreadable_entry(key: KeyFacts, fleet: FleetFacts) -> Verdict:
    """Report entries that are neither address nor range."""
    del fleet
    found = unreadable(key.allowlist) if key.allowlist is not None else ()
    return Hit((f"Not readable: {listed(found)}.",)) if found else None


@rule(
    "private-entry",
    "allowlist",
    Severity.LOW,
    "A private address on the allowlist",
    reason="Kraken never sees such an address, so it lets nobody in; the process may be locked out.",
    repair=("Enter the public address that Kraken sees.",),
    reference="IANA special-purpose address registry",
)
def private_entry(key: KeyFacts, fleet: FleetFacts) -> Verdict:
    """Report entries of private networks."""
    del fleet
    found = private_entries(key.allowlist) if key.allowlist is not None else ()
    return Hit((f"Private: {listed(found)}.",)) if found else None


@rule(
    "unnamed-host",
    "allowlist",
    Severity.INFO,
    "Lets in an address that is no named host",
    reason="Nobody has said whose address it is.",
    repair=("Name the host (kraken-desk hosts add), or remove the address at Kraken.",),
    reference="the hosts named here",
    at_kraken=False,
)
def unnamed_host(key: KeyFacts, fleet: FleetFacts) -> Verdict:
    """Report entries outside all named hosts, once hosts are named."""
    if not fleet.hosts or key.allowlist is None or key.width is Width.OPEN:
        return None
    found = strangers(key.allowlist, fleet.host_list)
    return Hit((f"No host has {listed(found)}.",)) if found else None


@rule(
    "desk-locked-out",
    "allowlist",
    Severity.MEDIUM,
    "This machine is not on a desk key's allowlist",
    reason="Kraken Desk runs here and calls with this key, so its calls are refused.",
    repair=("Add this machine's address to the key at Kraken.",),
    reference=_REFERENCE,
)
def desk_locked_out(key: KeyFacts, fleet: FleetFacts) -> Verdict:
    """Report desk keys that none of this machine's known addresses may use."""
    if fleet.here is None or key.allowlist is None or not key.slot.is_desk_key:
        return None
    if any(key.allowlist.allows(address) for address in fleet.here.addresses):
        return None
    return Hit((f"{fleet.here.name} calls from {listed(fleet.here.addresses)}.",))
