"""`accounts list | rename | set-kind | note | tag`: the tree, and the operator's words about it."""

from __future__ import annotations

from dataclasses import replace

import click

from kraken_desk.cli import documents
from kraken_desk.cli.parser import shared_options
from kraken_desk.cli.runtime import Profile, Session
from kraken_desk.cli.wording import key_line
from kraken_desk.domain.account_marks import read_tags
from kraken_desk.domain.accounts import Account, AccountKind, KindSource
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


@command.command("note")
@click.argument("account")
@click.argument("text", required=False)
@shared_options
def note(session: Session, account: str, text: str | None) -> None:
    """Show an account's note, or write it; an empty TEXT removes it. Kraken does not see notes."""

    async def work(profile: Profile) -> None:
        desk = await session.one_desk(profile)
        found = desk.fleet.account_named(account)
        if text is not None:
            found = await desk.fleet.describe_account(found.account_id, note=text)
        session.answer({"account": documents.account(found)}, found.note or f"{found.label} has no note.")

    session.run(work)


@command.command("tag")
@click.argument("account")
@click.argument("tags", nargs=-1)
@click.option("--remove", is_flag=True, help="Take these tags off; without TAGS, all.")
@shared_options
def tag(session: Session, account: str, tags: tuple[str, ...], remove: bool) -> None:
    """Show an account's tags, or put tags like “basis” on it."""

    async def work(profile: Profile) -> None:
        desk = await session.one_desk(profile)
        found = desk.fleet.account_named(account)
        given = read_tags(" ".join(tags))
        if remove:
            left = [each for each in found.tags if given and each not in given]
            found = await desk.fleet.describe_account(found.account_id, tags=" ".join(left))
        elif given:
            found = await desk.fleet.describe_account(found.account_id, tags=" ".join((*found.tags, *given)))
        session.answer({"account": documents.account(found)}, _tags_text(found))

    session.run(work)


def _tags_text(account: Account) -> str:
    return f"{account.label}: {', '.join(account.tags) or 'no tags'}"


def _lines(node: AccountNode, depth: int) -> list[str]:
    account = node.account
    indent = "  " * depth
    known_as = account.iiban or account.futures_uid or ""
    tags = "".join(f"  #{tag}" for tag in account.tags)
    lines = [f"{indent}{account.label}  {account.kind.value}  {known_as}  [{node.worst.word}]{tags}"]
    lines += [f"{indent}  {key_line(key)}" for key in node.keys]
    for sub in node.subaccounts:
        lines += _lines(sub, depth + 1)
    return lines
