"""The audit as text for people: worst first, each finding with evidence, reason and repair."""

from __future__ import annotations

from kraken_desk.domain.audit.difference import Change, Difference
from kraken_desk.domain.audit.dossier import Dossier
from kraken_desk.domain.audit.findings import AuditReport, Finding, Severity
from kraken_desk.reports.shown_text import shown

_MARKS = {Change.NEW: "new: ", Change.CHANGED: "changed: ", Change.UNCHANGED: "", Change.SETTLED: ""}


def report_text(dossier: Dossier, difference: Difference | None = None) -> str:
    """Write a report; with a difference, what is new or changed is marked and what is settled listed."""
    report = dossier.report
    if not report.keys and not report.findings:
        return "No keys yet."
    shown_ = report.open()
    muted = len(report.findings) - len(shown_)
    head = f"{report.environment}: {report.keys} keys judged. {counts_sentence(report)}"
    lines = [head if not muted else f"{head} Muted: {muted}."]
    if dossier.redacted:
        lines.append(f"Left out: {', '.join(dossier.redacted)}.")
    if difference is not None:
        lines.append(difference_sentence(difference))
    for finding in shown_:
        change = difference.of(finding, report.environment) if difference else Change.UNCHANGED
        lines += ["", *_finding_lines(finding, _MARKS[change])]
    unchecked = [n for n in report.not_judged if not n.rule]
    if unchecked:
        names = ", ".join(shown(n.subject.name) for n in unchecked)
        lines += ["", f"Not judged, because never checked: {names}."]
    if difference is not None and difference.settled:
        lines += ["", "Settled:"]
        lines += [f"  {shown(old.subject)}: {shown(old.title)}  [{old.rule}]" for old in difference.settled]
    return "\n".join(lines)


def counts_sentence(report: AuditReport) -> str:
    counts = ", ".join(f"{report.count(s)} {s.word}" for s in reversed(Severity) if report.count(s))
    return f"Findings: {counts}." if counts else "No finding."


def difference_sentence(difference: Difference) -> str:
    asked = (Change.NEW, Change.CHANGED, Change.SETTLED)
    return f"Since {shown(difference.since)}: " + ", ".join(f"{difference.count(c)} {c}" for c in asked) + "."


def _finding_lines(finding: Finding, mark: str) -> list[str]:
    subject = finding.subject
    where = f" ({shown(subject.account)})" if subject.account and subject.account != subject.name else ""
    head = f"{finding.severity.word.upper():<8}  {mark}{shown(subject.name)}{where}: {shown(finding.title)}"
    lines = [f"{head}  [{finding.rule}]"]
    lines += [f"          {shown(text)}" for text in (*finding.evidence, finding.reason)]
    lines += [f"          - {shown(step)}" for step in finding.repair]
    if finding.link:
        lines.append(f"          {finding.link}")
    return lines
