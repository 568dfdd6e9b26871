"""`keys list | show | add | check | diagnose | guide | promote | rename | only-here | two-factor | …`."""

from __future__ import annotations

import click

from kraken_desk.cli import documents
from kraken_desk.cli.commands import keys_diagnose, keys_edit, keys_guide, keys_rotate
from kraken_desk.cli.exit_codes import ExitCode, code_for_category
from kraken_desk.cli.findings import drift_document
from kraken_desk.cli.key_facts import facts_table, sentence_of
from kraken_desk.cli.lockouts import lockouts
from kraken_desk.cli.output import Document, can_ask, print_problem, problem_document, table
from kraken_desk.cli.parser import shared_options
from kraken_desk.cli.runtime import Profile, Session
from kraken_desk.cli.typed_secrets import read_otp, read_secret_and_code, refuse_secret_argument
from kraken_desk.cli.wording import allowlist_text, key_line, moment
from kraken_desk.domain.accounts import Account, AccountKind
from kraken_desk.domain.badges import badges
from kraken_desk.domain.clients import CLIENTS
from kraken_desk.domain.errors import InputError, LeaseHeldError
from kraken_desk.domain.fleet import KeyNode
from kraken_desk.domain.keys import CheckOutcome, KeyCheck, KeyId, Problem, Venue
from kraken_desk.domain.pair_shape import inspect_pair
from kraken_desk.services.desk import Desk
from kraken_desk.services.keys import SlotDetails

_SKIPPED = LeaseHeldError.__name__
"""A key that its process is using is left alone by a check of all, which is no failure of the check."""


@click.group("keys")
@shared_options
def command(session: Session) -> None:
    """API keys: what they may do, from where, and whether Kraken accepts them."""


command.add_command(keys_diagnose.command)
command.add_command(keys_guide.guide)
command.add_command(keys_guide.promote)
command.add_command(keys_rotate.command)
command.add_command(keys_edit.assign)
command.add_command(keys_edit.only_here)
command.add_command(keys_edit.rename)
command.add_command(keys_edit.schedule)
command.add_command(keys_edit.two_factor)


@command.command("list")
@shared_options
def list_(session: Session) -> None:
    """List all keys."""

    async def work(profile: Profile) -> None:
        nodes: list[KeyNode] = []
        accounts: dict[str, Account] = {}
        for desk in await session.desks(profile):
            snapshot = desk.fleet.snapshot.value
            nodes += snapshot.keys()
            accounts |= {n.account.account_id: n.account for n in snapshot.accounts()}
        rows = [_row(node, accounts[node.slot.account_id].label) for node in nodes]
        heads: tuple[str, ...] = (
            "Name", "Account", "Venue", "Rights", "IP allowlist", "Process", "Expires", "State"
        )  # fmt: skip
        if len({node.slot.environment for node in nodes}) > 1:
            heads = ("Environment", *heads)
            rows = [(node.slot.environment, *row) for node, row in zip(nodes, rows, strict=True)]
        locked_out = await lockouts(profile, session)
        session.answer(
            {
                "keys": [
                    documents.key(node) | {"can": sentence_of(node, accounts[node.slot.account_id]) or None}
                    for node in nodes
                ],
                "locked_out_until": locked_out,
            },
            table(heads, rows) if rows else "No keys yet.",
        )

    session.run(work)


@command.command("show")
@click.argument("name")
@shared_options
def show(session: Session, name: str) -> None:
    """Show every fact that Kraken reported about a key."""

    async def work(profile: Profile) -> None:
        desk, node = await _find(session, profile, name)
        account = desk.fleet.account(node.slot.account_id)
        drift = [event for event in await desk.audit.drift() if event.key_id == node.slot.key_id]
        document = {
            **documents.key(node),
            "can": sentence_of(node, account) or None,
            "drift": [drift_document(event, node.slot.name) for event in drift],
        }
        session.answer({"key": document}, facts_table(node, account, tuple(drift)))

    session.run(work)


