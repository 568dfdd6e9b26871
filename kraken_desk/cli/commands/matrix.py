"""`matrix`: keys by rights, with what each role lacks and has too much of."""

from __future__ import annotations

import csv
import io

import click

from kraken_desk.cli.output import Document, table
from kraken_desk.cli.parser import shared_options
from kraken_desk.cli.runtime import Profile, Session
from kraken_desk.domain.audit.matrix import Mark, Matrix, MatrixRow
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.rights import Right

_SIGNS = {
    Mark.HELD: "x",
    Mark.SURPLUS: "+",
    Mark.MISSING: "-",
    Mark.NONE: "",
    Mark.NOT_APPLICABLE: "",
    Mark.NOT_KNOWN: "?",
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@click.command("matrix")
@click.option("--missing", is_flag=True, help="Only keys that lack a right of their role.")
@click.option("--surplus", is_flag=True, help="Only keys with rights beyond their role.")
@click.option("--dangerous", is_flag=True, help="Only keys with rights of high or critical risk.")
@click.option("--account", help="Only keys of this account, by label.")
@click.option("--csv", "as_csv", is_flag=True, help="Print comma-separated values.")
@shared_options
def command(session: Session, *, account: str | None, as_csv: bool, **filters: bool) -> None:
    """Show every key and every right: x held, + beyond the role, - missing, ? never checked."""
    if as_csv and session.as_json:
        raise InputError("Which form?", "--csv and --json exclude each other.", "Give one of them.")

    async def work(profile: Profile) -> None:
        matrices = [await desk.audit.matrix() for desk in await session.desks(profile)]
        rows = [row for m in matrices for row in m.rows if _wanted(row, account, filters)]
        rights = matrices[0].rights
        if as_csv:
            session.answer({}, _csv(rights, rows).rstrip("\n"))
            return
        document = {
            "rights": [right.right_id for right in rights],
            "keys": [_document(row, rights) for row in rows],
        }
        session.answer(document, _text(matrices[0], rows) if rows else "No key matches.")

    session.run(work)


def _wanted(row: MatrixRow, account: str | None, filters: dict[str, bool]) -> bool:
    if account is not None and row.account.casefold() != account.strip().casefold():
        return False
    asked = {
        "missing": row.has(Mark.MISSING),
        "surplus": row.has(Mark.SURPLUS),
        "dangerous": bool(row.dangerous),
    }
    return all(asked[name] for name, on in filters.items() if on)


def _text(matrix: Matrix, rows: list[MatrixRow]) -> str:
    """Write one table for each venue, its rights by number, with the key to the numbers below."""
    parts = []
    for venue in Venue:
        own = [(place, right) for place, right in enumerate(matrix.rights) if right.venue is venue]
        lines = [row for row in rows if row.venue == venue.value]
        if not lines:
            continue
        heads = ("Account", "Key", "Role", *(str(place + 1) for place, _ in own), "Unknown")
        cells = [
            (
                row.account,
                row.name,
                row.role or "none",
                *(_SIGNS[row.marks[place]] for place, _ in own),
                ", ".join(row.unknown),
            )
            for row in lines
        ]
        legend = [f"  {place + 1:>2}  {right.label}" for place, right in own]
        parts.append("\n".join([f"{venue.label} keys", table(heads, cells), *legend]))
    return "\n\n".join(parts)


def _csv(rights: tuple[Right, ...], rows: list[MatrixRow]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        ("account", "key", "venue", "process", "role", *(r.right_id for r in rights), "unknown", "can")
    )
    for row in rows:
        names = map(_plain, (row.account, row.name, row.venue, row.process, row.role))
        marks = (mark.value for mark in row.marks)
        writer.writerow((*names, *marks, _plain(" ".join(row.unknown)), row.sentence))
    return out.getvalue()


def _plain(text: str) -> str:
    """Keep a spreadsheet from taking a name for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _document(row: MatrixRow, rights: tuple[Right, ...]) -> Document:
    marks = {right.right_id: mark for right, mark in zip(rights, row.marks, strict=True)}
    return {
        "id": row.ref,
        "name": row.name,
        "account": row.account,
        "venue": row.venue,
        "process": row.process or None,
        "role": row.role or None,
        "held": [r for r, mark in marks.items() if mark in (Mark.HELD, Mark.SURPLUS)],
        "surplus": [r for r, mark in marks.items() if mark is Mark.SURPLUS],
        "missing": [r for r, mark in marks.items() if mark is Mark.MISSING],
        "dangerous": sorted(row.dangerous),
        "unknown": list(row.unknown),
        "checked": Mark.NOT_KNOWN not in marks.values(),
        "can": row.sentence or None,
    }
