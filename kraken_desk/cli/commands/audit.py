"""`audit`: findings of the whole fleet; `audit mute | unmute | mutes | rules | drift | blast`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from kraken_desk.cli.audit_report import answer_report, wanted_report
from kraken_desk.cli.commands import audit_blast
from kraken_desk.cli.exit_codes import ExitCode
from kraken_desk.cli.findings import drift_document
from kraken_desk.cli.output import table
from kraken_desk.cli.parser import shared_options
from kraken_desk.cli.policy_files import read_policy
from kraken_desk.cli.runtime import Profile, Session
from kraken_desk.cli.wording import moment
from kraken_desk.domain.audit.dossier import Dossier
from kraken_desk.domain.audit.findings import AuditReport, Finding, Severity
from kraken_desk.domain.audit.rules import all_rules
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.mutes import Mute
from kraken_desk.domain.policy import Policy
from kraken_desk.reports.audit_json import finding_document, mute_document
from kraken_desk.reports.audit_report import Form
from kraken_desk.services.desk import Desk

_FORMS = [form.value for form in Form]
_SEVERITIES = [severity.word for severity in Severity]
_FILE = click.Path(path_type=Path)


@click.group("audit", invoke_without_command=True)
@click.option("--format", "form", type=click.Choice(_FORMS), default=_FORMS[0], help="What to write.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="The file to write it to.")
@click.option("--redact", default="", help="Leave out, as a list: ids, amounts, addresses.")
@click.option("--against", type=click.Path(path_type=Path), help="An earlier JSON report to compare with.")
@click.option("--policy", type=_FILE, help="Judge by this policy file as well.")
@click.option("--fail-on", type=click.Choice(_SEVERITIES), help="Exit with 1 from this severity on.")
@shared_options
def command(session: Session, *, fail_on: str | None, policy: Path | None, **words: Any) -> None:
    """Judge every key, account and process by what is known, and say how to mend what is wrong.

    Nothing is asked of Kraken: check the keys first if what is known is old.
    """
    if click.get_current_context().invoked_subcommand is not None:
        return
    wanted = wanted_report(**words)
    declared = read_policy(policy) if policy is not None else None

    async def work(profile: Profile) -> int:
        dossiers = await _dossiers(session, profile, declared)
        await answer_report(session, dossiers, wanted)
        return _code([dossier.report for dossier in dossiers], fail_on)

    session.run(work)


command.add_command(audit_blast.command)


@command.command("rules")
@shared_options
def rules(session: Session) -> None:
    """List every rule with its severity and reason."""
    listed = [
        {
            "id": rule.rule_id,
            "group": rule.group,
            "scope": rule.scope.value,
            "severity": rule.severity.word,
            "title": rule.title,
            "reason": rule.reason,
            "repair": list(rule.repair),
            "reference": rule.reference,
        }
        for rule in all_rules()
    ]
    rows = [(r.rule_id, r.group, r.severity.word, r.title) for r in all_rules()]
    session.answer({"rules": listed}, table(("Rule", "About", "Severity", "Finding"), rows))


@command.command("mute")
@click.option("--rule", help="Only findings of this rule.")
@click.option("--about", help="Only findings about this key, account or process.")
@click.option("--reason", required=True, help="Why these findings are acceptable.")
@click.option("--until", required=True, help="The last day, as 2026-12-31.")
@click.option("--policy", type=_FILE, help="Look among what differs from this policy as well.")
@shared_options
def mute(
    session: Session, *, rule: str | None, about: str | None, reason: str, until: str, policy: Path | None
) -> None:
    """Leave findings out of the count until a day, all that match at once."""
    if rule is None and about is None:
        raise InputError("Mute what?", "Give --rule, --about, or both.", "Nothing was muted.")
    end = _day(until)

    async def work(profile: Profile) -> None:
        desk = await session.one_desk(profile)
        found = await desk.audit.matching(rule, about, await _beside(desk, policy))
        await desk.audit.mute(found, reason, end)
        document = {"muted": [finding_document(f, desk.environment.name) for f in found], "until": until}
        session.answer(document, f"Muted {_counted(len(found))} until {until}.")

    session.run(work)


@command.command("unmute")
@click.option("--rule", help="Only findings of this rule.")
@click.option("--about", help="Only findings about this key, account or process.")
@click.option("--policy", type=_FILE, help="Look among what differs from this policy as well.")
@shared_options
def unmute(session: Session, *, rule: str | None, about: str | None, policy: Path | None) -> None:
    """Count muted findings again."""
    if rule is None and about is None:
        raise InputError("Unmute what?", "Give --rule, --about, or both.", "Nothing was changed.")

    async def work(profile: Profile) -> None:
        desk = await session.one_desk(profile)
        beside = await _beside(desk, policy)
        found = [f for f in await desk.audit.matching(rule, about, beside) if f.muted is not None]
        await desk.audit.unmute(found)
        document = {"unmuted": [finding_document(f, desk.environment.name) for f in found]}
        session.answer(document, f"{_counted(len(found))} count{'s' if len(found) == 1 else ''} again.")

    session.run(work)


async def _beside(desk: Desk, policy: Path | None) -> tuple[Finding, ...]:
    return () if policy is None else await desk.policy.findings(read_policy(policy))


@command.command("mutes")
@shared_options
def mutes(session: Session) -> None:
    """List what is muted, why, and until when."""

    async def work(profile: Profile) -> None:
        found: list[Mute] = []
        rows: list[tuple[str, str, str, str]] = []
        for desk in await session.desks(profile):
            mine = await desk.audit.mutes()
            found += mine
            rows += [(m.rule, _name_of(desk, m.subject), m.reason, _last_day(m.until)) for m in mine]
        text = table(("Rule", "About", "Reason", "Until"), rows) if rows else "Nothing is muted."
        session.answer({"mutes": [mute_document(mute) for mute in found]}, text)

    session.run(work)


def _counted(number: int) -> str:
    return "1 finding" if number == 1 else f"{number} findings"


def _name_of(desk: Desk, subject: str) -> str:
    """Return what the subject of a mute is called; what has no name of ours stays as it is."""
    keys = {str(slot.slot_id): slot.name for slot in desk.fleet.slots()}
    accounts = {str(account.account_id): account.label for account in desk.fleet.accounts()}
    return (keys | accounts).get(subject, subject)


def _last_day(until: datetime) -> str:
    return f"{until - timedelta(seconds=1):%Y-%m-%d}"


@command.command("drift")
@click.argument("name", required=False)
@shared_options
def drift(session: Session, name: str | None) -> None:
    """List the changes of facts that checks have noticed, of one key or of all, newest first."""

    async def work(profile: Profile) -> None:
        found = []
        for desk in await session.desks(profile):
            wanted = desk.fleet.slot_named(name).key_id if name is not None else None
            names = {slot.key_id: slot.name for slot in desk.fleet.slots()}
            events = [e for e in await desk.audit.drift() if wanted in (None, e.key_id)]
            found += [(event, names.get(event.key_id, "")) for event in events]
        rows = [(moment(event.seen_at, ""), key, event.change.text) for event, key in found]
        text = table(("Noticed", "Key", "Change"), rows) if rows else "No change has been noticed."
        session.answer({"drift": [drift_document(event, key) for event, key in found]}, text)

    session.run(work)


async def _dossiers(session: Session, profile: Profile, declared: Policy | None) -> list[Dossier]:
    """Judge the asked environments; a policy names the one that it is for."""
    if declared is None:
        return [await desk.audit.dossier() for desk in await session.desks(profile)]
    desk = await profile.desk(session.environment or declared.environment)
    return [await desk.policy.dossier(declared)]


def _code(reports: list[AuditReport], fail_on: str | None) -> int:
    if fail_on is None:
        return ExitCode.DONE
    bad = any(report.at_least(Severity.named(fail_on)) for report in reports)
    return ExitCode.FINDINGS if bad else ExitCode.DONE


def _day(text: str) -> datetime:
    """Return the end of a day in UTC; raises InputError."""
    try:
        day = datetime.strptime(text.strip(), "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise InputError("Not a day", f"“{text[:40]}” is no date.", "Write it like 2026-12-31.") from None
    return day + timedelta(days=1)
