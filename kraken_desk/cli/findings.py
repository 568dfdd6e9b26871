"""Findings as JSON documents and as text."""

from __future__ import annotations

from kraken_desk.cli import documents
from kraken_desk.cli.output import Document
from kraken_desk.domain.audit.findings import AuditReport, Finding, Severity
from kraken_desk.domain.drift import DriftEvent
from kraken_desk.domain.mutes import Mute


def report_document(report: AuditReport) -> Document:
    return {
        "environment": report.environment,
        "judged_at": documents.value(report.judged_at),
        "keys": report.keys,
        "accounts": report.accounts,
        "counts": {severity.word: report.count(severity) for severity in reversed(Severity)},
        "findings": [finding_document(finding) for finding in report.findings],
        "not_judged": [
            {"subject": n.subject.name, "ref": n.subject.ref, "rule": n.rule or None, "why": n.why}
            for n in report.not_judged
        ],
        "scores": {ref: {"value": s.value, "reasons": list(s.reasons)} for ref, s in report.scores},
    }


def finding_document(finding: Finding) -> Document:
    subject = finding.subject
    return {
        "rule": finding.rule,
        "severity": finding.severity.word,
        "subject": {
            "scope": subject.scope.value,
            "ref": subject.ref,
            "name": subject.name,
            "account": subject.account or None,
            "process": subject.process or None,
        },
        "title": finding.title,
        "evidence": list(finding.evidence),
        "reason": finding.reason,
        "repair": list(finding.repair),
        "link": finding.link or None,
        "reference": finding.reference,
        "muted": mute_document(finding.muted) if finding.muted else None,
    }


def mute_document(mute: Mute) -> Document:
    return {
        "rule": mute.rule,
        "subject": mute.subject,
        "reason": mute.reason,
        "muted_at": documents.value(mute.muted_at),
        "until": documents.value(mute.until),
    }


def drift_document(event: DriftEvent, name: str) -> Document:
    return {
        "key": name,
        "seen_at": documents.value(event.seen_at),
        "fact": event.change.fact,
        "before": event.change.before,
        "after": event.change.after,
        "text": event.change.text,
    }


def report_text(report: AuditReport) -> str:
    """Write a report for people: worst first, each finding with evidence, reason and repair."""
    if not report.keys:
        return "No keys yet."
    shown = report.open()
    muted = len(report.findings) - len(shown)
    counts = ", ".join(f"{report.count(s)} {s.word}" for s in reversed(Severity) if report.count(s))
    head = f"{report.environment}: {report.keys} keys judged. " + (
        f"Findings: {counts}." if counts else "No finding."
    )
    lines = [head if not muted else f"{head} Muted: {muted}."]
    lines += [line for finding in shown for line in ("", *_finding_lines(finding))]
    unchecked = [n for n in report.not_judged if not n.rule]
    if unchecked:
        names = ", ".join(n.subject.name for n in unchecked)
        lines += ["", f"Not judged, because never checked: {names}."]
    return "\n".join(lines)


def _finding_lines(finding: Finding) -> list[str]:
    subject = finding.subject
    where = f" ({subject.account})" if subject.account and subject.account != subject.name else ""
    lines = [f"{finding.severity.word.upper():<8}  {subject.name}{where}: {finding.title}  [{finding.rule}]"]
    lines += [f"          {text}" for text in (*finding.evidence, finding.reason)]
    lines += [f"          - {step}" for step in finding.repair]
    if finding.link:
        lines.append(f"          {finding.link}")
    return lines
