"""Evaluating: from facts to a report, with mutes, scores, and one order whatever the order of the input."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from kraken_desk.domain.audit.engine import Rule, judge_all
from kraken_desk.domain.audit.facts import FleetFacts
from kraken_desk.domain.audit.findings import AuditReport, Finding, NotJudged, Score, Severity
from kraken_desk.domain.audit.rules import all_rules
from kraken_desk.domain.mutes import Mute

COST = {
    Severity.INFO: 0,
    Severity.LOW: 3,
    Severity.MEDIUM: 10,
    Severity.HIGH: 25,
    Severity.CRITICAL: 45,
}
"""Points that a finding takes from a health score of 100. Ours; only their order means something."""


def evaluate(
    facts: FleetFacts,
    mutes: Iterable[Mute] = (),
    rules: tuple[Rule, ...] | None = None,
    beside: Iterable[Finding] = (),
) -> AuditReport:
    """Judge everything by all rules; muted findings stay in the report, marked, and cost nothing.

    `beside` are findings that were made elsewhere, as by a policy.
    """
    muted = {(m.rule, m.subject): m for m in mutes if m.holds(facts.now)}
    findings, unknown = [], []
    for item in (*judge_all(all_rules() if rules is None else rules, facts), *beside):
        if isinstance(item, NotJudged):
            unknown.append(item)
        else:
            mute = muted.get(item.identity)
            findings.append(item if mute is None else replace(item, muted=mute))
    findings.sort(key=_rank)
    return AuditReport(
        environment=facts.environment,
        judged_at=facts.now,
        findings=tuple(findings),
        not_judged=tuple(sorted(unknown, key=lambda item: (item.subject.name, item.subject.ref, item.rule))),
        scores=_scores(facts, findings),
        keys=len(facts.keys),
        accounts=len(facts.accounts),
    )


def _rank(finding: Finding) -> tuple[int, str, str, str, str]:
    subject = finding.subject
    return (-finding.severity, finding.rule, subject.account, subject.name, subject.ref)


def _scores(facts: FleetFacts, findings: list[Finding]) -> tuple[tuple[str, Score], ...]:
    """Score keys by their findings, accounts by their own and their worst key, the fleet by its worst."""
    of: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.muted is None and COST[finding.severity]:
            of[finding.subject.ref].append(finding)
    keys = {k.subject.ref: _score(of[k.subject.ref], 100) if k.known else Score(None) for k in facts.keys}
    accounts = {}
    for account in facts.account_facts:
        below = [keys[key.subject.ref] for key in account.keys]
        accounts[account.subject.ref] = _above(below, of[account.subject.ref])
    fleet = {facts.subject.ref: _above(list(accounts.values()), of[facts.subject.ref])}
    return tuple(sorted({**keys, **accounts, **fleet}.items()))


def _score(findings: list[Finding], start: int) -> Score:
    points = start - sum(COST[finding.severity] for finding in findings)
    return Score(max(0, points), tuple(finding.title for finding in findings))


def _above(below: list[Score], own: list[Finding]) -> Score:
    """Score what holds others: the worst of them, less the own findings."""
    known = [score for score in below if score.value is not None]
    if not known and not own:
        return Score(None)
    worst = min(known, key=lambda score: (score.value, score.reasons), default=Score(100))
    assert worst.value is not None
    mine = _score(own, worst.value)
    return Score(mine.value, (*mine.reasons, *worst.reasons))
