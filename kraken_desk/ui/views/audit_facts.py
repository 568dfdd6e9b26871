"""What the audit says of a key, an account or the fleet, as facts for the details; pure functions."""

from __future__ import annotations

from collections.abc import Callable

from kraken_desk.domain.abilities import what_it_can_do
from kraken_desk.domain.accounts import Account, AccountId
from kraken_desk.domain.audit.blast import Radius
from kraken_desk.domain.audit.findings import AuditReport, Score
from kraken_desk.domain.audit.judgement import Judgement
from kraken_desk.domain.fleet import FleetSnapshot, KeyNode
from kraken_desk.domain.keys import KeyId, SlotId
from kraken_desk.domain.levels import Level
from kraken_desk.ui.formatting import count
from kraken_desk.ui.models.fleet_rows import score_tone, score_words
from kraken_desk.ui.models.host_rows import money
from kraken_desk.ui.theme import Tone
from kraken_desk.ui.widgets.facts import Fact

HEALTH, WORST = "Health", "Worst case today"
NOT_JUDGED = "not judged yet"


def key_audit(slot_id: SlotId, judgement: Judgement | None) -> tuple[Fact, ...]:
    """Return a key's health with its reasons, and what a thief of its secret could take today."""
    if judgement is None:
        return (Fact(HEALTH, NOT_JUDGED, Tone.MUTED),)
    radius = judgement.exposure.blast.keys.get(slot_id)
    return _facts(slot_id, radius, judgement)


def account_audit(account_id: AccountId, judgement: Judgement | None) -> tuple[Fact, ...]:
    """Return the same for an account with all its keys."""
    if judgement is None:
        return (Fact(HEALTH, NOT_JUDGED, Tone.MUTED),)
    return _facts(account_id, judgement.exposure.blast.accounts.get(account_id), judgement)


def fleet_audit(judgement: Judgement | None) -> tuple[Fact, ...]:
    """Return the same for everything."""
    if judgement is None:
        return (Fact(HEALTH, NOT_JUDGED, Tone.MUTED),)
    return _facts(judgement.facts.subject.ref, judgement.exposure.blast.fleet, judgement)


def ability(node: KeyNode, account: Account) -> str:
    """Say in one sentence what a key can do; "" while nothing is known of it."""
    info = node.check.info if node.check else None
    return what_it_can_do(info.permissions, account.kind) if info is not None else ""


def ability_of(fleet: FleetSnapshot, key_id: str | None) -> str:
    """Say the same of a key by its id; "" where it is not in the fleet, or nothing is known of it."""
    node = fleet.key(KeyId(key_id)) if key_id else None
    account = fleet.account(node.slot.account_id) if node is not None else None
    return ability(node, account.account) if node is not None and account is not None else ""


def abilities_in(fleet: FleetSnapshot) -> Callable[[str | None], str]:
    """Return what says `ability` of every key of a fleet by its id or its slot's, for long lists."""
    found = {}
    for account in fleet.accounts():
        for node in account.keys:
            found[str(node.slot.key_id)] = found[str(node.slot.slot_id)] = (node, account.account)

    def say(key: str | None) -> str:
        return ability(*found[key]) if key in found else ""

    return say


def with_health(level: Level, audit: tuple[Fact, ...]) -> Level:
    """Let a poor health show in the badge of the details, as the tree shows it before the name."""
    tone = next((fact.tone for fact in audit if fact.label == HEALTH), Tone.PLAIN)
    return (
        {Tone.DANGER: Level.HIGH, Tone.WARN: Level.MEDIUM}.get(tone, level) if level is Level.FINE else level
    )


def _facts(ref: str, radius: Radius | None, judgement: Judgement) -> tuple[Fact, ...]:
    facts = [_health(ref, judgement.report)]
    if radius is not None:
        facts.append(_worst(radius, judgement))
    return tuple(facts)


def _health(ref: str, report: AuditReport) -> Fact:
    score = report.score(ref)
    if score.value is None:
        return Fact(HEALTH, "not known", Tone.MUTED, "nothing is known to judge by")
    own = len([finding for finding in report.of(ref) if not finding.muted])
    points, tip = _worst_first(score, report), count(own, "finding") + " of its own"
    return Fact(HEALTH, score_words(score), score_tone(score.value), tip=tip, points=points)


def _worst_first(score: Score, report: AuditReport) -> tuple[str, ...]:
    """Return the reasons of a score once each, as the report ranks them: not all of them may be shown."""
    left = dict.fromkeys(score.reasons)
    ranked = []
    for finding in report.findings:  # the worst first
        if finding.title in left:
            ranked.append(finding.title)
            del left[finding.title]
            if not left:
                break
    return (*ranked, *left)


def _worst(radius: Radius, judgement: Judgement) -> Fact:
    gaps = tuple(f"not counted: {gap}" for gap in radius.gaps)
    points = (*radius.why, *gaps)
    note = "" if points else "nothing that money could be lost by"
    tone = Tone.MUTED if radius.worst is None else Tone.DANGER if radius.worst else Tone.PLAIN
    tip = "What whoever has the secret could take or lose, by rights, reach and expiry"
    figure = money(radius.worst, judgement.exposure.currency)
    return Fact(WORST, figure, tone, note, tip, points=points)
