"""`journal verify | export | receipt`: whether the journal is whole, and copies of it."""

from __future__ import annotations

from pathlib import Path

import click

from kraken_desk.cli import documents
from kraken_desk.cli.exit_codes import ExitCode
from kraken_desk.cli.parser import shared_options
from kraken_desk.cli.runtime import Profile, Session
from kraken_desk.domain.errors import InputError, UnknownNameError
from kraken_desk.domain.journal import ChainReport
from kraken_desk.reports.journal_lines import csv_text, jsonl, verify_file
from kraken_desk.reports.receipt import receipt_html

FORMATS = ("jsonl", "csv")


@click.command("verify")
@click.option("--file", "file", type=click.Path(path_type=Path), help="Verify an exported copy instead.")
@click.option("--head", help="The hash that was noted when the copy was made; finds a rewritten copy.")
@shared_options
def verify(session: Session, file: Path | None, head: str | None) -> None:
    """Verify that every line of the journal is as it was written. Needs no network.

    Ends with 1 when it is not; the findings name the lines. Note the head that is printed somewhere
    else: it shows later that nothing was cut off or written anew.
    """

    async def work(profile: Profile) -> int:
        desk = (await session.desks(profile))[0]
        return _answer(session, await desk.journal.verify(), head)

    if file is None:
        session.run(work)
    else:
        session.offline(lambda: _answer(session, verify_file(_read(file), head), None))


@click.command("export")
@click.option(
    "--format", "form", type=click.Choice(FORMATS), help="Without it, by the file's ending; else jsonl."
)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="A new file.")
@shared_options
def export(session: Session, form: str | None, out: Path) -> None:
    """Copy the whole journal, of all environments, into a file that can be verified by itself."""
    form = form or ("csv" if out.suffix.lower() == ".csv" else "jsonl")

    async def work(profile: Profile) -> None:
        desk = (await session.desks(profile))[0]
        lines = await desk.journal.lines()
        head = lines[-1]["hash"] if lines else ""
        if form == "csv":
            text = csv_text(lines, head, len(lines))
        else:
            text = "".join(jsonl(lines, head, len(lines)))
        _write(out, text)
        session.answer(
            {"file": str(out), "lines": len(lines), "head": head},
            f"{len(lines)} lines in {out}\nHead: {head or 'none'}\nNote it elsewhere: it proves the copy.",
        )

    session.run(work)


@click.command("receipt")
@click.argument("journal_id")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="A new HTML file.")
@shared_options
def receipt(session: Session, journal_id: str, out: Path) -> None:
    """Write a transfer's receipt: one page of HTML that can be printed."""

    async def work(profile: Profile) -> None:
        for desk in await session.desks(profile):
            for record in desk.transfers.journal.value.records:
                if record.journal_id == journal_id:
                    moves = await desk.journal.history(record.journal_id)
                    _write(out, receipt_html(record, moves, desk.clock.now()))
                    session.answer({"file": str(out), "transfer": documents.record(record)}, f"Wrote {out}")
                    return
        raise UnknownNameError(
            "No such journal record", f"The journal has no record “{journal_id}”.", "See journal list."
        )

    session.run(work)


def _answer(session: Session, report: ChainReport, head: str | None) -> int:
    """Print a report; with a noted head also whether the journal still ends with it or goes on from it."""
    lines = [finding.text for finding in report.findings]
    if report.found > len(lines):
        lines.append(f"and {report.found - len(lines)} more")
    moved = head is not None and head != report.head
    if moved:
        lines.append("The journal does not end with the noted head: it went on since, or was written anew.")
    said = "whole" if report.whole else f"NOT WHOLE, {report.found} findings"
    lines.insert(0, f"{report.lines} lines, {said}\nHead: {report.head or 'none'}")
    session.answer({"journal": documents.chain(report)}, "\n".join(lines))
    return ExitCode.DONE if report.whole and not moved else ExitCode.FINDINGS


def _read(file: Path) -> bytes:
    try:
        if file.exists() and not file.is_file():  # a device has no end
            raise InputError("The file cannot be read", f"{file} is no plain file.", "Name another.")
        return file.read_bytes()
    except OSError as error:
        raise InputError("The file cannot be read", f"{file}: {error.strerror}.", "Name another.") from error


def _write(out: Path, text: str) -> None:
    """Write a new file; an existing one is not replaced, because it may be the older proof."""
    try:
        with out.open("x", encoding="utf-8", errors="surrogateescape", newline="") as file:
            file.write(text)
    except FileExistsError as error:
        raise InputError("The file exists", f"{out} is left as it is.", "Name another file.") from error
    except OSError as error:
        raise InputError(
            "The file cannot be written", f"{out}: {error.strerror}.", "Name another place."
        ) from error
