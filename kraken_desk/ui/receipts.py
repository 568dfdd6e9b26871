"""Receipts and copies of the journal as files: HTML as it is, PDF drawn by Qt."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMarginsF
from PySide6.QtGui import QPageLayout, QPageSize, QPdfWriter, QTextDocument

from kraken_desk.domain.errors import InputError

RECEIPT_FORMS = "Receipt (*.html);;Receipt to print (*.pdf)"
JOURNAL_FORMS = "Journal (*.jsonl);;Table (*.csv)"

_PAPER_STYLE = """
body{font-family:sans-serif;font-size:9pt} h1{font-size:14pt} h2{font-size:11pt;margin-top:10px}
.amount{font-size:15pt;font-weight:600} th{text-align:left;font-weight:normal;color:#444}
td,th{padding:2px 8px 2px 0} code{font-family:monospace;font-size:6.5pt}
"""
"""What QTextDocument understands; paper is white in every theme."""

_DOTS_PER_INCH = 300
_MARGIN_MM = 16.0


def save_text(path: Path, text: str) -> None:
    """Write a file; raises InputError with the reason."""
    try:
        path.write_text(text, encoding="utf-8", errors="surrogateescape", newline="")
    except OSError as error:
        raise _unwritable(path, error.strerror or "no reason given") from error


def save_pdf(path: Path, html: str) -> None:
    """Print a receipt that was written without its own style onto A4; raises InputError with the reason."""
    try:
        path.write_bytes(b"")  # QPdfWriter tells no reason
    except OSError as error:
        raise _unwritable(path, error.strerror or "no reason given") from error
    writer = QPdfWriter(str(path))
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(QMarginsF(*[_MARGIN_MM] * 4), QPageLayout.Unit.Millimeter)
    writer.setResolution(_DOTS_PER_INCH)
    document = QTextDocument()
    document.setDefaultStyleSheet(_PAPER_STYLE)
    document.setHtml(html)
    document.print_(writer)


def _unwritable(path: Path, reason: str) -> InputError:
    return InputError("The file could not be written", f"{path}: {reason}.", "Choose another place.")
