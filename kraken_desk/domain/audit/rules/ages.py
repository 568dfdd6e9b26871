"""Rules about time: expiry, rotation, idleness, edits, and the end of Futures v3."""

from __future__ import annotations

from datetime import datetime, timedelta

from kraken_desk.domain.audit.engine import Hit, Unknown, Verdict, rule
from kraken_desk.domain.audit.facts import AccountFacts, FleetFacts, KeyFacts
from kraken_desk.domain.audit.findings import Scope, Severity
from kraken_desk.domain.audit.rules.words import day, listed, moment
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.levels import EXPIRING
from kraken_desk.domain.nonces import CLOCK_TOLERANCE
from kraken_desk.domain.reported import NOT_REPORTED
from kraken_desk.domain.sunset import FUTURES_V3_ENDS

DORMANT_DAYS = 90
"""Kraken disables keys that are unused for months; the exact span is not published."""

UNUSED_DAYS = 14
EDIT_REMEMBERED_DAYS = 30
SUNSET_WARNING_DAYS = 180

_NO_EXPIRY_KNOWN = Unknown("Kraken reports no expiry of this key.")


@rule(
    "key-expired",
    "ages",
    Severity.HIGH,
    "Expired",
    reason="Kraken refuses this key since its expiry.",
    repair=("Make a new key at Kraken and add it here.",),
    reference="Kraken docs: GetApiKeyInfo, valid_until",
    for_tree=True,
)
def key_expired(key: KeyFacts, fleet: FleetFacts) -> Verdict:
    """Report a key past its end."""
    until = key.info.valid_until
    if until is NOT_REPORTED:
        return _NO_EXPIRY_KNOWN
    return Hit((f"It ended at {moment(until)}.",)) if until is not None and until <= fleet.now else None


@rule(
    "key-expiring",
    "ages",
    Severity.MEDIUM,
    "Expires soon",
    reason="The process stops when the key does.",
    repair=("Make its successor now.",),
    reference="Kraken docs: GetApiKeyInfo, valid_until",
    for_tree=True,
)
def key_expiring(key: KeyFacts, fleet: FleetFacts) -> Verdict:
    """Report a key that ends within a week."""
    until = key.info.valid_until
    if not isinstance(until, datetime):
        return None
    return Hit((f"It ends at {moment(until)}.",)) if fleet.now < until <= fleet.now + EXPIRING else None


@rule(
    "never-expires",
    "ages",
    Severity.MEDIUM,
    "Never expires",
    reason="Keys of this role are to end by themselves, so that a forgotten one does not live for ever.",
    repair=("Set an expiry at Kraken.",),
    reference="the role's expiry policy",
)
def never_expires(key: KeyFacts, fleet: FleetFacts) -> Verdict:
    """Report a key without end whose role asks for one."""
    del fleet
    if key.role is None or key.role.expiry_days is None:
        return None
    until = key.info.valid_until
    if until is NOT_REPORTED:
        return Unknown(f"{key.role.name} is to expire, but Kraken reports no expiry of this key.")
    asked = f"The role {key.role.name} asks for an end within {key.role.expiry_days} days."
    return Hit((asked,)) if until is None else None


@rule(
    "expires-too-late",
    "ages",
    Severity.LOW,
    "Expires later than its role allows",
    reason="An end that far away protects little.",
    repair=("Set an earlier expiry at Kraken.",),
    reference="the role's expiry policy",
)
def expires_too_late(key: KeyFacts, fleet: FleetFacts) -> Verdict:
    """Report an end beyond the span that the role allows."""
    until = key.info.valid_until
    if key.role is None or key.role.expiry_days is None or not isinstance(until, datetime):
        return None
    limit = timedelta(days=key.role.expiry_days)
    if until <= fleet.now + limit:
        return None
    return Hit((f"It ends on {day(until)}; the role {key.role.name} allows {limit.days} days ahead.",))


@rule(
    "rotation-due",
    "ages",
    Severity.MEDIUM,
    "Due to be replaced",
    reason="The longer a secret is in use, the more places it has been to.",
    repair=(
        "Make a successor at Kraken.",
        "Hand it to the process.",
        "Delete this key when it is no longer used.",
    ),
    reference="the role's rotation age",
)
def rotation_due(key: KeyFacts, fleet: FleetFacts) -> Verdict:
    """Report a key older than its role's rotation age."""
    made = key.info.created_time
    if key.role is None or key.role.rotation_days is None:
        return None
    if not isinstance(made, datetime):
        return Unknown("Kraken does not report when this key was made.")
    if not fleet.older(made, key.role.rotation_days):
        return None
    return Hit(
        (f"Made on {day(made)}; the role {key.role.name} asks for {key.role.rotation_days} days at most.",)
    )


