"""`subaccounts list | create | settle | trading | link …`: what a master can do about its subaccounts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import click

from kraken_desk.cli import documents
from kraken_desk.cli.exit_codes import ExitCode, code_for_category
from kraken_desk.cli.output import Document, can_ask, print_problem, problem_document, table, visible
from kraken_desk.cli.parser import shared_options
from kraken_desk.cli.runtime import Profile, Session
from kraken_desk.cli.typed_secrets import read_otp
from kraken_desk.domain.accounts import Account
from kraken_desk.domain.errors import InputError, KrakenDeskError
from kraken_desk.domain.linking import HELP, PAGES, STEPS, TITLES, Linking, LinkStep
from kraken_desk.domain.subaccounts import (
    GATED,
    Creation,
    CreationState,
    LinkedSubaccount,
    account_made,
    creation_text,
)
from kraken_desk.services.desk import Desk


@click.group("subaccounts")
@shared_options
def command(session: Session) -> None:
    """Create Spot subaccounts, link Futures subaccounts, and switch their trading."""


@command.command("list")
@click.option("--ask", is_flag=True, help="Ask Kraken for its list of Futures subaccounts and their trading.")
@shared_options
def list_(session: Session, ask: bool) -> None:
    """List the subaccounts, the requests to create one, and what is being linked."""

    async def work(profile: Profile) -> None:
        desk = await session.one_desk(profile)
        accounts = tuple(account for account in desk.fleet.accounts() if not account.is_master)
        listed = await desk.subaccounts.linked() if ask else ()
        trading = await _trading(desk, listed)
        creations, linkings = await desk.subaccounts.creations(), await desk.subaccounts.linkings()
        session.answer(
            {
                "subaccounts": [_account_document(a, trading) for a in accounts],
                "unknown_here": [
                    {"futures_uid": s.futures_uid, "name": s.name, "trading_enabled": trading[s.futures_uid]}
                    for s in _strangers(listed, accounts)
                ],
                "asked_kraken": ask,
                "creations": [creation_document(c, accounts) for c in creations],
                "linkings": [linking_document(desk, linking) for linking in linkings],
            },
            _list_text(accounts, listed, trading, creations, linkings),
        )

    session.run(work)


@command.command("create")
@click.argument("username")
@click.argument("email")
@click.option("--otp-stdin", is_flag=True, help="Read the key's one-time password from standard input.")
@click.option("--yes", is_flag=True, help="Send without asking.")
@shared_options
def create(session: Session, username: str, email: str, otp_stdin: bool, yes: bool) -> None:
    """Ask Kraken to create a Spot subaccount (institutional clients). Sent once, never repeated."""
    otp = read_otp() if otp_stdin else ""

    async def work(profile: Profile) -> int:
        desk = await session.one_desk(profile)
        if not yes:
            _ask(desk, f"Create the Spot subaccount “{username}” for {email}.\n{GATED}")
        return _answer(session, desk, await desk.subaccounts.create(username, email, otp=otp))

    session.run(work)


@command.command("settle")
@click.argument("request")
@click.option("--created/--not-created", "created", required=True, default=None, help="What Kraken shows.")
@click.option("--note", default="", help="What you have seen.")
@shared_options
def settle(session: Session, request: str, created: bool, note: str) -> None:
    """Say what became of a request whose outcome is unknown, after a look at Kraken."""

    async def work(profile: Profile) -> None:
        desk = await session.one_desk(profile)
        settled = await desk.subaccounts.settle(request, created=created, note=note)
        document = {"creation": creation_document(settled, desk.fleet.accounts())}
        session.answer(document, f"{settled.username}: {settled.state.value}.")

    session.run(work)


@command.command("trading")
@click.argument("account")
@click.argument("wanted", type=click.Choice(["show", "enable", "disable"]), default="show")
@shared_options
def trading(session: Session, account: str, wanted: str) -> None:
    """Show or switch whether a Futures subaccount may trade, by the master's Futures key."""

    async def work(profile: Profile) -> int:
        desk = await session.one_desk(profile)
        found = desk.fleet.account_named(account)
        if wanted == "show":
            enabled = await desk.subaccounts.trading(found)
        else:
            enabled = await desk.subaccounts.set_trading(found, enabled=wanted == "enable")
        as_wanted = wanted == "show" or enabled is (wanted == "enable")
        word = "enabled" if enabled else "disabled"
        text = f"Futures trading of {found.label} is {word}, Kraken says."
        if not as_wanted:
            text += " The request did not change it."
        document = {"account": documents.account(found), "trading_enabled": enabled, "as_wanted": as_wanted}
        session.answer(document, text)
        return ExitCode.DONE if as_wanted else ExitCode.REFUSED

    session.run(work)


