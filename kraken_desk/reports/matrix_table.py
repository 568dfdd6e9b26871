"""The permission matrix as a table for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterable

from kraken_desk.domain.audit.matrix import MatrixRow
from kraken_desk.domain.rights import Right
from kraken_desk.reports.csv_text import Cell, csv_text

MATRIX_HEADS = ("Account", "Key", "Venue", "Process", "Role")


def matrix_csv(rights: tuple[Right, ...], rows: Iterable[MatrixRow]) -> str:
    """Write one row per key; a right's cell is held, surplus, missing, n/a, ? or empty."""
    heads = (*MATRIX_HEADS, *(right.right_id for right in rights), "Unknown rights", "Can")
    return csv_text(heads, (_row(row) for row in rows))


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
