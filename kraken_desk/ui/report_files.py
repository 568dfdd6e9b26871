"""The audit's report as a file of the window's: the forms of the command line, and PDF drawn by Qt."""

from __future__ import annotations

import asyncio
import re
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QMarginsF, QSizeF
from PySide6.QtGui import QPageLayout, QPageSize, QPdfWriter, QTextDocument

from kraken_desk import __version__
from kraken_desk.domain.audit.dossier import Dossier
from kraken_desk.domain.audit.redaction import Redaction, redacted
from kraken_desk.domain.errors import InputError
from kraken_desk.reports.audit_html import audit_html
from kraken_desk.reports.audit_report import Form, written
from kraken_desk.ui.receipts import save_text

_PAPER_STYLE = """
body{font-family:sans-serif;font-size:8.5pt} p{margin:2px 0} .h1,.h2,.h3,.h4{font-weight:600}
.h1{font-size:15pt} .h2{font-size:12pt} .h3{font-size:10.5pt} .h4{font-size:9.5pt} td,th{font-size:7.5pt}
.soft,.kind,caption{color:#444} th{text-align:left;color:#444} td,th{padding:1px 6px 1px 0}
code{font-family:monospace;font-size:7pt} a{color:#000}
"""
"""What QTextDocument understands; paper is white in every theme."""

_HEADING = re.compile(r"<(/?)h([1-4])\b(?: id='\w+')?")
"""Qt draws headings in a size of its own, whatever the style says; paragraphs it draws as it is told."""

_WIDTHS = {"Rights": 20, "May be used from": 12}
_DOTS_PER_INCH = 300
_MARGIN_MM = 14.0


class ReportFile(StrEnum):
    """The forms that the window offers."""

    HTML = "html"
    PDF = "pdf"
    CSV = "csv"
    JSON = "json"
    SARIF = "sarif"
    TEXT = "text"

    @property
    def label(self) -> str:
        return _LABELS[self][0]

    @property
    def about(self) -> str:
        return _LABELS[self][1]

    @property
    def ending(self) -> str:
        return ".txt" if self is ReportFile.TEXT else f".{self.value}"

    @property
    def filter(self) -> str:
        return f"{self.label} (*{self.ending})"


_LABELS = {
    ReportFile.HTML: ("Web page", "One file that opens offline, in light and dark, and prints well."),
    ReportFile.PDF: ("PDF", "To be printed or handed over as it is."),
    ReportFile.CSV: ("Table (CSV)", "One row per finding, for spreadsheets."),
    ReportFile.JSON: ("JSON", "Everything, for programs; a later report can be compared with it."),
    ReportFile.SARIF: ("SARIF", "For tools that collect findings."),
    ReportFile.TEXT: ("Text", "As on the command line."),
}


async def save_report(dossier: Dossier, form: ReportFile, path: Path, levels: frozenset[Redaction]) -> int:
    """Write the report, off the window's thread; returns how many findings are in it. Raises InputError."""

    def write() -> int:
        clean = redacted(dossier, levels)
        if form is ReportFile.PDF:
            save_pdf(path, audit_html([(clean, None)], styled=False))
        else:
            save_text(path, written(Form(form.value), [(clean, None)], __version__))
        return len(clean.report.findings)

    return await asyncio.to_thread(write)


def _for_paper(html: str) -> str:
    """Give headings the sizes of the style, and the long columns room: Qt makes all as wide as the next."""
    page = _HEADING.sub(_as_paragraph, html)
    for head, width in _WIDTHS.items():
        page = page.replace(f"<th scope='col'>{head}<", f"<th scope='col' width='{width}%'>{head}<")
    return page


def _as_paragraph(heading: re.Match[str]) -> str:
    return "</p" if heading[1] else f"<p class='h{heading[2]}'"


def save_pdf(path: Path, html: str) -> None:
    """Print the page that was written without its own style onto A4 across; raises InputError."""
    try:
        path.write_bytes(b"")  # QPdfWriter tells no reason
    except OSError as error:
        why = error.strerror or "no reason given"
        raise InputError(
            "The file could not be written", f"{path}: {why}.", "Choose another place."
        ) from error
    writer = QPdfWriter(str(path))
    writer.setTitle("Kraken Desk audit")
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageOrientation(QPageLayout.Orientation.Landscape)
    writer.setPageMargins(QMarginsF(*[_MARGIN_MM] * 4), QPageLayout.Unit.Millimeter)
    writer.setResolution(_DOTS_PER_INCH)
    document = QTextDocument()
    document.setDefaultStyleSheet(_PAPER_STYLE)
    document.documentLayout().setPaintDevice(writer)
    document.setPageSize(QSizeF(writer.width(), writer.height()))  # else Qt adds margins of its own
    document.setHtml(_for_paper(html))
    document.print_(writer)