@command.command("add")
@click.option(
    "--venue",
    type=click.Choice([v.value for v in Venue]),
    required=True,
    help="Spot and Futures keys differ.",
)
@click.option("--name", required=True, help="What the key is called here.")
@click.option("--api-key", required=True, help="The public half, as Kraken shows it.")
@click.option("--secret-stdin", is_flag=True, help="Read the secret from standard input.")
@click.option("--secret-fd", type=int, help="Read the secret from this file descriptor.")
@click.option("--otp-stdin", is_flag=True, help="The key has 2FA: its code is standard input's last line.")
@click.option(
    "--process", default="", help="The one process that uses the key; “Kraken Desk” for the desk itself."
)
@click.option("--role", default="", help="What the key is for: a role's id or name; see roles list.")
@click.option("--client", default="", help=f"The process's client library: {', '.join(sorted(CLIENTS))}.")
@click.option("--account-label", default="", help="What to call the account if it is new.")
@click.option(
    "--account-kind", type=click.Choice([k.value for k in AccountKind]), help="Its kind if it is new."
)
@shared_options
def add(
    session: Session,
    *,
    venue: str,
    api_key: str,
    secret_stdin: bool,
    secret_fd: int | None,
    otp_stdin: bool,
    account_kind: str | None,
    **details: str,
) -> None:
    """Check a pair with Kraken and store it; a rejected pair is not stored."""

    async def work(profile: Profile) -> None:
        secret, otp = read_secret_and_code(stdin=secret_stdin, fd=secret_fd, code=otp_stdin)
        pair = inspect_pair(api_key, secret)
        refuse_secret_argument(api_key, pair.secret)
        desk = await session.one_desk(profile)
        desk.keys.usable_name(details["name"])  # before a nonce is spent
        kind = AccountKind(account_kind) if account_kind else None
        tried = await desk.keys.try_pair(
            Venue(venue), pair.api_key, pair.secret, client=details["client"], otp=otp
        )
        said = SlotDetails(**details, account_kind=kind, two_factor=otp_stdin)
        slot = await desk.keys.add(tried, pair.secret, said)
        node = desk.fleet.snapshot.value.key(slot.key_id)
        assert node is not None
        account = desk.fleet.account(slot.account_id)
        session.answer(
            {
                "key": documents.key(node) | {"can": sentence_of(node, account)},
                "account": documents.account(account),
                "account_is_new": tried.account_is_new,
            },
            f"Stored {slot.name} under {account.label} ({account.kind.value}).\n{key_line(node)}\n"
            f"{sentence_of(node, account)}{_other_label(account, details['account_label'])}",
        )

    session.run(work)


def _other_label(account: Account, asked: str) -> str:
    """Say that an account which is known already keeps its name."""
    if not asked.strip() or account.answers_to(asked):
        return ""
    named = f'"{account.label}" "{asked.strip()}"'
    return f"\nThe account has the name {account.label} already: kraken-desk accounts rename {named}"