@command.group("link")
@shared_options
def link(session: Session) -> None:
    """Link a Futures subaccount by a support ticket, as a checklist that is kept."""


@link.command("start")
@click.argument("label")
@click.option("--master-email", required=True, help="The master's address; the ticket is sent from it.")
@click.option("--email", required=True, help="The subaccount's own address.")
@shared_options
def start(session: Session, label: str, master_email: str, email: str) -> None:
    """Begin the checklist for a subaccount that will be called LABEL here."""
    _linking(session, lambda desk: desk.subaccounts.start_linking(label, master_email, email))


@link.command("show")
@click.argument("linking")
@shared_options
def show(session: Session, linking: str) -> None:
    """Show a checklist and the text of the ticket."""
    _linking(session, lambda desk: desk.subaccounts.linking(linking))


@link.command("done")
@click.argument("linking")
@click.argument("step", type=click.Choice([step.value for step in STEPS[:-1]]))
@shared_options
def done(session: Session, linking: str, step: str) -> None:
    """Mark a step as done."""
    _linking(session, lambda desk: desk.subaccounts.step(linking, LinkStep(step)))


@link.command("undo")
@click.argument("linking")
@shared_options
def undo(session: Session, linking: str) -> None:
    """Take back the last mark."""
    _linking(session, lambda desk: desk.subaccounts.undo(linking))


@link.command("look")
@click.argument("linking")
@click.option("--uid", default="", help="The Futures uid, where Kraken's list hides the address.")
@shared_options
def look(session: Session, linking: str, uid: str) -> None:
    """Ask Kraken whether the subaccount is linked now."""
    _linking(session, lambda desk: desk.subaccounts.look(linking, uid))


@link.command("give-up")
@click.argument("linking")
@shared_options
def give_up(session: Session, linking: str) -> None:
    """Close a checklist that is no longer wanted."""
    _linking(session, lambda desk: desk.subaccounts.give_up(linking))


def _linking(session: Session, act: Callable[[Desk], Awaitable[Linking]]) -> None:
    async def work(profile: Profile) -> None:
        desk = await session.one_desk(profile)
        linking = await act(desk)
        session.answer({"linking": linking_document(desk, linking)}, linking_text(desk, linking))

    session.run(work)


async def _trading(desk: Desk, listed: tuple[LinkedSubaccount, ...]) -> dict[str, bool | None]:
    """Ask for each listed subaccount; None for one whose answer did not come."""
    found: dict[str, bool | None] = {}
    for each in listed:
        try:
            found[each.futures_uid] = await desk.subaccounts.trading_of(each.futures_uid)
        except KrakenDeskError:
            found[each.futures_uid] = None
    return found


def _strangers(
    listed: tuple[LinkedSubaccount, ...], accounts: tuple[Account, ...]
) -> tuple[LinkedSubaccount, ...]:
    known = {account.futures_uid for account in accounts}
    return tuple(each for each in listed if each.futures_uid not in known)


def _account_document(account: Account, trading: dict[str, bool | None]) -> Document:
    return {**documents.account(account), "trading_enabled": trading.get(account.futures_uid or "")}


def creation_document(creation: Creation, accounts: tuple[Account, ...]) -> Document:
    account = account_made(creation, accounts) if creation.state.exists else None
    return {
        "creation_id": creation.creation_id,
        "username": creation.username,
        "email": creation.email,
        "key": creation.key_name,
        "state": creation.state.value,
        "planned_at": creation.planned_at.isoformat(),
        "changed_at": creation.changed_at.isoformat(),
        "account": account.label if account else None,
        "problem": problem_document(creation.problem) if creation.problem else None,
        "note": creation.note,
    }


