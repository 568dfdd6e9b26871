"""The lines of the findings pane as plain values: filtered, grouped under heads, ready to be drawn."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum

from kraken_desk.domain.audit.findings import AuditReport, Finding, Scope, Severity
from kraken_desk.ui.formatting import count, day
from kraken_desk.ui.theme.tokens import Tone

TONES = {
    Severity.CRITICAL: Tone.DANGER,
    Severity.HIGH: Tone.DANGER,
    Severity.MEDIUM: Tone.WARN,
    Severity.LOW: Tone.INFO,
    Severity.INFO: Tone.MUTED,
}

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
        text = search_text(finding)
        return all(word in text for word in self.words.casefold().split())


@dataclass(frozen=True, slots=True)
class HeadLine:
    """The head of a group; `tone` is that of the worst below."""

    title: str
    note: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class FindingLine:
    """One finding, its cells in words."""

    finding: Finding
    cells: tuple[str, ...]


Line = HeadLine | FindingLine


def lines(report: AuditReport, grouping: Grouping, wanted: FindingsFilter) -> tuple[Line, ...]:
    """Return the heads with their findings; the order of the report, worst first, stays inside each."""
    groups: defaultdict[tuple[int, str], list[Finding]] = defaultdict(list)
    for finding in report.findings:
        if wanted.lets(finding):
            groups[_group(finding, grouping)].append(finding)
    found: list[Line] = []
    for (_, title), members in sorted(groups.items(), key=lambda item: item[0]):
        worst = max(member.severity for member in members)
        head = f"{members[0].title}" if grouping is Grouping.RULE else title
        found.append(HeadLine(head, _note(members, grouping), TONES[worst]))
        found += [FindingLine(member, _cells(member)) for member in members]
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
    counted = [(report.count(severity), severity.word) for severity in reversed(Severity)]
    return ", ".join(f"{number} {word}" for number, word in counted if number) or "no finding"


def _group(finding: Finding, grouping: Grouping) -> tuple[int, str]:
    subject = finding.subject
    if grouping is Grouping.SEVERITY:
        return (-finding.severity, finding.severity.word.capitalize())
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
        finding.severity.word.capitalize(),
        finding.title,
        about or subject.name,
        subject.account,
        process,
        until,
    )
