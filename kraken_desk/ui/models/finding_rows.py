"""The lines of the findings pane as plain values: filtered, grouped under heads, ready to be drawn."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from operator import itemgetter

from kraken_desk.domain.audit.findings import AuditReport, Finding, Scope, Severity
from kraken_desk.ui.formatting import count, day
from kraken_desk.ui.steps import Steps, finish
from kraken_desk.ui.theme.tokens import Tone

TONES = {
    Severity.CRITICAL: Tone.DANGER,
    Severity.HIGH: Tone.DANGER,
    Severity.MEDIUM: Tone.WARN,
    Severity.LOW: Tone.INFO,
    Severity.INFO: Tone.MUTED,
}

_WORDS = {severity: severity.word.capitalize() for severity in Severity}

AT_ONCE = 250
"""Findings taken in one step: less than half a millisecond."""

HEADS = ("Severity", "Finding", "About", "Account", "Process", "Muted until")


class Grouping(StrEnum):
    """What findings stand together under one head."""

    SEVERITY = "Severity"
    ACCOUNT = "Account"
    RULE = "Rule"
    PROCESS = "Process"


@dataclass(frozen=True, slots=True)
class FindingsFilter:
    """`severities` empty lets all through; `muted` shows what is muted, and only that."""

    words: str = ""
    severities: frozenset[Severity] = frozenset()
    muted: bool = False

    def lets(self, finding: Finding) -> bool:
        if (finding.muted is not None) is not self.muted:
            return False
        if self.severities and finding.severity not in self.severities:
            return False
        if not self.words:
            return True
        text = search_text(finding)
        return all(word in text for word in self.words.casefold().split())


@dataclass(frozen=True, slots=True)
class HeadLine:
    """The head of a group; `tone` is that of the worst below."""

    title: str
    note: str
    tone: Tone


@dataclass(frozen=True)
class FindingLine:
    """One finding; its cells are put into words when somebody looks at it."""

    finding: Finding

    @cached_property
    def cells(self) -> tuple[str, ...]:
        return _cells(self.finding)


Line = HeadLine | FindingLine


def lines(report: AuditReport, grouping: Grouping, wanted: FindingsFilter) -> tuple[Line, ...]:
    """Return the heads with their findings; the order of the report, worst first, stays inside each."""
    return finish(line_steps(report, grouping, wanted))


def line_steps(report: AuditReport, grouping: Grouping, wanted: FindingsFilter) -> Steps[tuple[Line, ...]]:
    """Do what `lines` does, some findings at a time."""
    groups: defaultdict[tuple[int, str], list[Finding]] = defaultdict(list)
    for number, finding in enumerate(report.findings):
        if wanted.lets(finding):
            groups[_group(finding, grouping)].append(finding)
        if number % AT_ONCE == 0:
            yield
    found: list[Line] = []
    for (_, title), members in sorted(groups.items(), key=itemgetter(0)):
        worst = max(member.severity for member in members)
        head = f"{members[0].title}" if grouping is Grouping.RULE else title
        found.append(HeadLine(head, _note(members, grouping), TONES[worst]))
        for first in range(0, len(members), AT_ONCE):
            found += map(FindingLine, members[first : first + AT_ONCE])
            yield
    return tuple(found)


def search_text(finding: Finding) -> str:
    """Return the words a finding is found by, in lower case."""
    subject = finding.subject
    words = (finding.severity.word, finding.title, finding.rule, subject.name, subject.account)
    return " ".join((*words, subject.process, *finding.evidence)).casefold()


def finding_text(finding: Finding) -> str:
    """Write a finding for the clipboard: what, why, and how it is mended."""
    subject = finding.subject
    where = f" ({subject.account})" if subject.account and subject.account != subject.name else ""
    lines_ = [f"{finding.severity.word.capitalize()}: {finding.title} [{finding.rule}]"]
    lines_ += [f"About: {subject.scope.value} {subject.name}{where}", *finding.evidence, finding.reason]
    lines_ += [f"{number}. {step}" for number, step in enumerate(finding.repair, 1)]
    return "\n".join((*lines_, finding.link)).rstrip()


def tally(report: AuditReport) -> str:
    """Write how many findings there are of each severity: `2 critical, 5 high`."""
    open_now = Counter(finding.severity for finding in report.open())
    counted = [(open_now[severity], severity.word) for severity in reversed(Severity)]
    return ", ".join(f"{number} {word}" for number, word in counted if number) or "no finding"


def _group(finding: Finding, grouping: Grouping) -> tuple[int, str]:
    subject = finding.subject
    if grouping is Grouping.SEVERITY:
        return (-finding.severity, _WORDS[finding.severity])
    if grouping is Grouping.RULE:
        return (-finding.severity, finding.rule)
    text = subject.account if grouping is Grouping.ACCOUNT else subject.process
    if text:
        return (0, text)
    return (1, "Several accounts" if grouping is Grouping.ACCOUNT else "No process")


def _note(members: list[Finding], grouping: Grouping) -> str:
    number = count(len(members), "finding")
    return f"{number} · {members[0].rule}" if grouping is Grouping.RULE else number


def _cells(finding: Finding) -> tuple[str, ...]:
    subject = finding.subject
    about = {Scope.FLEET: "All accounts", Scope.PROCESS: f"Process {subject.name}"}.get(subject.scope)
    until = day(finding.muted.until) if finding.muted is not None else ""
    process = "" if subject.scope is Scope.PROCESS else subject.process
    return (
        _WORDS[finding.severity],
        finding.title,
        about or subject.name,
        subject.account,
        process,
        until,
    )
