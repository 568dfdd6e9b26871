"""Answering with an audit's report: its form, its redaction, its comparison, and where it goes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kraken_desk import __version__
from kraken_desk.cli.output import Document
from kraken_desk.cli.runtime import Session
from kraken_desk.cli.text_files import read_text, write_text
from kraken_desk.domain.audit.difference import Change, EarlierReport
from kraken_desk.domain.audit.dossier import Dossier
from kraken_desk.domain.audit.findings import Severity
from kraken_desk.domain.audit.redaction import Redaction, redacted, redactions
from kraken_desk.reports.audit_json import LARGEST_EARLIER, earlier_reports, report_document
from kraken_desk.reports.audit_report import Form, Item, compared, written


@dataclass(frozen=True)
class WantedReport:
    """The report as it was asked for; everything that can be wrong has been looked at."""

    form: Form
    output: Path | None
    levels: frozenset[Redaction]
    earlier: tuple[EarlierReport, ...] | None


def wanted_report(*, form: str, output: Path | None, redact: str, against: Path | None) -> WantedReport:
    """Read the options; raises InputError before anything is judged."""
    earlier = None if against is None else earlier_reports(read_text(against, LARGEST_EARLIER))
    return WantedReport(Form(form), output, redactions(redact), earlier)


async def answer_report(session: Session, dossiers: Sequence[Dossier], wanted: WantedReport) -> None:
    """Write the report to its file or to standard output; `--json` prints one document in any case."""
    clean = [await asyncio.to_thread(redacted, dossier, wanted.levels) for dossier in dossiers]
    items = compared(clean, wanted.earlier)
    if wanted.output is None and (session.as_json or wanted.form is Form.JSON):
        session.as_json = True
        if wanted.form in (Form.JSON, Form.TEXT):
            session.answer({"reports": [report_document(*item) for item in items]}, "")
        else:
            session.answer({"format": wanted.form.value, "text": _text(wanted.form, items)}, "")
        return
    text = await asyncio.to_thread(_text, wanted.form, items)
    if wanted.output is not None:
        write_text(wanted.output, text)
        session.answer(_summary(items, wanted), _sentence(items, wanted))
    elif wanted.form is Form.TEXT:
        session.answer({}, text.rstrip("\n"))
    else:  # a file's content, so not a character is to be changed for a terminal
        session.print_text(text, newline=False)


def _text(form: Form, items: Sequence[Item]) -> str:
    return written(form, items, __version__)


def _summary(items: Sequence[Item], wanted: WantedReport) -> Document:
    return {
        "file": str(wanted.output),
        "format": wanted.form.value,
        "redacted": sorted(level.value for level in wanted.levels),
        "environments": [
            {
                "environment": dossier.report.environment,
                "counts": {s.word: dossier.report.count(s) for s in reversed(Severity)},
                "difference": {c.value: found.count(c) for c in Change} if found else None,
            }
            for dossier, found in items
        ],
    }


def _sentence(items: Sequence[Item], wanted: WantedReport) -> str:
    findings = sum(len(dossier.report.open()) for dossier, _ in items)
    return f"Wrote {findings} findings to {wanted.output}."
