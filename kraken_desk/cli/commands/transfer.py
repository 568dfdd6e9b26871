"""`transfer`: move money between accounts, once."""

from __future__ import annotations

import asyncio

import click

from kraken_desk.cli import documents
from kraken_desk.cli.exit_codes import ExitCode, code_for_category
from kraken_desk.cli.output import can_ask, print_problem, problem_document, visible
from kraken_desk.cli.parser import shared_options
from kraken_desk.cli.runtime import Profile, Session
from kraken_desk.domain.accounts import Account
from kraken_desk.domain.errors import InputError, OutcomeUnknownError
from kraken_desk.domain.keys import Problem, Venue
from kraken_desk.domain.money import format_quantity, parse_quantity
from kraken_desk.domain.transfers import Route, TransferPlan, TransferRecord, TransferState
from kraken_desk.services.desk import Desk
from kraken_desk.services.transfer_planning import WALLETS


@click.command("transfer")
@click.option("--from", "source", required=True, help="Source account: label, IIBAN or Futures uid.")
@click.option("--to", "destination", required=True, help="Destination account.")
@click.option("--asset", required=True, help="Kraken's name of the asset, like USD or XBT.")
@click.option("--amount", required=True, help="Exact decimal, like 12500.25.")
@click.option(
    "--venue", type=click.Choice([v.value for v in Venue]), help="Spot unless both ends are Futures uids."
)
@click.option("--yes", is_flag=True, help="Send without asking.")
@click.option("--dry-run", is_flag=True, help="Work the transfer out, send nothing.")
@shared_options
def command(
    session: Session,
    source: str,
    destination: str,
    asset: str,
    amount: str,
    venue: str | None,
    yes: bool,
    dry_run: bool,
) -> None:
    """Move money between a master and its subaccounts. Sent once, never repeated."""

    async def work(profile: Profile) -> int:
        desk = await session.one_desk(profile)
        plan = await _plan(desk, source, destination, asset, amount, venue)
        if dry_run:
            session.answer({"plan": documents.plan(plan), "sound": plan.sound}, _describe(plan))
            return ExitCode.DONE if plan.sound else ExitCode.RULE
        if not yes:
            _confirm(desk, plan)
        return _answer(session, await _send(desk, plan))

    session.run(work)


async def _send(desk: Desk, plan: TransferPlan) -> TransferRecord:
    """Send; when a person interrupts the wait for the answer, the record that was left is the answer."""
    before = {record.journal_id for record in desk.transfers.journal.value.records}
    try:
        return await desk.transfers.send(plan)
    except asyncio.CancelledError:
        left = [r for r in desk.transfers.journal.value.records if r.journal_id not in before]
        mine = next((r for r in left if r.request == plan.request), None)
        if mine is None:
            raise
        return mine


async def _plan(
    desk: Desk, source: str, destination: str, asset: str, amount: str, venue: str | None
) -> TransferPlan:
    start, end = desk.fleet.account_named(source), desk.fleet.account_named(destination)
    chosen = Venue(venue) if venue else _venue_meant(source, start, destination, end)
    wallet = WALLETS[chosen]
    route = Route(desk.environment.name, chosen, start.account_id, end.account_id, wallet, wallet)
    quantity = parse_quantity(amount)
    return await desk.transfers.plan(route, await desk.transfers.asset_named(chosen, asset), quantity)


def _venue_meant(source: str, start: Account, destination: str, end: Account) -> Venue:
    """Naming both ends by their Futures uid means Futures."""
    by_uid = source.strip() == start.futures_uid and destination.strip() == end.futures_uid
    return Venue.FUTURES if by_uid else Venue.SPOT


def _confirm(desk: Desk, plan: TransferPlan) -> None:
    if not can_ask():
        raise InputError("Not confirmed", "Nothing was sent.", "Repeat the command with --yes.")
    where = f"Environment: {desk.environment.name} ({desk.environment.kind.value})"
    click.echo(visible(f"{_describe(plan)}\n{where}"), err=True)
    if not click.confirm("Send it?", err=True):
        raise InputError("Not confirmed", "Nothing was sent.", "")


def _describe(plan: TransferPlan) -> str:
    amount = f"{format_quantity(plan.request.quantity)} {plan.request.asset}"
    venue = plan.request.route.venue.label
    lines = [
        f"Move {amount} from {plan.source_label} to {plan.destination_label} on {venue}",
        f"Signed by {plan.key_name}, endpoint {plan.endpoint}",
    ]
    for figure in (plan.source, plan.destination):
        if figure is not None:
            before, after = format_quantity(figure.before), format_quantity(figure.after)
            lines.append(f"{figure.label}: {before} before, {after} after")
    lines += [f"{'ok' if c.holds else 'NO'}: {c.text}" for c in plan.checks]
    return "\n".join(lines)


def _answer(session: Session, record: TransferRecord) -> int:
    amount = f"{format_quantity(record.request.quantity)} {record.request.asset}"
    document = {"transfer": documents.record(record)}
    if record.state in (TransferState.CONFIRMED, TransferState.EXECUTED):
        told = record.transfer_id or "Kraken gives no id"
        session.answer(
            document,
            f"Confirmed: {amount} from {record.source_label} to {record.destination_label} ({told}).",
        )
        return ExitCode.DONE
    problem = record.problem or Problem(OutcomeUnknownError.__name__, f"The transfer is {record.state.value}")
    if record.state is TransferState.UNKNOWN:
        problem = Problem(
            OutcomeUnknownError.__name__,
            "The outcome is unknown",
            f"{problem.title}. {problem.detail} The money may or may not have moved; the route is blocked.",
            f"Look at the evidence: kraken-desk journal evidence {record.journal_id}",
            problem.kraken,
        )
    if session.as_json:
        session.answer({"error": problem_document(problem), **document}, "")
    else:
        said = f"Kraken said: {', '.join(problem.kraken)}. " if problem.kraken else ""
        print_problem(problem.title, f"{said}{problem.detail}", problem.hint)
    return code_for_category(problem.category)
