"""`doctor`: what is wrong on this machine and how to mend it."""

from __future__ import annotations

from collections.abc import Sequence

import click

from kraken_desk.cli.exit_codes import ExitCode
from kraken_desk.cli.output import Document
from kraken_desk.cli.parser import shared_options
from kraken_desk.cli.runtime import Profile, Session
from kraken_desk.services.doctor import Diagnosis, examine


def document_of(findings: Sequence[Diagnosis]) -> Document:
    """Return what was examined, for --json."""
    return {
        "checks": [{"name": f.name, "ok": f.ok, "detail": f.detail, "hint": f.hint} for f in findings],
        "ok": all(f.ok for f in findings),
    }


def text_of(findings: Sequence[Diagnosis]) -> str:
    lines = []
    for finding in findings:
        lines.append(f"{'ok ' if finding.ok else 'BAD'}  {finding.name}: {finding.detail}")
        if not finding.ok and finding.hint:
            lines.append(f"     {finding.hint}")
    return "\n".join(lines)


@click.command("doctor")
@shared_options
def command(session: Session) -> None:
    """Examine keychain, store, clock, reachability and display. Sends nothing signed."""

    async def work(profile: Profile) -> int:
        first, *others = await session.desks(profile)
        findings = await examine(first, profile.home, *others)
        session.answer(document_of(findings), text_of(findings))
        return ExitCode.DONE if all(f.ok for f in findings) else ExitCode.FINDINGS

    session.run(work)
