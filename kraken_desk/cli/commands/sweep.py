"""`sweep`: bring money home, or bring accounts up to targets, as a saved plan of legs."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click

from kraken_desk.cli import documents, plan_answers, sweep_words
from kraken_desk.cli.commands.transfer import ask_to_send
from kraken_desk.cli.exit_codes import ExitCode
from kraken_desk.cli.output import Document, table
from kraken_desk.cli.parser import shared_options
from kraken_desk.cli.runtime import Profile, Session
from kraken_desk.cli.typed_secrets import read_otp
from kraken_desk.domain.accounts import AccountId
from kraken_desk.domain.balances import SPOT_WALLET
from kraken_desk.domain.errors import InputError
from kraken_desk.domain.keys import Venue
from kraken_desk.domain.legs import Place
from kraken_desk.domain.limits import Consent
from kraken_desk.domain.money import Amount, format_quantity
from kraken_desk.domain.plans import PlanPurpose, SavedPlan
from kraken_desk.domain.sweep import Difference
from kraken_desk.services.desk import Desk


@dataclass(frozen=True)
class Wish:
    """What the options ask for."""

    to: str | None
    source: str | None
    assets: tuple[str, ...]
    accounts: tuple[str, ...]
    leave: tuple[str, ...]
    dust: tuple[str, ...]
    minimum: tuple[str, ...]
    skip: tuple[str, ...]
    targets: tuple[str, ...]
    via_master: bool

    @property
    def says_something(self) -> bool:
        """Tell whether any of them was given."""
        return any(getattr(self, name) for name in self.__dataclass_fields__)

    @property
    def place(self) -> str | None:
        """Return the one place of the wish: --to of a sweep, --from of what fills targets."""
        if self.to is not None and self.source is not None:
            raise InputError(
                "Two places",
                "--to and --from name the one place that everything goes to or comes from.",
                "Give one of them; the other places are named by --account or --target.",
            )
        return self.to if self.to is not None else self.source


def _options(function: Callable[..., None]) -> Callable[..., None]:
    """Add the options that shape a sweep, handed over as one Wish."""

    @functools.wraps(function)
    def handed(*args: Any, **named: Any) -> None:
        fields = Wish.__dataclass_fields__
        function(*args, wish=Wish(**{k: named.pop(k) for k in fields}), **named)

    for option in (
        click.option("--to", "to", help="Where money goes; usually the master's Spot wallet."),
        click.option("--from", "source", help="With --target: where money comes from."),
        click.option("--asset", "assets", multiple=True, help="Only this asset; may be repeated."),
        click.option("--account", "accounts", multiple=True, help="Only this account; may be repeated."),
        click.option(
            "--leave", multiple=True, help="Floor: USD=100, Momentum:USD=100, Momentum/flex:USD=100."
        ),
        click.option("--dust", multiple=True, help="Ignore up to this much: BTC=0.0001."),
        click.option("--minimum", multiple=True, help="Smallest contribution worth a leg: USD=10."),
        click.option("--skip", multiple=True, help="Leave an account, or ACCOUNT/WALLET, alone."),
        click.option("--target", "targets", multiple=True, help="Fund instead: Momentum/cash:USD=5000."),
        click.option("--via-master", is_flag=True, help="Between subaccounts go through the master."),
    ):
        handed = option(handed)
    return handed


@click.group("sweep")
@shared_options
def command(session: Session) -> None:
    """Bring money home, or bring accounts up to targets; leg by leg, stopped at the first doubt."""


@command.command("plan")
@_options
@click.option("--dry-run", is_flag=True, help="Show it, save nothing.")
@shared_options
def plan(session: Session, *, wish: Wish, dry_run: bool) -> None:
    """Work a sweep out as a difference and save it; nothing is sent."""

    async def work(profile: Profile) -> int:
        desk = await session.one_desk(profile)
        difference, title, purpose = await _worked_out(desk, wish)
        saved = None
        if difference.legs and not dry_run:
            saved = await desk.treasury.sweeps.save(purpose, title, difference)
        text = describe(desk, difference)
        if saved is not None:
            text += f"\nSaved. Run it: kraken-desk sweep run {saved.plan_id}"
        session.answer({"sweep": document(desk, difference, saved)}, text)
        return ExitCode.DONE

    session.run(work)


@command.command("run")
@click.argument("plan_id", required=False)
@_options
@click.option(
    "--confirm", "typed", default="", help="The destination's label, typed: lifts what asks for it."
)
@click.option("--otp-stdin", is_flag=True, help="Read the key's one-time password from standard input.")
@click.option("--yes", is_flag=True, help="Send without asking.")
@click.option("--dry-run", is_flag=True, help="Show it, save and send nothing.")
@shared_options
def run(
    session: Session,
    plan_id: str | None,
    *,
    wish: Wish,
    typed: str,
    otp_stdin: bool,
    yes: bool,
    dry_run: bool,
) -> None:
    """Run a saved plan, or work one out and run it; one confirmation for all of its legs."""
    otp = read_otp() if otp_stdin else ""

    async def work(profile: Profile) -> int:
        desk = await session.one_desk(profile)
        if plan_id is not None:
            _refuse_reshaping(plan_id, wish)
            return await _run_saved(
                session, desk, plan_id, Consent(yes, typed), otp, ask=not yes, dry=dry_run
            )
        difference, title, purpose = await _worked_out(desk, wish)
        if dry_run or not difference.legs:
            session.answer({"sweep": document(desk, difference, None)}, describe(desk, difference))
            return ExitCode.DONE
        if not yes:
            ask_to_send(desk, describe(desk, difference))
        saved = await desk.treasury.sweeps.save(purpose, title, difference)
        return await plan_answers.run(session, desk, saved.plan_id, Consent(True, typed), otp)

    session.run(work)


@command.command("resume")
@click.argument("plan_id")
@click.option(
    "--confirm", "typed", default="", help="The destination's label, typed: lifts what asks for it."
)
@click.option("--otp-stdin", is_flag=True, help="Read the key's one-time password from standard input.")
@click.option("--yes", is_flag=True, help="Send without asking.")
@click.option("--dry-run", is_flag=True, help="Show where it stands, send nothing.")
@shared_options
def resume(session: Session, plan_id: str, typed: str, otp_stdin: bool, yes: bool, dry_run: bool) -> None:
    """Go on with a plan behind its last confirmed leg; no leg is repeated."""
    otp = read_otp() if otp_stdin else ""

    async def work(profile: Profile) -> int:
        desk = await session.one_desk(profile)
        return await _run_saved(session, desk, plan_id, Consent(yes, typed), otp, ask=not yes, dry=dry_run)

    session.run(work)


@command.command("list")
@shared_options
def list_plans(session: Session) -> None:
    """Show the saved plans and where they stand, newest first."""

    async def work(profile: Profile) -> int:
        desk = await session.one_desk(profile)
        plans = await desk.treasury.plans.all()
        rows = [
            [
                p.plan.plan_id,
                p.plan.purpose.value,
                f"{p.done}/{len(p.legs)}",
                p.word,
                f"{p.plan.created_at:%Y-%m-%d %H:%M}",
                p.plan.title,
            ]
            for p in plans
        ]
        text = (
            table(("Plan", "What", "Legs", "State", "Made (UTC)", "Title"), rows) if rows else "No plans yet."
        )
        session.answer({"plans": [plan_answers.plan_document(desk, p) for p in plans]}, text)
        return ExitCode.DONE

    session.run(work)


@command.command("show")
@click.argument("plan_id")
@shared_options
def show(session: Session, plan_id: str) -> None:
    """Show one plan leg by leg."""

    async def work(profile: Profile) -> int:
        desk = await session.one_desk(profile)
        standing = await desk.treasury.plans.named(plan_id)
        session.answer(
            {"plan": plan_answers.plan_document(desk, standing)}, plan_answers.describe(desk, standing)
        )
        return ExitCode.DONE

    session.run(work)


def _refuse_reshaping(plan_id: str, wish: Wish) -> None:
    """A saved plan runs as it was worked out: an option that seems to narrow it must not be passed over."""
    if wish.says_something:
        raise InputError(
            "A saved plan cannot be changed",
            f"Plan {plan_id} runs with the legs that it was saved with. Nothing was sent.",
            "Leave the other options out, or the plan's id to work a new one out.",
        )


async def _run_saved(
    session: Session, desk: Desk, plan_id: str, consent: Consent, otp: str, *, ask: bool, dry: bool
) -> int:
    standing = await desk.treasury.plans.named(plan_id)
    if dry or standing.finished:
        session.answer(
            {"plan": plan_answers.plan_document(desk, standing)}, plan_answers.describe(desk, standing)
        )
        return ExitCode.DONE
    if ask:
        ask_to_send(desk, plan_answers.describe(desk, standing))
        consent = Consent(True, consent.typed)
    return await plan_answers.run(session, desk, standing.plan.plan_id, consent, otp)


async def _worked_out(desk: Desk, wish: Wish) -> tuple[Difference, str, PlanPurpose]:
    home = await _home(desk, wish.place)
    rules = await sweep_words.rules_of(
        desk, leave=wish.leave, dust=wish.dust, minimum=wish.minimum, skip=wish.skip
    )
    sweeps, label = desk.treasury.sweeps, desk.transfers.routes.label(home)
    if wish.targets:
        if wish.accounts or wish.assets:
            raise InputError(
                "Too many options", "--target names account and asset itself.", "Leave the others out."
            )
        targets = await sweep_words.targets_of(desk, wish.targets)
        difference = await sweeps.fund(home, targets, rules, via_master=wish.via_master)
        places = "1 place" if len(targets) == 1 else f"{len(targets)} places"
        return difference, f"Fund {places} from {label}", PlanPurpose.FUND
    assets = [await desk.transfers.asset_named(Venue.SPOT, name) for name in wish.assets]
    branches: list[AccountId] = [desk.fleet.account_named(name).account_id for name in wish.accounts]
    difference = await sweeps.sweep(
        home,
        rules,
        assets=frozenset(assets) if assets else None,
        branches=frozenset(branches) if branches else None,
        via_master=wish.via_master,
    )
    return difference, f"Sweep to {label}", PlanPurpose.SWEEP


async def _home(desk: Desk, name: str | None) -> Place:
    routes = desk.transfers.routes
    if name is not None:
        return await routes.find_place(name)
    masters = [n.account for n in desk.fleet.snapshot.value.accounts() if n.account.is_master]
    if len(masters) != 1:
        raise InputError(
            "Where to?",
            "There is no single master in this environment.",
            "Name the place with --to.",
        )
    return Place(masters[0].account_id, SPOT_WALLET)


def document(desk: Desk, difference: Difference, saved: SavedPlan | None) -> Document:
    routes = desk.transfers.routes
    return {
        "plan": saved.plan_id if saved else None,
        "legs": [
            {
                "number": leg.number,
                "from": documents.place(routes, leg.source),
                "to": documents.place(routes, leg.destination),
                "asset": leg.asset,
                "amount": documents.value(leg.quantity),
            }
            for leg in difference.legs
        ],
        "figures": [
            {
                **documents.place(routes, figure.place),
                "asset": figure.asset,
                "before": documents.value(figure.before),
                "after": documents.value(figure.after),
            }
            for figure in difference.figures
        ],
        "totals": [
            {"asset": asset, "before": documents.value(before), "after": documents.value(after)}
            for asset, (before, after) in difference.totals().items()
        ],
        "left": [
            {
                **documents.place(routes, item.place),
                "asset": item.asset,
                "amount": documents.value(item.quantity),
                "reason": item.reason,
            }
            for item in difference.skipped
        ],
    }


def describe(desk: Desk, difference: Difference) -> str:
    """Write a difference for people: legs, figures before and after, totals, and what stays."""
    label = desk.transfers.routes.label
    lines = ["Nothing to move."] if not difference.legs else []
    for leg in difference.legs:
        amount = Amount(leg.quantity, leg.asset)
        lines.append(f"{leg.number}. {amount}  {label(leg.source)} → {label(leg.destination)}")
    if difference.figures:
        rows = [
            [label(f.place), f.asset, format_quantity(f.before), format_quantity(f.after)]
            for f in difference.figures
        ]
        rows += [
            [
                "Total, unchanged" if before == after else "TOTAL CHANGES",
                asset,
                *map(format_quantity, (before, after)),
            ]
            for asset, (before, after) in difference.totals().items()
        ]
        lines += ["", table(("Place", "Asset", "Before", "After"), rows, right=frozenset({2, 3}))]
    if difference.skipped:
        lines += ["", "Stays where it is:"]
        lines += [
            f"  {Amount(item.quantity, item.asset)}  {label(item.place)}: {item.reason}"
            for item in difference.skipped
        ]
    return "\n".join(lines)
