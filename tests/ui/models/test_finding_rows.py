"""The lines of the findings pane: filtered, grouped, the worst first."""

import pytest

from kraken_desk.domain.audit.findings import Severity
from kraken_desk.ui.models.finding_rows import (
    FindingLine,
    FindingsFilter,
    Grouping,
    HeadLine,
    finding_text,
    lines,
    tally,
)
from tests.helpers.judgements import TOP, a_judgement
from tests.unit.domain.audit.facts import OPEN, key, trader

JUDGEMENT = a_judgement(
    trader(facts={"ip_allowlist": OPEN}, slot_id="s1", key_id="k1", api_key="one", name="open bot"),
    key(
        rights=("query-funds", "withdraw-funds"),
        facts={"ip_allowlist": OPEN},
        account=TOP,
        slot_id="s2",
        key_id="k2",
        api_key="two",
        name="payer",
        process="",
        role="",
    ),
)
REPORT = JUDGEMENT.report


def test_findings_stand_below_the_head_of_their_severity() -> None:
    """Heads go from the worst to the mildest and say how many findings follow."""
    found = lines(REPORT, Grouping.SEVERITY, FindingsFilter())

    heads = [line for line in found if isinstance(line, HeadLine)]

    assert [head.title for head in heads][:2] == ["Critical", "Medium"]
    assert sum(int(head.note.split()[0]) for head in heads) == len(REPORT.open())


@pytest.mark.parametrize(("grouping", "head"), [(Grouping.PROCESS, "bot"), (Grouping.ACCOUNT, TOP.label)])
def test_other_groupings_have_their_own_heads(grouping: Grouping, head: str) -> None:
    """Accounts and processes become heads; what belongs to none comes last."""
    heads = [line.title for line in lines(REPORT, grouping, FindingsFilter()) if isinstance(line, HeadLine)]

    assert head in heads


def test_words_and_severity_narrow_the_findings() -> None:
    """All words must be found, in any part of the finding, and only asked severities are let through."""
    wanted = FindingsFilter("PAYER withdraw", frozenset({Severity.CRITICAL}))

    found = [line.finding for line in lines(REPORT, Grouping.RULE, wanted) if isinstance(line, FindingLine)]

    assert {finding.subject.name for finding in found} == {"payer"}
    assert {finding.severity for finding in found} == {Severity.CRITICAL}


def test_muted_findings_are_listed_by_themselves() -> None:
    """Without a mute, the list of the muted is empty."""
    assert lines(REPORT, Grouping.SEVERITY, FindingsFilter(muted=True)) == ()


def test_a_finding_as_text_says_how_it_is_mended() -> None:
    """The copy holds title, rule, subject, evidence and every step."""
    finding = REPORT.open()[0]

    text = finding_text(finding)

    assert text.startswith(f"Critical: {finding.title} [{finding.rule}]")
    assert all(step in text for step in finding.repair)


def test_the_tally_counts_each_severity() -> None:
    """Severities without findings are left out."""
    assert tally(a_judgement().report) == "no finding"
    assert tally(REPORT).startswith(f"{REPORT.count(Severity.CRITICAL)} critical")
