"""Rules about accounts, the clock, and what was rehearsed before it went to production."""

from __future__ import annotations

from kraken_desk.domain.audit.engine import Hit, Unknown, Verdict, rule
from kraken_desk.domain.audit.facts import AccountFacts, FleetFacts, KeyFacts
from kraken_desk.domain.audit.findings import Scope, Severity
from kraken_desk.domain.environments import EnvironmentKind
from kraken_desk.domain.keys import Venue, can_read_balances

CLOCK_TOLERATED_S = 5.0
CLOCK_GRAVE_S = 60.0

MOST_FUTURES_KEYS = 50
"""Keys that a Futures account may have (Kraken support: create a Derivatives key)."""

_NEARLY = 45


@rule(
    "no-monitor",
    "accounts",
    Severity.LOW,
    "No desk key reads this account",
    reason="Without a key of its own the desk shows no balances of it, and settles no transfer there.",
    repair=("Make a Kraken Desk monitor key in this account and add it here.",),
    reference="the role Kraken Desk monitor",
    scope=Scope.ACCOUNT,
)
def no_monitor(account: AccountFacts, fleet: FleetFacts) -> Verdict:
    """Report an account without a desk key that reads its Spot balances."""
    del fleet
    own = [key for key in account.of(Venue.SPOT) if key.slot.is_desk_key]
    if any(not key.known for key in own):
        return Unknown("Its desk keys have not all been checked.")
    if any(can_read_balances(key.info.permissions) for key in own):
        return None
    return Hit(
        (f"{account.account.label} has {len(account.keys)} keys here, none of them a desk key that reads.",)
    )


@rule(
    "futures-keys-full",
    "accounts",
    Severity.LOW,
    "Futures keys are running out",
    reason="Kraken allows 50 Futures keys; a rotation needs a place for the successor.",
    repair=("Delete Futures keys that nobody uses.",),
    reference="Kraken support: create a Derivatives key",
    scope=Scope.ACCOUNT,
)
def futures_keys_full(account: AccountFacts, fleet: FleetFacts) -> Verdict:
    """Report an account that is near Kraken's limit."""
    del fleet
    count = len(account.of(Venue.FUTURES))
    return Hit((f"{count} of {MOST_FUTURES_KEYS} are known here.",)) if count >= _NEARLY else None


@rule(
    "not-rehearsed",
    "promotion",
    Severity.LOW,
    "Never rehearsed",
    reason="No key of this shape was accepted in a lower environment, so real money tries it first.",
    repair=(
        "Rehearse role, rights, allowlist shape, client and window in the demo, UAT or a local exchange.",
    ),
    reference="Kraken: rehearse before production",
    at_kraken=False,
)
def not_rehearsed(key: KeyFacts, fleet: FleetFacts) -> Verdict:
    """Report a process's production key whose shape no lower environment has seen."""
    if fleet.kind is not EnvironmentKind.PRODUCTION or key.slot.is_desk_key:
        return None
    if fleet.rehearsed is None:
        return Unknown("The lower environments have not been looked at.")
    if key.shape in fleet.rehearsed:
        return None
    return Hit(
        ("No lower environment has a key with this role, rights, allowlist width, client and window.",)
    )


@rule(
    "clock-off",
    "fleet",
    Severity.MEDIUM,
    "This machine's clock is off",
    reason="Nonces are made from the clock; a wrong one refuses keys, or spoils them for their processes.",
    repair=("Set the clock, and let it be kept (kraken-desk doctor).",),
    reference="Kraken docs: nonce",
    scope=Scope.FLEET,
    at_kraken=False,
)
def clock_off(fleet: FleetFacts, _same: FleetFacts) -> Verdict:
    """Report a clock more than five seconds from Kraken's; a minute is grave."""
    offset = fleet.clock_offset_s
    if offset is None:
        return Unknown("Kraken's clock has not been asked.")
    if abs(offset) <= CLOCK_TOLERATED_S:
        return None
    word = "behind" if offset == abs(offset) else "ahead of"
    severity = Severity.HIGH if abs(offset) > CLOCK_GRAVE_S else Severity.MEDIUM
    return Hit((f"It is {abs(offset):.0f} s {word} Kraken's.",), severity)
