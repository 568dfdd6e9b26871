"""`doctor`: what is wrong on this machine and how to mend it."""

from __future__ import annotations

import click

from kraken_desk.cli.exit_codes import ExitCode
from kraken_desk.cli.parser import shared_options
from kraken_desk.cli.runtime import Profile, Session
from kraken_desk.services.doctor import examine


@click.command("doctor")
@shared_options
def command(session: Session) -> None:
    """Examine keychain, store, clock, reachability and display. Sends nothing signed."""

    async def work(profile: Profile) -> int:
        first, *others = await session.desks(profile)
        findings = await examine(first, profile.home, *others)
        document = {
            "checks": [{"name": f.name, "ok": f.ok, "detail": f.detail, "hint": f.hint} for f in findings],
            "ok": all(f.ok for f in findings),
        }
        lines = []
        for finding in findings:
            lines.append(f"{'ok ' if finding.ok else 'BAD'}  {finding.name}: {finding.detail}")
            if not finding.ok and finding.hint:
                lines.append(f"     {finding.hint}")
        session.answer(document, "\n".join(lines))
        return ExitCode.DONE if all(f.ok for f in findings) else ExitCode.FINDINGS

    session.run(work)
