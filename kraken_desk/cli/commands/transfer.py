"""`transfer`: move money between places, each leg once."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import click

from kraken_desk.cli import documents, plan_answers
from kraken_desk.cli.commands import routes as routes_command
from kraken_desk.cli.exit_codes import ExitCode, code_for_category
from kraken_desk.cli.output import can_ask, print_problem, problem_document, visible
from kraken_desk.cli.parser import shared_options
from kraken_desk.cli.runtime import Profile, Session
from kraken_desk.cli.typed_secrets import read_otp
from kraken_desk.domain.errors import InputError, RouteClosedError
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.legs import Place
from kraken_desk.domain.limits import Consent
from kraken_desk.domain.money import Asset, format_quantity, parse_quantity
from kraken_desk.domain.routes import Way
from kraken_desk.domain.transfers import TransferPlan, TransferRecord, TransferState, Verdict
from kraken_desk.services.desk import Desk
from kraken_desk.services.plan_checks import LegCheck

_NOT_SENT = "Worked out only: nothing was sent."
_WORDS = {Verdict.OK: "ok", Verdict.WARN: "note", Verdict.STOP: "NO"}


@click.command("transfer")
@click.option(
    "--from", "source", required=True, help="Source: label, IIBAN or Futures uid; /WALLET behind it."
)
@click.option("--to", "destination", required=True, help="Destination, named like the source.")
@click.option("--asset", required=True, help="Kraken's name of the asset, like USD or XBT.")
@click.option("--amount", required=True, help="Exact decimal, like 12500.25.")
@click.option(
    "--venue", type=click.Choice([v.value for v in Venue]), help="Spot unless both ends are Futures uids."
)
@click.option("--via-master", is_flag=True, help="Between subaccounts go through the master, in two legs.")
@click.option(
    "--confirm", "typed", default="", help="The destination's label, typed: lifts what asks for it."
)
@click.option("--otp-stdin", is_flag=True, help="Read the key's one-time password from standard input.")
@click.option("--yes", is_flag=True, help="Send without asking; also confirms a destination's first use.")
@click.option("--dry-run", is_flag=True, help="Work the transfer out, send nothing.")
@shared_options
def command(  # noqa: PLR0917  # one for each option
    session: Session,
    source: str,
    destination: str,
    asset: str,
    amount: str,
    venue: str | None,
    via_master: bool,
    typed: str,
    otp_stdin: bool,
    yes: bool,
    dry_run: bool,
) -> None:
    """Move money between accounts and wallets. Each leg is sent once, never repeated.

    ACCOUNT/WALLET names a wallet: Momentum/flex, Momentum/futures (its holding wallet), Main/spot.
    """
    otp = read_otp() if otp_stdin else ""

    async def work(profile: Profile) -> int:
        desk = await session.one_desk(profile)
        start, end = await _ends(desk, source, destination, venue)
        known = await desk.transfers.asset_named(start.venue, asset)
        quantity = parse_quantity(amount)
        way = desk.transfers.routes.way(start, end, known, via_master=via_master)
        consent = Consent(destination=yes, typed=typed)
        if len(way.legs) > 1:
            return await _send_way(session, desk, way, (known, quantity), consent, otp, yes, dry_run)
        route = desk.transfers.routes.route(start, end)
        plan = await desk.transfers.plan(route, known, quantity)
        if dry_run:
            session.answer(
                {"plan": documents.plan(plan), "sound": plan.sound}, f"{describe(plan)}\n{_NOT_SENT}"
            )
            return ExitCode.DONE if plan.sound else ExitCode.RULE
        if not yes:
            consent = _confirm(desk, plan, consent)
        return _answer(session, await _send(desk, plan, consent, otp))

    session.run(work)


async def _ends(desk: Desk, source: str, destination: str, venue: str | None) -> tuple[Place, Place]:
    """Read both ends; a Futures uid at both means Futures, else a plain account means its Spot side."""
    routes = desk.transfers.routes
    meant = Venue(venue) if venue else None
    if meant is None and "/" not in source and "/" not in destination:
        meant = _venue_meant(desk, source, destination)
    start = await routes.find_place(source, venue=meant)
    return start, await routes.find_place(destination, venue=meant)


def _venue_meant(desk: Desk, source: str, destination: str) -> Venue:
    """Naming both ends by their Futures uid means Futures."""
    start, end = desk.fleet.account_named(source), desk.fleet.account_named(destination)
    by_uid = source.strip() == start.futures_uid and destination.strip() == end.futures_uid
    return Venue.FUTURES if by_uid else Venue.SPOT


async def _send_way(
    session: Session,
    desk: Desk,
    way: Way,
    what: tuple[Asset, Decimal],
    consent: Consent,
    otp: str,
    yes: bool,
    dry_run: bool,
) -> int:
    """Send a transfer of several legs as a saved plan, leg by leg."""
    routes, text = desk.transfers.routes, routes_command.describe(desk.transfers.routes, way)
    if not way.open:
        raise RouteClosedError(
            "The way is closed", text, " ".join(dict.fromkeys(c.hint for c in way.reasons() if c.hint))
        )
    checks = await desk.treasury.plans.check_way(way, *what)
    text = describe_legs(what, text, checks)
    if dry_run:
        sound = all(check.sound for check in checks)
        document = {
            "route": routes_command.document(routes, way),
            "legs": [documents.leg_check(check) for check in checks],
            "sound": sound,
        }
        session.answer(document, f"{text}\n{_NOT_SENT}")
        return ExitCode.DONE if sound else ExitCode.RULE
    if not yes:
        ask_to_send(desk, text)
        consent = Consent(destination=True, typed=consent.typed)
    plan = await desk.treasury.plans.save_way(way, *what)
    return await plan_answers.run(session, desk, plan.plan_id, consent, otp)


async def _send(desk: Desk, plan: TransferPlan, consent: Consent, otp: str) -> TransferRecord:
    """Send; when a person interrupts the wait for the answer, the record that was left is the answer."""
    before = {record.journal_id for record in desk.transfers.journal.value.records}
    try:
        return await desk.transfers.send(plan, consent=consent, otp=otp)
    except asyncio.CancelledError:
        left = [r for r in desk.transfers.journal.value.records if r.journal_id not in before]
        mine = next((r for r in left if r.request == plan.request), None)
        if mine is None:
            raise
        return mine


def ask_to_send(desk: Desk, text: str) -> None:
    """Show what would happen and ask; raises InputError without a clear yes."""
    if not can_ask():
        raise InputError("Not confirmed", "Nothing was sent.", "Repeat the command with --yes.")
    where = f"Environment: {desk.environment.name} ({desk.environment.kind.value})"
    click.echo(visible(f"{text}\n{where}"), err=True)
    if not click.confirm("Send it?", err=True):
        raise InputError("Not confirmed", "Nothing was sent.", "")


def _confirm(desk: Desk, plan: TransferPlan, consent: Consent) -> Consent:
    """Ask a person; a yes to the text that names the destination confirms its first use as well."""
    ask_to_send(desk, describe(plan))
    return Consent(destination=True, typed=consent.typed)


def describe_legs(what: tuple[Asset, Decimal], way: str, checks: tuple[LegCheck, ...]) -> str:
    """Write a transfer over several legs for people: what moves, its way, and every leg's checks."""
    asset, quantity = what
    lines = [f"Move {format_quantity(quantity)} {asset} in {len(checks)} legs", way]
    for check in checks:
        lines += [f"leg {check.leg.number}, {_WORDS[c.verdict]}: {c.text}" for c in check.checks]
    return "\n".join(lines)


def describe(plan: TransferPlan) -> str:
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
    lines += [f"{_WORDS[check.verdict]}: {check.text}" for check in plan.checks]
    lines += [f"note: {note}" for note in plan.notes]
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
    problem = plan_answers.problem_with(record)
    if session.as_json:
        session.answer({"error": problem_document(problem), **document}, "")
    else:
        said = f"Kraken said: {', '.join(problem.kraken)}. " if problem.kraken else ""
        print_problem(problem.title, f"{said}{problem.detail}", problem.hint)
    return code_for_category(problem.category)
