"""Rules about the last check: whether Kraken accepted the key, and how old what we know is."""

from __future__ import annotations

from kraken_desk.domain.audit.engine import Hit, Verdict, rule
from kraken_desk.domain.audit.facts import FleetFacts, KeyFacts
from kraken_desk.domain.audit.findings import Severity
from kraken_desk.domain.audit.rules.words import listed, moment
from kraken_desk.domain.keys import CheckOutcome
from kraken_desk.domain.levels import STALE, TOO_OLD


@rule(
    "key-refused",
    "checks",
    Severity.HIGH,
    "Kraken refused the key",
    reason="Its process cannot work, and each further try counts towards a lockout of this address.",
    repair=(
        "Stop the process.",
        "Find the cause with kraken-desk keys diagnose.",
        "Replace the key if it is gone.",
    ),
    reference="Kraken docs: API errors",
    needs_info=False,
    for_tree=True,
)
def key_refused(key: KeyFacts, fleet: FleetFacts) -> Verdict:
    """Report a refused key, unless its expiry or its newness explains it."""
    check = key.check
    if check is None or check.outcome is not CheckOutcome.REJECTED or key.settling(fleet.now):
        return None
    if check.info is not None and check.info.expired(fleet.now):
        return None
    evidence: tuple[str, ...] = (f"Refused at {moment(check.checked_at)}.",)
    problem = check.problem
    if problem is None:
        return Hit(evidence)
    if problem.kraken:
        evidence = (*evidence, f"Kraken said: {listed(problem.kraken)}.")
    return Hit(
        evidence, title=problem.title, reason=problem.detail, repair=(problem.hint,) if problem.hint else ()
    )


@rule(
    "settling",
    "checks",
    Severity.LOW,
    "Settling at Kraken",
    reason="Kraken refused it, but new or edited keys may need minutes there.",
    repair=("Nothing to do yet: it is asked again slowly, and called refused only after half an hour.",),
    reference="observed of new keys",
    needs_info=False,
    for_tree=True,
    at_kraken=False,
)
def settling(key: KeyFacts, fleet: FleetFacts) -> Verdict:
    """Report a new or edited key that Kraken does not take yet."""
    if not key.settling(fleet.now):
        return None
    assert key.check is not None
    assert key.check.problem is not None
    said = key.check.problem.kraken
    return Hit((f"Kraken said: {listed(said)}.",)) if said else Hit(())


@rule(
    "key-unreached",
    "checks",
    Severity.LOW,
    "The last check did not reach Kraken",
    reason="What is shown of the key may be out of date.",
    repair=("Check the key again.",),
    reference="the last check",
    needs_info=False,
    for_tree=True,
    at_kraken=False,
)
def key_unreached(key: KeyFacts, fleet: FleetFacts) -> Verdict:
    """Report a check that got no answer."""
    del fleet
    check = key.check
    if check is None or check.outcome is not CheckOutcome.UNREACHED or check.problem is None:
        return None
    problem = check.problem
    repair = (problem.hint,) if problem.hint else ()
    return Hit(
        (f"Tried at {moment(check.checked_at)}.",), title=problem.title, reason=problem.detail, repair=repair
    )


@rule(
    "facts-old",
    "checks",
    Severity.LOW,
    "Checked long ago",
    reason="The key may have been changed at Kraken since.",
    repair=("Check the key again.",),
    reference="the last check",
    for_tree=True,
    at_kraken=False,
)
def facts_old(key: KeyFacts, fleet: FleetFacts) -> Verdict:
    """Report facts of more than two days; of more than thirty, that they are no ground to judge."""
    check = key.check
    if check is None or check.outcome is not CheckOutcome.ACCEPTED:
        return None
    age = fleet.now - check.checked_at
    if age > TOO_OLD:
        return Hit(
            (f"Last accepted at {moment(check.checked_at)}.",),
            Severity.MEDIUM,
            "Checked too long ago to judge",
            "After a month, what Kraken reported then says little about now.",
        )
    return Hit((f"Last accepted at {moment(check.checked_at)}.",)) if age > STALE else None
