"""Findings and the permission matrix as tables for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterable

from kraken_desk.domain.audit.findings import Finding
from kraken_desk.domain.audit.matrix import MatrixRow
from kraken_desk.domain.rights import Right
from kraken_desk.reports.csv_text import Cell, csv_text

FINDING_HEADS = (
    "Severity",
    "Rule",
    "Finding",
    "About",
    "Name",
    "Account",
    "Process",
    "Evidence",
    "Reason",
    "Repair",
    "Link",
    "Muted until",
    "Muted because",
)
MATRIX_HEADS = ("Account", "Key", "Venue", "Process", "Role")


def findings_csv(findings: Iterable[Finding]) -> str:
    """Write one row per finding, in the order given."""
    return csv_text(FINDING_HEADS, map(_finding, findings))


def matrix_csv(rights: tuple[Right, ...], rows: Iterable[MatrixRow]) -> str:
    """Write one row per key; a right's cell is held, surplus, missing, n/a, ? or empty."""
    heads = (*MATRIX_HEADS, *(right.right_id for right in rights), "Unknown rights", "Can")
    return csv_text(heads, (_row(row) for row in rows))


def _finding(finding: Finding) -> tuple[Cell, ...]:
    subject, muted = finding.subject, finding.muted
    return (
        finding.severity.word,
        finding.rule,
        finding.title,
        subject.scope.value,
        subject.name,
        subject.account,
        subject.process,
        " ".join(finding.evidence),
        finding.reason,
        " ".join(finding.repair),
        finding.link,
        muted.until if muted is not None else None,
        muted.reason if muted is not None else "",
    )


def _row(row: MatrixRow) -> tuple[Cell, ...]:
    marks = tuple(mark.value for mark in row.marks)
    return (
        row.account,
        row.name,
        row.venue,
        row.process,
        row.role,
        *marks,
        " ".join(row.unknown),
        row.sentence,
    )
