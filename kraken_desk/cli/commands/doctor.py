"""`doctor`: what is wrong on this machine and how to mend it; with `--repair`, the database's mending."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from kraken_desk.cli.exit_codes import ExitCode
from kraken_desk.cli.output import Document, can_ask
from kraken_desk.cli.parser import shared_options
from kraken_desk.cli.runtime import Profile, Session
from kraken_desk.domain.errors import InputError
from kraken_desk.services.diagnosis import Diagnosis, text_of
from kraken_desk.services.doctor import examine

if TYPE_CHECKING:
    from kraken_desk.domain.upkeep import RepairReport

_QUESTION = (
    "Keep the damaged database aside, read out what can be read, and put a new one in its place? "
    "Nothing is deleted. A recent backup is the better way where there is one."
)


def document_of(findings: Sequence[Diagnosis]) -> Document:
    """Return what was examined, for --json."""
    return {
        "checks": [{"name": f.name, "ok": f.ok, "detail": f.detail, "hint": f.hint} for f in findings],
        "ok": all(f.ok for f in findings),
    }


def repair_document(report: RepairReport) -> Document:
    """Return what a repair kept and lost, for --json; `lost` is null where nobody can tell."""
    return {
        "kept_aside": report.aside,
        "whole": report.whole,
        "read_only": report.read_only,
        "tables": [{"table": t.table, "kept": t.kept, "lost": t.lost} for t in report.tables],
        "journal": {
            "lines": report.journal.lines,
            "whole": report.journal.whole,
            "findings": [finding.text for finding in report.journal.findings],
        },
        "notes": list(report.notes),
    }


@click.command("doctor")
@click.option("--repair", is_flag=True, help="Repair a damaged database; keeps it aside, destroys nothing.")
@click.option("--yes", is_flag=True, help="With --repair: do not ask.")
@shared_options
def command(session: Session, repair: bool, yes: bool) -> None:
    """Examine keychain, secrets, database, journal, clock, reachability and display. Sends nothing signed."""
    if repair:
        session.offline(lambda: _repair(session, yes=yes))

    async def work(profile: Profile) -> int:
        first, *others = await session.desks(profile)
        findings = await examine(first, profile.home, *others, upkeep=profile.upkeep)
        session.answer(document_of(findings), text_of(findings))
        return ExitCode.DONE if all(f.ok for f in findings) else ExitCode.FINDINGS

    session.run(work)


def _repair(session: Session, *, yes: bool) -> int:
    """Repair, and end with 1 when anything was lost."""
    if not yes:
        _confirm()
    report = session.runtime.repair(session.home)
    session.answer(repair_document(report), "\n".join(report.lines()))
    return ExitCode.DONE if report.whole else ExitCode.FINDINGS


def _confirm() -> None:
    if not can_ask():
        raise InputError("Not confirmed", _QUESTION, "Repeat the command with --yes.")
    if not click.confirm(_QUESTION, err=True):
        raise InputError("Not confirmed", "Nothing was changed.", "")
