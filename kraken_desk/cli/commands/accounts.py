"""`accounts list | rename | set`: the tree."""

from __future__ import annotations

from dataclasses import replace

import click

from kraken_desk.cli import documents
from kraken_desk.cli.parser import shared_options
from kraken_desk.cli.runtime import Profile, Session
from kraken_desk.cli.wording import key_line
from kraken_desk.domain.accounts import AccountKind, KindSource
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.fleet import AccountNode


@click.group("accounts")
@shared_options
def command(session: Session) -> None:
    """Master, subaccounts, and the keys below them."""


@command.command("list")
@shared_options
def list_(session: Session) -> None:
    """Show the tree of accounts and keys."""

    async def work(profile: Profile) -> None:
        found: list[AccountNode] = []
        lines: list[str] = []
        desks = await session.desks(profile)
        for desk in desks:
            snapshot = desk.fleet.snapshot.value
            found += snapshot.masters
            if len(desks) > 1:
                lines.append(f"{desk.environment.name}  environment  {desk.environment.kind.value}")
            for node in snapshot.masters:
                lines += _lines(node, 0)
        text = "\n".join(lines) or "No accounts yet. Add a first key with: kraken-desk keys add"
        session.answer({"accounts": [documents.account_tree(node) for node in found]}, text)

    session.run(work)


@command.command("rename")
@click.argument("account")
@click.argument("label")
@shared_options
def rename(session: Session, account: str, label: str) -> None:
    """Give an account (by label, IIBAN or Futures uid) another label."""

    async def work(profile: Profile) -> None:
        desk = await session.one_desk(profile)
        found = desk.fleet.account_named(account)
        await desk.fleet.rename_account(found.account_id, label)
        renamed = desk.fleet.account(found.account_id)
        session.answer({"account": documents.account(renamed)}, f"{found.label} is now {renamed.label}.")

    session.run(work)


@command.command("set-kind")
@click.argument("account")
@click.argument("kind", type=click.Choice([k.value for k in AccountKind]))
@shared_options
def set_kind(session: Session, account: str, kind: str) -> None:
    """Say that an account is the master or a subaccount, where Kraken does not."""

    async def work(profile: Profile) -> None:
        desk = await session.one_desk(profile)
        found = desk.fleet.account_named(account)
        if found.kind_source is KindSource.KRAKEN:
            raise InputError(
                "Kraken has said what it is",
                f"{found.label} is a {found.kind.value}; Kraken's word stays.",
                "",
            )
        changed = replace(found, kind=AccountKind(kind), kind_source=KindSource.OPERATOR)
        await desk.fleet.save_account(changed)
        session.answer({"account": documents.account(changed)}, f"{found.label} is a {kind}.")

    session.run(work)


def _lines(node: AccountNode, depth: int) -> list[str]:
    account = node.account
    indent = "  " * depth
    known_as = account.iiban or account.futures_uid or ""
    lines = [f"{indent}{account.label}  {account.kind.value}  {known_as}  [{node.worst.word}]"]
    lines += [f"{indent}  {key_line(key)}" for key in node.keys]
    for sub in node.subaccounts:
        lines += _lines(sub, depth + 1)
    return lines
