"""What the audit says of a key, an account or the fleet, as facts for the details; pure functions."""

from __future__ import annotations

from kraken_desk.domain.abilities import what_it_can_do
from kraken_desk.domain.accounts import Account, AccountId
from kraken_desk.domain.audit.blast import Radius
from kraken_desk.domain.audit.findings import Score
from kraken_desk.domain.audit.judgement import Judgement
from kraken_desk.domain.fleet import KeyNode
from kraken_desk.domain.keys import SlotId
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


def _facts(ref: str, radius: Radius | None, judgement: Judgement) -> tuple[Fact, ...]:
    facts = [_health(judgement.report.score(ref), len([f for f in judgement.report.of(ref) if not f.muted]))]
    if radius is not None:
        facts.append(_worst(radius, judgement))
    return tuple(facts)


def _health(score: Score, findings: int) -> Fact:
    if score.value is None:
        return Fact(HEALTH, "not known", Tone.MUTED, "nothing is known to judge by")
    note = "\n".join(dict.fromkeys(score.reasons))
    tip = count(findings, "finding") + " of its own"
    return Fact(HEALTH, score_words(score), score_tone(score.value), note, tip)


def _worst(radius: Radius, judgement: Judgement) -> Fact:
    gaps = tuple(f"not counted: {gap}" for gap in radius.gaps)
    note = "\n".join((*radius.why, *gaps)) or "nothing that money could be lost by"
    tone = Tone.MUTED if radius.worst is None else Tone.DANGER if radius.worst else Tone.PLAIN
    tip = "What whoever has the secret could take or lose, by rights, reach and expiry"
    return Fact(WORST, money(radius.worst, judgement.exposure.currency), tone, note, tip)
