"""The audit's report in the asked form: HTML, CSV, JSON, SARIF or text."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from kraken_desk.domain.audit.difference import Difference, EarlierReport, difference
from kraken_desk.domain.audit.dossier import Dossier
from kraken_desk.domain.audit.policy_findings import POLICY_RULES
from kraken_desk.domain.audit.rules import all_rules
from kraken_desk.domain.errors import InputError
from kraken_desk.reports.audit_csv import findings_csv
from kraken_desk.reports.audit_html import audit_html
from kraken_desk.reports.audit_json import report_document, reports_json
from kraken_desk.reports.audit_text import report_text
from kraken_desk.reports.sarif import sarif_json


class Form(StrEnum):
    """The forms of a report; the value is also the usual ending of its file."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"
    HTML = "html"
    SARIF = "sarif"


Item = tuple[Dossier, Difference | None]


def written(form: Form, items: Sequence[Item], version: str) -> str:
    """Write the report as one file; the same facts give the same text."""
    if form is Form.HTML:
        return audit_html(items)
    if form is Form.CSV:
        return findings_csv(items)
    if form is Form.SARIF:
        return sarif_json(items, (*all_rules(), *POLICY_RULES), version)
    if form is Form.JSON:
        return reports_json(report_document(*item) for item in items)
    return "\n\n".join(report_text(*item) for item in items) + "\n"


def compared(dossiers: Sequence[Dossier], earlier: Sequence[EarlierReport] | None) -> list[Item]:
    """Set each report beside the earlier one of its environment; raises InputError if there is none."""
    if earlier is None:
        return [(dossier, None) for dossier in dossiers]
    known = {report.environment: report for report in earlier}
    if not any(dossier.report.environment in known for dossier in dossiers):
        raise InputError(
            "Nothing to compare with",
            "The earlier report is of no environment that is judged now.",
            "Name the environment with --environment, or take another report.",
        )
    return [
        (dossier, difference(dossier, old) if (old := known.get(dossier.report.environment)) else None)
        for dossier in dossiers
    ]
