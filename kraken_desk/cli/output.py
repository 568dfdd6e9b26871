"""What the command line prints: one JSON document, or text for people; errors to standard error."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sys
import textwrap
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, TextIO
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


def write(text: str, *, err: bool = False, newline: bool = True, color: str | None = None) -> OSError | None:
    """Write to a standard stream and return why that failed, instead of raising it.

    An answer or a progress that nobody can read must not break off what it tells of: money may be on its
    way. What has to be read before a question is asked is not written with this.
    """
    try:
        click.echo(click.style(text, fg=color) if color else text, err=err, nl=newline)
    except OSError as error:
        return error
    except ValueError as error:  # the stream has been closed
        return OSError(errno.EBADF, str(error))
    return None


def say(text: str, *, color: str | None = None) -> None:
    """Tell a person something on standard error, if somebody reads it."""
    write(text, err=True, color=color)


def print_json(document: Document) -> OSError | None:
    """Print in ASCII, so that the document is the same whatever the terminal's encoding."""
    return write(json.dumps(document, indent=2))


def let_go_of_broken_streams() -> None:
    """Lead failing streams nowhere: what they still hold would fail at the end and change the exit code."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except OSError:
            _lead_nowhere(stream)
        except ValueError:
            pass  # closed by somebody, who has seen to it


def _lead_nowhere(stream: TextIO) -> None:
    with suppress(OSError):
        number = stream.fileno()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, number)
        finally:
            os.close(nowhere)


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
    say(visible(f"Error: {title}"), color="red")
    for line in (detail, hint):
        if line:
            say(visible(f"  {line}"))


_NARROWEST = 24
"""A column is not folded to fewer characters than these: that would read worse than a long line."""


def _columns() -> int:
    """Return the width of the terminal; endless where the text goes into a file or another program."""
    seen = sys.stdout is not None and sys.stdout.isatty()
    return shutil.get_terminal_size().columns if seen else sys.maxsize


def _folded(rows: Sequence[Sequence[str]], width: int) -> list[Sequence[str]]:
    """Break the last cell of each row into lines of at most `width`; beside them the row is empty."""
    folded: list[Sequence[str]] = []
    for row in rows:
        first, *more = textwrap.wrap(str(row[-1]), width) or [""]
        folded.append([*row[:-1], first])
        folded += [[*[""] * (len(row) - 1), line] for line in more]
    return folded


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], *, right: frozenset[int] = frozenset()) -> str:
    """Align columns with two spaces between them; columns in `right` are right-aligned.

    On a terminal a last column that does not fit goes on in lines of its own below itself.
    """
    widths = [max(len(str(row[i])) for row in (heads, *rows)) for i in range(len(heads))]
    room = _columns() - sum(width + 2 for width in widths[:-1])
    if _NARROWEST <= room < widths[-1] and len(heads) - 1 not in right:
        rows, widths[-1] = _folded(rows, room), room

    def line(cells: Sequence[str]) -> str:
        padded = [
            c.rjust(w) if i in right else c.ljust(w)
            for i, (c, w) in enumerate(zip(cells, widths, strict=True))
        ]
        return "  ".join(padded).rstrip()

    return "\n".join([line(heads), line(["-" * w for w in widths]), *(line(row) for row in rows)])
