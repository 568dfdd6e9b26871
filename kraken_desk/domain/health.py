"""The health of a key: its remarks, the worst of them, and how they roll up to accounts.

The tree's states come from those rules of the audit that need nothing but a key's last check; the
full audit judges against roles, hosts and processes as well.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.audit.engine import judge_key
from kraken_desk.domain.audit.facts import FleetFacts, KeyFacts
from kraken_desk.domain.audit.findings import Finding, Severity
from kraken_desk.domain.audit.rules import tree_rules
from kraken_desk.domain.environments import EnvironmentKind, EnvironmentName
from kraken_desk.domain.foreign_use import UseFinding
from kraken_desk.domain.keys import KeyCheck, KeyId, KeySlot, SlotId, Venue
from kraken_desk.domain.levels import EXPIRING, STALE, TOO_OLD, KeyHealth, Level, Remark, worst
from kraken_desk.domain.settling import settles_until

__all__ = ["EXPIRING", "STALE", "KeyHealth", "Level", "Remark", "assess", "level_of", "next_change", "worst"]


_LEVELS = {
    Severity.INFO: Level.FINE,
    Severity.LOW: Level.LOW,
    Severity.MEDIUM: Level.MEDIUM,
    Severity.HIGH: Level.HIGH,
    Severity.CRITICAL: Level.CRITICAL,
}

_NAMELESS = KeySlot(
    SlotId(""),
    EnvironmentName(""),
    AccountId(""),
    Venue.SPOT,
    "",
    KeyId(""),
    "",
    datetime(1970, 1, 1, tzinfo=UTC),
)
"""The slot of a key that is judged by its check alone; the tree's rules do not look at it."""


def assess(
    check: KeyCheck | None,
    now: datetime,
    *,
    use: UseFinding | None = None,
    added_at: datetime | None = None,
) -> KeyHealth:
    """Judge a key by its last check, by its use, and by how new it is: the audit's rules for the tree."""
    if check is None:
        return KeyHealth(
            Level.UNCHECKED,
            (Remark(Level.UNCHECKED, "Not checked yet", "Kraken has not been asked about this key."),),
        )
    slot = _NAMELESS if added_at is None else replace(_NAMELESS, added_at=added_at)
    facts = KeyFacts(slot, check=check, use=use, age_known=added_at is not None)
    fleet = FleetFacts(EnvironmentName(""), EnvironmentKind.CUSTOM, now)
    found = [item for item in judge_key(tree_rules(), facts, fleet) if isinstance(item, Finding)]
    remarks = sorted(map(_remark, found), key=lambda remark: -remark.level)
    return KeyHealth(remarks[0].level if remarks else Level.FINE, tuple(remarks), facts.settling(now))


def next_change(check: KeyCheck | None, added_at: datetime, now: datetime) -> datetime | None:
    """Return when time alone changes what `assess` says; None when it never does."""
    if check is None:
        return None
    times = [settles_until(check, added_at), check.checked_at + STALE, check.checked_at + TOO_OLD]
    if check.info is not None and isinstance(check.info.valid_until, datetime):
        times += [check.info.valid_until, check.info.valid_until - EXPIRING]
    return min((time for time in times if time is not None and time >= now), default=None)


def level_of(severity: Severity) -> Level:
    """Return the tree's state for a finding's severity; what is only to be known leaves a row fine."""
    return _LEVELS[severity]


def _remark(finding: Finding) -> Remark:
    detail = " ".join((*finding.evidence, finding.reason))
    return Remark(level_of(finding.severity), finding.title, detail, " ".join(finding.repair[:1]))
