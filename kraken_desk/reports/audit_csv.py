"""The audit as a table for spreadsheets: one row per finding, settled ones last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from kraken_desk.domain.audit.difference import Change, Difference, EarlierFinding
from kraken_desk.domain.audit.dossier import Dossier
from kraken_desk.domain.audit.findings import Finding
from kraken_desk.domain.audit.redaction import fingerprint
from kraken_desk.reports.csv_text import Cell, csv_text
from kraken_desk.reports.shown_text import shown

HEADS = (
    "Environment",
    "Judged at",
    "Severity",
    "Grade",
    "Rule",
    "About",
    "Account",
    "Name",
    "Process",
    "Finding",
    "Evidence",
    "Reason",
    "Repair",
    "Page",
    "Reference",
    "Muted until",
    "Muted because",
    "Score",
    "Change",
    "Fingerprint",
)


def findings_csv(items: Iterable[tuple[Dossier, Difference | None]]) -> str:
    """Write every finding; `Grade` is the severity as a number, `Score` the subject's health."""
    return csv_text(HEADS, (row for dossier, difference in items for row in _rows(dossier, difference)))


def _rows(dossier: Dossier, difference: Difference | None) -> Iterator[tuple[Cell, ...]]:
    scores = dict(dossier.report.scores)
    for finding in dossier.report.findings:
        score = scores.get(finding.subject.ref)
        yield _row(dossier, finding, difference, score.value if score else None)
    for old in difference.settled if difference is not None else ():
        yield _settled(dossier, old)


def _row(
    dossier: Dossier, finding: Finding, difference: Difference | None, score: int | None
) -> tuple[Cell, ...]:
    report, subject, mute = dossier.report, finding.subject, finding.muted
    return (
        report.environment,
        report.judged_at,
        finding.severity.word,
        Decimal(int(finding.severity)),
        finding.rule,
        subject.scope.value,
        shown(subject.account),
        shown(subject.name),
        shown(subject.process),
        shown(finding.title),
        shown(" ".join(finding.evidence)),
        shown(finding.reason),
        shown(" ".join(finding.repair)),
        finding.link,
        finding.reference,
        mute.until if mute else None,
        shown(mute.reason) if mute else None,
        None if score is None else Decimal(score),
        difference.of(finding, report.environment).value if difference is not None else None,
        fingerprint(finding, report.environment),
    )


def _settled(dossier: Dossier, old: EarlierFinding) -> tuple[Cell, ...]:
    known: dict[str, Cell] = {
        "Environment": dossier.report.environment,
        "Judged at": dossier.report.judged_at,
        "Severity": shown(old.severity),
        "Rule": shown(old.rule),
        "Name": shown(old.subject),
        "Finding": shown(old.title),
        "Evidence": shown(" ".join(old.evidence)),
        "Change": Change.SETTLED.value,
        "Fingerprint": shown(old.fingerprint),
    }
    return tuple(known.get(head) for head in HEADS)