@command.command("check")
@click.argument("names", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Check all keys; refused and expired ones are left alone.")
@click.option("--otp-stdin", is_flag=True, help="Read the one key's one-time password from standard input.")
@shared_options
def check(session: Session, names: tuple[str, ...], every: bool, otp_stdin: bool) -> None:
    """Ask Kraken about keys; each check spends one nonce of the key."""

    async def work(profile: Profile) -> int:
        if bool(names) == every:
            raise InputError("Which keys?", "Name keys, or use --all, not both.", "")
        if otp_stdin and len(names) != 1:
            raise InputError("Which key?", "A one-time password belongs to one key.", "Name that key alone.")
        otp = read_otp() if otp_stdin else ""
        results: list[tuple[Desk, KeyNode, KeyCheck]] = []
        if every:
            for desk in await session.desks(profile):
                results += await _check(desk, list(desk.fleet.snapshot.value.keys()), asked=False)
        else:
            found: dict[Desk, dict[KeyId, KeyNode]] = {}
            for name in names:
                desk, node = await _find(session, profile, name)
                found.setdefault(desk, {})[node.slot.key_id] = node
            for desk, nodes in found.items():
                results += await _check(desk, list(nodes.values()), asked=True, otp=otp)
        return _answer_checks(session, results, await lockouts(profile, session))

    session.run(work)


@command.command("remove")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@shared_options
def remove(session: Session, name: str, yes: bool) -> None:
    """Remove a key and its secret from this machine; at Kraken it stays until you delete it there."""

    async def work(profile: Profile) -> None:
        desk, node = await _find(session, profile, name)
        if not yes:
            _confirm(
                f"Remove {node.slot.name} of “{node.slot.environment}” and its secret from this machine?"
            )
        await desk.keys.remove(node.slot.slot_id)
        session.answer(
            {"removed": node.slot.name},
            f"Removed {node.slot.name}. Delete it at Kraken too if it is no longer needed.",
        )

    session.run(work)


async def _find(session: Session, profile: Profile, name: str) -> tuple[Desk, KeyNode]:
    """Find a key by name in the asked environment, or in all that hold keys; never one of several."""
    found: list[tuple[Desk, KeyNode]] = []
    problem: InputError | None = None
    for desk in await session.desks(profile):
        try:
            slot = desk.fleet.slot_named(name)
        except InputError as error:
            problem = error
            continue
        node = desk.fleet.snapshot.value.key(slot.key_id)
        assert node is not None
        found.append((desk, node))
    if len(found) > 1:
        names = ", ".join(desk.environment.name for desk, _ in found)
        raise InputError(
            "Which environment?", f"Several hold a key “{name}”: {names}.", "Name one with --environment."
        )
    if not found:
        assert problem is not None
        raise problem
    return found[0]


async def _check(
    desk: Desk, nodes: list[KeyNode], *, asked: bool, otp: str = ""
) -> list[tuple[Desk, KeyNode, KeyCheck]]:
    checks = await desk.keys.check(tuple(n.slot.slot_id for n in nodes), asked=asked, otp=otp)
    found = []
    for before, result in zip(nodes, checks, strict=True):
        after = desk.fleet.snapshot.value.key(before.slot.key_id)
        found.append((desk, after or before, result))
    return found


def _answer_checks(
    session: Session, results: list[tuple[Desk, KeyNode, KeyCheck]], locked_out: Document
) -> int:
    failed = [(node, result) for _, node, result in results if result.outcome is not CheckOutcome.ACCEPTED]
    problems = [r.problem for _, r in failed if r.problem is not None and r.problem.category != _SKIPPED]
    document: Document = {
        "checks": [
            {"name": n.slot.name, **documents.check(r), "key": documents.key(n)} for _, n, r in results
        ],
        "locked_out_until": locked_out,
    }
    if problems:
        document["error"] = problem_document(problems[0])
    rows = [
        (n.slot.name, _outcome(n, r), moment(r.checked_at, ""), r.problem.title if r.problem else "")
        for _, n, r in results
    ]
    text = table(("Key", "Outcome", "Checked", "Why"), rows) if rows else "No keys yet."
    if len(results) == 1:
        desk, node, _ = results[0]
        text += f"\n{sentence_of(node, desk.fleet.account(node.slot.account_id))}".rstrip()
    session.answer(document, text)
    if not session.as_json:
        for node, result in failed:
            _explain(node, result.problem)
    return _code(problems)


def _outcome(node: KeyNode, result: KeyCheck) -> str:
    if result.outcome is CheckOutcome.REJECTED and node.health.settling:
        return "settling"
    foreign = node.use is not None and node.use.is_foreign
    return f"{result.outcome.value}, used by others" if foreign else result.outcome.value


def _explain(node: KeyNode, problem: Problem | None) -> None:
    if problem is not None:
        said = f"Kraken said: {', '.join(problem.kraken)}. " if problem.kraken else ""
        print_problem(f"{node.slot.name}: {problem.title}", f"{said}{problem.detail}", problem.hint)


def _code(problems: list[Problem]) -> int:
    """Return the gravest code: a refusal by Kraken says more than an unreachable one."""
    codes = {code_for_category(p.category) for p in problems}
    order = (ExitCode.REFUSED, ExitCode.KEYCHAIN, ExitCode.RULE, ExitCode.UNAVAILABLE, ExitCode.INPUT)
    return next((code for code in order if code in codes), ExitCode.DONE)


def _confirm(question: str) -> None:
    if not can_ask():
        raise InputError("Not confirmed", question, "Repeat the command with --yes.")
    if not click.confirm(question, err=True):
        raise InputError("Not confirmed", "Nothing was changed.", "")


def _row(node: KeyNode, account: str) -> tuple[str, ...]:
    slot, info = node.slot, node.check.info if node.check else None
    return (
        slot.name,
        account,
        slot.venue.label,
        " ".join(badge.text for badge in badges(info.permissions)) if info else "not checked",
        allowlist_text(info) if info else "",
        slot.process or "none",
        moment(info.valid_until, "never") if info else "",
        node.health.level.word,
    )
