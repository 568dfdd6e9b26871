"""`policy export | check | show`: what there is to be, declared in one file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from kraken_desk.cli.exit_codes import ExitCode
from kraken_desk.cli.output import Document, table
from kraken_desk.cli.parser import shared_options
from kraken_desk.cli.policy_files import read_policy
from kraken_desk.cli.runtime import Profile, Session
from kraken_desk.cli.text_files import write_text
from kraken_desk.domain.audit.dossier import Dossier
from kraken_desk.domain.audit.policy_findings import POLICY_RULES
from kraken_desk.domain.policy import Policy
from kraken_desk.reports.audit_json import report_document
from kraken_desk.reports.audit_text import report_text

_FILE = click.Path(path_type=Path)


@click.group("policy")
@shared_options
def command(session: Session) -> None:
    """A file that declares accounts, processes, keys, hosts, roles and limits."""


@command.command("export")
@click.option("--output", type=_FILE, help="The file to write; without it, standard output.")
@shared_options
def export(session: Session, output: Path | None) -> None:
    """Write the present state as a policy to start from; the same state gives the same file."""

    async def work(profile: Profile) -> None:
        desk = await session.one_desk(profile)
        text = await desk.policy.export()
        if output is None:
            session.answer({"environment": desk.environment.name, "text": text}, text.rstrip("\n"))
            return
        write_text(output, text)
        session.answer({"environment": desk.environment.name, "file": str(output)}, f"Wrote {output}.")

    session.run(work)


@command.command("check")
@click.argument("file", type=_FILE)
@shared_options
def check(session: Session, file: Path) -> None:
    """Tell what differs between a policy and the facts, and nothing else; ends with 1 if anything does.

    audit --policy tells it together with all other findings.
    """
    declared = read_policy(file)

    async def work(profile: Profile) -> int:
        desk = await profile.desk(session.environment or declared.environment)
        dossier = _only_policy(await desk.policy.dossier(declared))
        document = report_document(dossier)
        found = dossier.report.open()
        answer = {"environment": dossier.report.environment, "findings": document["findings"]}
        session.answer(answer, report_text(dossier) if found else "Everything is as the policy declares.")
        return ExitCode.FINDINGS if found else ExitCode.DONE

    session.run(work)


@command.command("show")
@click.argument("file", type=_FILE)
@shared_options
def show(session: Session, file: Path) -> None:
    """Read a policy file and say what it declares; needs no profile."""

    def work() -> int:
        declared = read_policy(file)
        rows = [
            (kind, "not judged" if names is None else str(len(names))) for kind, names in _kinds(declared)
        ]
        lines = table((f"Policy of {declared.environment}", "Declared"), rows)
        session.answer(_document(declared), lines)
        return ExitCode.DONE

    session.offline(work)


def _only_policy(dossier: Dossier) -> Dossier:
    rules = {rule.rule_id for rule in POLICY_RULES}
    found = tuple(finding for finding in dossier.report.findings if finding.rule in rules)
    return replace(dossier, report=replace(dossier.report, findings=found, not_judged=()))


def _kinds(policy: Policy) -> list[tuple[str, list[str] | None]]:
    def names(items: tuple[object, ...] | None, field: str) -> list[str] | None:
        return None if items is None else [str(getattr(item, field)) for item in items]

    return [
        ("accounts", names(policy.accounts, "name")),
        ("processes", names(policy.processes, "name")),
        ("keys", names(policy.keys, "name")),
        ("hosts", names(policy.hosts, "name")),
        ("roles", names(policy.roles, "role_id")),
        ("limits", names(policy.limits, "text")),
    ]


def _document(policy: Policy) -> Document:
    return {"environment": policy.environment, **dict(_kinds(policy))}
