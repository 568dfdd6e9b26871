"""Comma-separated text for spreadsheets: numbers as numbers, and no text that a spreadsheet would run.

A cell that begins like a formula is executed when the file is opened, and names of accounts and keys
are anybody's choice. Such texts get an apostrophe in front; figures are ours and stay numbers,
negative ones too.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from kraken_desk.domain.money import plain_text

Cell = str | Decimal | datetime | None

_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What spreadsheets take for the beginning of a formula, full-width forms included."""


def csv_text(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Write a table with a head; None is an empty cell, times are ISO 8601 in UTC."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([harmless(head) for head in heads])
    for row in rows:
        writer.writerow([_cell(cell) for cell in row])
    return out.getvalue()


def harmless(text: str) -> str:
    """Keep a spreadsheet from running a text; leading spaces do not hide a formula."""
    clean = text.replace("\x00", "")
    return f"'{clean}" if clean.lstrip(" \u00a0").startswith(_FORMULAS) else clean


def _cell(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return plain_text(cell)
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return harmless(cell)
