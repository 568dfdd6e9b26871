"""What the command line prints: one JSON document, or text for people; errors to standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any
from unicodedata import category

import click

from kraken_desk.domain.errors import ExchangeError, KrakenDeskError
from kraken_desk.domain.keys import Problem

Document = dict[str, Any]  # JSON as json.dumps takes it


def error_document(error: KrakenDeskError) -> Document:
    kraken = list(error.kraken) if isinstance(error, ExchangeError) else []
    return {
        "category": error.category,
        "title": error.title,
        "detail": error.detail,
        "hint": error.hint,
        "kraken": kraken,
    }


def problem_document(problem: Problem) -> Document:
    return {
        "category": problem.category,
        "title": problem.title,
        "detail": problem.detail,
        "hint": problem.hint,
        "kraken": list(problem.kraken),
    }


def print_json(document: Document) -> None:
    """Print in ASCII, so that the document is the same whatever the terminal's encoding."""
    click.echo(json.dumps(document, indent=2))


def can_ask() -> bool:
    """Say whether a person can answer a question here."""
    return sys.stdin is not None and sys.stdin.isatty()


def visible(text: str) -> str:
    """Show control characters and marks of direction instead of sending them to the terminal.

    Names and messages of Kraken are printed as they come, and a terminal would obey them.
    """
    return "".join(c if c in "\n\t" or category(c) not in ("Cc", "Cf") else f"<{ord(c):04x}>" for c in text)


def print_problem(title: str, detail: str, hint: str) -> None:
    """Write an error for a person: what happened, what it means, what to do."""
    click.secho(visible(f"Error: {title}"), fg="red", err=True)
    for line in (detail, hint):
        if line:
            click.echo(visible(f"  {line}"), err=True)


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], *, right: frozenset[int] = frozenset()) -> str:
    """Align columns with two spaces between them; columns in `right` are right-aligned."""
    widths = [max(len(str(row[i])) for row in (heads, *rows)) for i in range(len(heads))]

    def line(cells: Sequence[str]) -> str:
        padded = [
            c.rjust(w) if i in right else c.ljust(w)
            for i, (c, w) in enumerate(zip(cells, widths, strict=True))
        ]
        return "  ".join(padded).rstrip()

    return "\n".join([line(heads), line(["-" * w for w in widths]), *(line(row) for row in rows)])
