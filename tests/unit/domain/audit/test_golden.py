"""Every rule's golden cases, and the proof that they would notice a broken rule."""

from __future__ import annotations

import pytest

from kraken_desk.domain.audit.engine import Hit, Rule
from kraken_desk.domain.audit.rules import all_rules
from tests.unit.domain.audit.golden import ALL, TABLE, Golden, cases_of
from tests.unit.domain.audit.mutants import mutants_of

RULES = {rule.rule_id: rule for rule in all_rules()}


@pytest.mark.parametrize("case", ALL, ids=[f"{case.rule.rule_id}-{n}" for n, case in enumerate(ALL)])
def test_the_rule_says_what_is_written(case: Golden) -> None:
    """Verdict, evidence and severity, for facts that are in order and facts that are not."""
    assert case.rule.judge(case.facts, case.fleet) == case.verdict


def test_every_rule_has_positive_and_negative_cases() -> None:
    """And no case is of a rule that is not there."""
    assert set(TABLE) == set(RULES)
    for rule in RULES.values():
        verdicts = [case.verdict for case in cases_of(rule)]
        assert any(isinstance(verdict, Hit) for verdict in verdicts), rule.rule_id
        assert any(verdict is None for verdict in verdicts), rule.rule_id


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_a_changed_condition_is_noticed(rule: Rule) -> None:
    """Each comparison turned round or moved by one, each condition fixed or dropped: some case fails."""
    cases = cases_of(rule)
    mutants = list(mutants_of(rule.judge))

    survivors = [text for text, judge in mutants if _all_hold(cases, judge)]

    assert mutants
    assert survivors == []


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_every_rule_explains_itself(rule: Rule) -> None:
    """Title, reason, repair and reference are there, and are sentences."""
    assert rule.title
    assert not rule.title.endswith(".")
    assert rule.reason.endswith(".")
    assert rule.repair
    assert all(step.endswith(".") for step in rule.repair)
    assert rule.reference


def _all_hold(cases: list[Golden], judge: object) -> bool:
    try:
        return all(case.holds(judge) for case in cases)  # type: ignore[arg-type]  # a mutated rule
    except Exception:  # noqa: BLE001  # a mutant that breaks is noticed as well
        return False