@rule(
    "dormant",
    "ages",
    Severity.MEDIUM,
    "Not used for months",
    reason="A key that nobody uses is only a risk; Kraken also disables keys that lie idle for months.",
    repair=("Ask its process's owner.", "Delete the key at Kraken if nobody needs it."),
    reference="Kraken docs: GetApiKeyInfo, last_used",
)
def dormant(key: KeyFacts, fleet: FleetFacts) -> Verdict:
    """Report a key whose last use is long ago."""
    used = key.info.last_used
    if not isinstance(used, datetime):
        return Unknown("Kraken does not report when this key was used.") if used is NOT_REPORTED else None
    if fleet.older(used, DORMANT_DAYS):
        return Hit((f"Last used on {day(used)}.",))
    own = abs(key.info.read_at - used) <= CLOCK_TOLERANCE
    return Unknown("The last use that Kraken reports may be our own check.") if own else None


@rule(
    "never-used",
    "ages",
    Severity.LOW,
    "Never used",
    reason="A key that was made and never used is probably not needed.",
    repair=("Delete the key at Kraken if nobody needs it.",),
    reference="Kraken docs: GetApiKeyInfo, last_used",
)
def never_used(key: KeyFacts, fleet: FleetFacts) -> Verdict:
    """Report a key that is two weeks old and was never used; the check itself may count as a use."""
    made = key.info.created_time
    if key.info.last_used is not None or not isinstance(made, datetime):
        return None
    return Hit((f"Made on {day(made)}.",)) if fleet.older(made, UNUSED_DAYS) else None


@rule(
    "edited-outside",
    "ages",
    Severity.MEDIUM,
    "Edited at Kraken",
    reason="Its settings were changed after it was added here; make sure that it was one of you.",
    repair=("Compare rights, allowlist and dates with what you want.", "Mute this once you know who it was."),
    reference="Kraken docs: GetApiKeyInfo, modified_time",
)
def edited_outside(key: KeyFacts, fleet: FleetFacts) -> Verdict:
    """Report an edit after the key was added here, for a month."""
    edited = key.info.modified_time
    if not isinstance(edited, datetime) or edited <= key.slot.added_at:
        return None
    if fleet.older(edited, EDIT_REMEMBERED_DAYS):
        return None
    return Hit((f"Edited at {moment(edited)}; added here at {moment(key.slot.added_at)}.",))


@rule(
    "query-range-over",
    "ages",
    Severity.MEDIUM,
    "Reads nothing new any more",
    reason="Kraken shows this key no data after its query end date, so its process misses what is new.",
    repair=("Remove or move the query end date at Kraken.",),
    reference="Kraken docs: GetApiKeyInfo, query_to",
)
def query_range_over(key: KeyFacts, fleet: FleetFacts) -> Verdict:
    """Report a query end date that has passed."""
    end = key.info.query_to
    return (
        Hit((f"Its query end date is {day(end)}.",))
        if isinstance(end, datetime) and end <= fleet.now
        else None
    )


@rule(
    "futures-sunset",
    "ages",
    Severity.LOW,
    "Futures keys end with Derivatives v3",
    reason="Kraken switches off the API that these keys work with; the successors use ordinary Kraken keys.",
    repair=("Plan the move of these processes to the successor APIs.",),
    reference="Kraken docs: deprecation of Derivatives v3",
    scope=Scope.ACCOUNT,
    at_kraken=False,
)
def futures_sunset(account: AccountFacts, fleet: FleetFacts) -> Verdict:
    """Report Futures keys in the half year before the announced end, and gravely after it."""
    keys = account.of(Venue.FUTURES)
    left = FUTURES_V3_ENDS - fleet.now
    if not keys or left > timedelta(days=SUNSET_WARNING_DAYS):
        return None
    evidence = (f"The end is on {day(FUTURES_V3_ENDS)}.", f"Keys: {listed(k.slot.name for k in keys)}.")
    if left <= timedelta(0):
        return Hit(evidence, Severity.HIGH, "Futures keys are of an API that has ended")
    return Hit(evidence)
