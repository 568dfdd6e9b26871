"""All golden cases: by rule, the facts of its subject, the fleet around it, and its verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kraken_desk.domain.audit.engine import Judge, Rule, Verdict
from kraken_desk.domain.audit.facts import FleetFacts, KeyFacts
from kraken_desk.domain.audit.findings import Scope
from kraken_desk.domain.audit.rules import all_rules
from tests.unit.domain.audit import golden_places, golden_rights, golden_time
from tests.unit.domain.audit.facts import fleet


@dataclass(frozen=True)
class Golden:
    """One case."""

    rule: Rule
    facts: object
    fleet: FleetFacts
    verdict: Verdict

    def holds(self, judge: Judge) -> bool:
        return judge(self.facts, self.fleet) == self.verdict


TABLE = {**golden_time.GOLDEN, **golden_rights.GOLDEN, **golden_places.GOLDEN}


def cases_of(rule: Rule) -> list[Golden]:
    """Return the cases of a rule; without a fleet of its own, a case stands in a fleet of its key."""
    return [_case(rule, row) for row in TABLE.get(rule.rule_id, [])]


def _case(rule: Rule, row: tuple[Any, ...]) -> Golden:
    facts, *around, verdict = row
    if rule.scope is Scope.FLEET:
        return Golden(rule, facts, facts, verdict)  # the fleet is its own subject
    around = around or [fleet(*([facts] if isinstance(facts, KeyFacts) else []))]
    return Golden(rule, facts, around[0], verdict)


ALL = [case for rule in all_rules() for case in cases_of(rule)]
