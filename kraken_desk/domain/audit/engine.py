"""The rules engine: a registry of small pure functions, and what becomes of their verdicts.

A rule is one function that looks at one subject and returns a `Hit` with its evidence, None when
all is well, or `Unknown` when a fact that it needs is not there. Everything else about it stands in
its decorator, so that the registry can be read, listed and tested as data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from kraken_desk.domain.audit.facts import FleetFacts, KeyFacts
from kraken_desk.domain.audit.findings import (
    FUTURES_KEYS_PAGE,
    SPOT_KEYS_PAGE,
    Finding,
    NotJudged,
    Scope,
    Severity,
    Subject,
)
from kraken_desk.domain.values import dataclass

NEVER_CHECKED = "Kraken has not been asked about this key yet."


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule's finding: facts as sentences; `severity`, `title`, `reason` and `repair` replace the rule's."""

    evidence: tuple[str, ...]
    severity: Severity | None = None
    title: str = ""
    reason: str = ""
    repair: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unknown:
    """A rule that cannot judge, and why."""

    why: str


Verdict = Hit | Unknown | None
Judge = Callable[[Any, FleetFacts], Verdict]  # the first argument is the facts of the rule's scope


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule with its function; `at_kraken` says that its repair is done on Kraken's page.

    `needs_info`: the rule of a key is asked only where Kraken's report of it is known. `for_tree`:
    it needs nothing but that report, so the tree's own states come from it as well.
    """

    rule_id: str
    group: str
    scope: Scope
    severity: Severity
    title: str
    reason: str
    repair: tuple[str, ...]
    reference: str
    judge: Judge
    at_kraken: bool = True
    needs_info: bool = True
    for_tree: bool = False


class Registry:
    """The rules in the order of their files; ids are unique."""

    def __init__(self) -> None:
        self._rules: dict[str, Rule] = {}

    def rule(
        self, rule_id: str, group: str, severity: Severity, title: str, **more: Any
    ) -> Callable[[Judge], Judge]:
        """Register the decorated function; `more` are the fields of `Rule`."""

        def register(judge: Judge) -> Judge:
            if rule_id in self._rules:
                raise ValueError(f"the rule {rule_id} is there twice")
            given = {"scope": Scope.KEY, **more}
            self._rules[rule_id] = Rule(rule_id, group, severity=severity, title=title, judge=judge, **given)
            return judge

        return register

    def all(self) -> tuple[Rule, ...]:
        return tuple(self._rules.values())

    def of(self, scope: Scope) -> tuple[Rule, ...]:
        return tuple(rule for rule in self._rules.values() if rule.scope is scope)


REGISTRY = Registry()
rule = REGISTRY.rule


def judge_key(rules: tuple[Rule, ...], key: KeyFacts, fleet: FleetFacts) -> Iterator[Finding | NotJudged]:
    """Apply rules to one key; a key that was never checked is not judged by most of them."""
    if not key.known:
        yield NotJudged(key.subject, "", NEVER_CHECKED)
        rules = tuple(rule for rule in rules if not rule.needs_info)
    link = SPOT_KEYS_PAGE if key.spot else FUTURES_KEYS_PAGE
    yield from _apply(rules, key, fleet, key.subject, link)


def judge_all(rules: tuple[Rule, ...], fleet: FleetFacts) -> Iterator[Finding | NotJudged]:
    """Apply rules to everything that they are about."""
    by_scope = {scope: tuple(rule for rule in rules if rule.scope is scope) for scope in Scope}
    for key in fleet.keys:
        yield from judge_key(by_scope[Scope.KEY], key, fleet)
    for account in fleet.account_facts:
        yield from _apply(by_scope[Scope.ACCOUNT], account, fleet, account.subject, SPOT_KEYS_PAGE)
    for process in fleet.process_facts:
        yield from _apply(by_scope[Scope.PROCESS], process, fleet, process.subject, SPOT_KEYS_PAGE)
    yield from _apply(by_scope[Scope.FLEET], fleet, fleet, fleet.subject, SPOT_KEYS_PAGE)


def _apply(
    rules: tuple[Rule, ...], facts: object, fleet: FleetFacts, subject: Subject, link: str
) -> Iterator[Finding | NotJudged]:
    for applied in rules:
        verdict = applied.judge(facts, fleet)
        if isinstance(verdict, Hit):
            yield _finding(applied, verdict, subject, link if applied.at_kraken else "")
        elif verdict is not None:
            yield NotJudged(subject, applied.rule_id, verdict.why)


def _finding(applied: Rule, hit: Hit, subject: Subject, link: str) -> Finding:
    return Finding(
        rule=applied.rule_id,
        subject=subject,
        severity=applied.severity if hit.severity is None else hit.severity,
        title=hit.title or applied.title,
        evidence=hit.evidence,
        reason=hit.reason or applied.reason,
        repair=hit.repair or applied.repair,
        link=link,
        reference=applied.reference,
    )