def linking_document(desk: Desk, linking: Linking) -> Document:
    due = linking.next_step
    return {
        "linking_id": linking.linking_id,
        "label": linking.label,
        "master_email": linking.master_email,
        "email": linking.email,
        "started_at": linking.started_at.isoformat(),
        "closed_at": linking.closed_at.isoformat() if linking.closed_at else None,
        "futures_uid": linking.futures_uid,
        "next_step": due.value if due else None,
        "steps": [
            {
                "step": step.value,
                "title": TITLES[step],
                "done_at": at.isoformat() if (at := linking.done_at(step)) else None,
                "page": PAGES.get(step),
            }
            for step in STEPS
        ],
        "ticket": desk.subaccounts.ticket(linking),
    }


def linking_text(desk: Desk, linking: Linking) -> str:
    lines = [f"{linking.label} ({linking.email}), {_standing(linking)}"]
    due = linking.next_step
    for step in STEPS:
        at = linking.done_at(step)
        mark = f"done {at:%Y-%m-%d %H:%M} UTC" if at else ("next" if step is due else "open")
        lines.append(f"  {step.value}: {TITLES[step]} [{mark}]")
        if step is due:
            page = f" {PAGES[step]}" if step in PAGES else ""
            lines.append(f"      {HELP[step]}{page}")
    if due is LinkStep.TICKET:
        lines += ["", desk.subaccounts.ticket(linking)]
    return "\n".join(lines)


def _standing(linking: Linking) -> str:
    if linking.is_linked:
        return f"linked as {linking.futures_uid}"
    return "under way" if linking.is_open else "given up"


def _list_text(
    accounts: tuple[Account, ...],
    listed: tuple[LinkedSubaccount, ...],
    trading: dict[str, bool | None],
    creations: tuple[Creation, ...],
    linkings: tuple[Linking, ...],
) -> str:
    words = {True: "enabled", False: "disabled", None: "not asked"}
    rows = [
        (
            a.label,
            a.iiban or "not known",
            a.futures_uid or "not known",
            words[trading.get(a.futures_uid or "")],
        )
        for a in accounts
    ]
    rows += [
        (
            f"{s.name or 'unnamed'} (not in this desk)",
            "not known",
            s.futures_uid,
            words[trading[s.futures_uid]],
        )
        for s in _strangers(listed, accounts)
    ]
    heads = ("Subaccount", "IIBAN", "Futures uid", "Futures trading")
    parts = [table(heads, rows) if rows else "No subaccount is known here."]
    for creation in creations:
        parts.append(
            f"Request {creation.creation_id}, {creation.username} ({creation.email}): "
            f"{creation_text(creation, account_made(creation, accounts))}."
        )
    for each in linkings:
        parts.append(f"Linking {each.linking_id}, {each.label} ({each.email}): {_standing(each)}.")
    return "\n".join(parts)


def _ask(desk: Desk, text: str) -> None:
    if not can_ask():
        raise InputError("Not confirmed", "Nothing was sent.", "Repeat the command with --yes.")
    where = f"Environment: {desk.environment.name} ({desk.environment.kind.value})"
    click.echo(visible(f"{text}\n{where}"), err=True)
    if not click.confirm("Send it?", err=True):
        raise InputError("Not confirmed", "Nothing was sent.", "")


def _answer(session: Session, desk: Desk, creation: Creation) -> int:
    document: Document = {"creation": creation_document(creation, desk.fleet.accounts())}
    if creation.state is CreationState.CREATED:
        session.answer(
            document,
            f"Created: {creation.username}. Its owner finishes it by the mail that {creation.email} gets; "
            "its IIBAN shows with the first key made in it.",
        )
        return ExitCode.DONE
    problem = creation.problem
    assert problem is not None
    if session.as_json:
        session.answer({"error": problem_document(problem), **document}, "")
    else:
        said = f"Kraken said: {', '.join(problem.kraken)}. " if problem.kraken else ""
        print_problem(problem.title, f"{said}{problem.detail}", problem.hint)
    return code_for_category(problem.category)
